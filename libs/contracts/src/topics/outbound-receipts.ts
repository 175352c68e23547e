import { IsIn, IsInt, IsOptional, IsUUID, MaxLength, Min } from 'class-validator';
import { defineTopic } from '../topic.js';

/** States only move up: queued, sent, delivered, read; `failed` ends an attempt. */
export const DELIVERY_STATES = ['queued', 'sent', 'delivered', 'read', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export class DeliveryReported {
  @IsUUID()
  messageId!: string;

  @IsInt()
  @Min(1)
  attempt!: number;

  @IsIn(DELIVERY_STATES)
  state!: DeliveryState;

  /** The provider's id of what was sent; for mail our own Message-ID. */
  @IsOptional()
  @MaxLength(998)
  externalId?: string;

  /** Closed code of `channel-sdk`: why it is `failed`, or why what is `queued` waits for the provider. */
  @IsOptional()
  @MaxLength(100)
  errorCode?: string;

  @IsOptional()
  @MaxLength(2000)
  errorDetail?: string;
}

export const outboundReceipts = defineTopic<{ 'delivery.reported': DeliveryReported }>({
  name: 'outbound.receipts',
  description: 'What became of each outbound message.',
  key: 'message id',
  producers: ['gateway', 'email-ingest', 'voice-ingest', 'wechat-ingest'],
  consumers: ['tickets'],
  partitions: 8,
  retentionDays: 14,
  types: { 'delivery.reported': [DeliveryReported] },
});
