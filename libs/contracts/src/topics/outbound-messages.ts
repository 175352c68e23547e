// `@Type` asks for the type of its property while the classes below are defined.
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { AttachmentDto, CHANNEL_NAME, type Channel } from '../envelope.js';
import { IsInstant, IsTextMap } from '../payload-rules.js';
import { defineTopic } from '../topic.js';
import { SenderDto } from './sender.js';

/** A text that was approved beforehand, by the provider's names for it. The message's `text` is what it comes to. */
export class TemplateUse {
  @IsString()
  @MaxLength(200)
  id!: string;

  @IsString()
  @MaxLength(600)
  name!: string;

  @IsString()
  @MaxLength(50)
  language!: string;

  /** A value for each variable. */
  @IsTextMap()
  variables!: Record<string, string>;
}

/** An agent's reply on its way to the customer. Written by `tickets` in the transaction that stored the message. */
export class MessageQueued {
  @IsUUID()
  messageId!: string;

  /** 1 for the first attempt; an agent's retry is a new attempt with a higher number. */
  @IsInt()
  @Min(1)
  attempt!: number;

  @IsUUID()
  inboxId!: string;

  @Matches(CHANNEL_NAME)
  channel!: Channel;

  @IsUUID()
  conversationId!: string;

  @IsUUID()
  ticketId!: string;

  @IsString()
  ticketNumber!: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => SenderDto)
  to!: SenderDto;

  /** Name shown to the customer as the author. */
  @MaxLength(200)
  authorName!: string;

  @IsOptional()
  @MaxLength(998)
  subject?: string;

  @IsString()
  text!: string;

  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => AttachmentDto)
  attachments!: AttachmentDto[];

  /** Signed token of the conversation; the channel puts it where the customer's answer brings it back. */
  @IsString()
  threadToken!: string;

  /** Provider ids of the conversation's messages, oldest first, the one being answered last. */
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  references!: string[];

  /** Mark that the provider wants on what is sent in this window, from the channel's send policy. */
  @IsOptional()
  @MaxLength(100)
  tag?: string;

  /** Sent in place of the text, where the provider takes nothing else. */
  @IsOptional()
  @ValidateNested()
  @Type(() => TemplateUse)
  template?: TemplateUse;

  /** When the window closes in which it was written; what is later is not sent, as the provider would refuse it. */
  @IsOptional()
  @IsInstant()
  notAfter?: string;

  /** True when the reply settled its ticket: a channel that has sessions may end the customer's behind it. */
  @IsOptional()
  @IsBoolean()
  settles?: boolean;
}

/** A customer who waits on the line has an agent now: the channel's host rings the agent's phone. */
export class CallAssigned {
  @IsUUID()
  inboxId!: string;

  @Matches(CHANNEL_NAME)
  channel!: Channel;

  @IsUUID()
  conversationId!: string;

  @IsUUID()
  ticketId!: string;

  @IsString()
  ticketNumber!: string;

  /** The provider's id of the call. */
  @MinLength(1)
  @MaxLength(998)
  callId!: string;

  /** Who calls. */
  @IsDefined()
  @ValidateNested()
  @Type(() => SenderDto)
  from!: SenderDto;

  @IsUUID()
  agentId!: string;

  @MaxLength(200)
  agentName!: string;

  /** Where the agent is rung; E.164. */
  @MaxLength(50)
  phone!: string;
}

export const outboundMessages = defineTopic<{
  'message.queued': MessageQueued;
  'call.assigned': CallAssigned;
}>({
  name: 'outbound.messages',
  description:
    'Replies to customers, in the order the agents wrote them; and callers to be connected with agents.',
  key: 'conversation id',
  producers: ['tickets'],
  consumers: ['gateway', 'email-ingest', 'voice-ingest', 'wechat-ingest'],
  partitions: 8,
  retentionDays: 14,
  types: { 'message.queued': [MessageQueued], 'call.assigned': [CallAssigned] },
});
