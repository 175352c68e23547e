// `@Type` asks for the type of its property while the classes below are defined.
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { AttachmentDto, CHANNEL_NAME, type Channel, RawObjectDto } from '../envelope.js';
import { IsInstant, IsTextMap } from '../payload-rules.js';
import { defineTopic } from '../topic.js';
import {
  ConsentChanged,
  CustomerActed,
  MediaReferenceDto,
  MediaStored,
  MessageDeleted,
  MessageEdited,
  MessageReacted,
} from './inbound-changes.js';
import { SenderDto } from './sender.js';

/** What a channel found that may tie the message to a conversation. `tickets` decides; nothing here is trusted. */
export class ThreadHintsDto {
  /** Our own signed conversation tokens found in the headers, strongest first. */
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  tokens!: string[];

  /** Provider message ids this one answers, nearest first. Honoured only for a participant. */
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  references!: string[];

  /** Ticket numbers found in the subject. Honoured only for a participant. */
  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  ticketNumbers!: string[];
}

/** A customer said something. Appended by an adapter after the signature was checked and before it answers. */
export class MessageReceived {
  @IsUUID()
  inboxId!: string;

  @Matches(CHANNEL_NAME)
  channel!: Channel;

  /** Unique in the inbox; the same delivery has the same id for ever. `(inboxId, providerEventId)` is the receipt. */
  @MinLength(1)
  @MaxLength(500)
  providerEventId!: string;

  /** The provider's id of the message itself (a Message-ID); answers refer to it. */
  @IsOptional()
  @MaxLength(998)
  externalId?: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => SenderDto)
  from!: SenderDto;

  /** The address it was sent to, where the channel has one. */
  @IsOptional()
  @MaxLength(320)
  to?: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => ThreadHintsDto)
  thread!: ThreadHintsDto;

  @IsOptional()
  @MaxLength(998)
  subject?: string;

  /** Plain text, quoted originals included; may be empty when there are attachments only. */
  @IsString()
  text!: string;

  /** The new text alone, when the channel could tell it from the quoted original. */
  @IsOptional()
  @IsString()
  visibleText?: string;

  /** HTML as the sender wrote it. Untrusted: sanitised where it is shown. */
  @IsOptional()
  @IsString()
  html?: string;

  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => AttachmentDto)
  attachments!: AttachmentDto[];

  /** Files that are still at the provider, in their order; each is told of by one `media.stored`. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => MediaReferenceDto)
  media?: MediaReferenceDto[];

  /** Messages of one sender that share it are one message: its first, and parts of it. */
  @IsOptional()
  @MinLength(1)
  @MaxLength(200)
  album?: string;

  /** The bytes as they came. */
  @IsDefined()
  @ValidateNested()
  @Type(() => RawObjectDto)
  raw!: RawObjectDto;

  /** When the adapter accepted it; ISO 8601 in UTC. */
  @IsInstant()
  receivedAt!: string;

  /** True for out-of-office notes, bounces and other mail that no person wrote: never answered, no ticket clock. */
  @IsBoolean()
  automatic!: boolean;

  /** BCP 47, when the channel knows. */
  @IsOptional()
  @MaxLength(35)
  language?: string;

  /** Ticket attributes that the channel collects from the customer (a form's type, region, order number ...). */
  @IsTextMap()
  fields!: Record<string, string>;
}

/** Something arrived that the channel could not understand. The bytes are kept; an agent gets a placeholder ticket. */
export class MessageUnreadable {
  @IsUUID()
  inboxId!: string;

  @Matches(CHANNEL_NAME)
  channel!: Channel;

  @MinLength(1)
  @MaxLength(500)
  providerEventId!: string;

  /** Stable code such as `NO_SENDER` or `BROKEN_MIME`. */
  @MaxLength(100)
  reason!: string;

  @MaxLength(2000)
  detail!: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => RawObjectDto)
  raw!: RawObjectDto;

  @IsInstant()
  receivedAt!: string;
}

/** What the topic carries, by type. */
export interface InboundPayloads {
  'message.received': MessageReceived;
  'message.unreadable': MessageUnreadable;
  'message.edited': MessageEdited;
  'message.deleted': MessageDeleted;
  'message.reacted': MessageReacted;
  'consent.changed': ConsentChanged;
  'customer.acted': CustomerActed;
  'media.stored': MediaStored;
}

export const inboundMessages = defineTopic<{ [Type in keyof InboundPayloads]: InboundPayloads[Type] }>({
  name: 'inbound.messages',
  description:
    'Everything a customer sent or did, on any channel, in the order it was accepted; and what became of its files.',
  key: 'inbox id and sender address: `<inboxId>:<kind>:<value>`',
  producers: ['gateway', 'email-ingest'],
  consumers: ['tickets', 'gateway'],
  partitions: 8,
  retentionDays: 14,
  types: {
    'message.received': [MessageReceived],
    'message.unreadable': [MessageUnreadable],
    'message.edited': [MessageEdited],
    'message.deleted': [MessageDeleted],
    'message.reacted': [MessageReacted],
    'consent.changed': [ConsentChanged],
    'customer.acted': [CustomerActed],
    'media.stored': [MediaStored],
  },
});
