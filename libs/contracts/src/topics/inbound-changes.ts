// `@Type` asks for the type of its property while the classes below are defined.
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsDefined,
  IsIn,
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
import { SenderDto } from './sender.js';

/** A file that stays at the provider until the channel's host has fetched it. */
export class MediaReferenceDto {
  /** The channel's own; unique in its message. Never a secret. */
  @MinLength(1)
  @MaxLength(2000)
  id!: string;

  @MaxLength(500)
  name!: string;

  /** What the provider says; the bytes decide. */
  @MaxLength(200)
  contentType!: string;

  @IsIn(['inline', 'attachment'])
  disposition!: 'inline' | 'attachment';
}

/** Something that a customer did and that is no message of its own. */
class CustomerDid {
  @IsUUID()
  inboxId!: string;

  @Matches(CHANNEL_NAME)
  channel!: Channel;

  /** Of this event, not of the message it is about; unique in the inbox, as every delivery's. */
  @MinLength(1)
  @MaxLength(500)
  providerEventId!: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => SenderDto)
  from!: SenderDto;

  /** The bytes as they came. */
  @IsDefined()
  @ValidateNested()
  @Type(() => RawObjectDto)
  raw!: RawObjectDto;

  /** When the adapter accepted it; ISO 8601 in UTC. */
  @IsInstant()
  receivedAt!: string;
}

/** Something that a customer did to a message which the provider calls `externalId`. */
class MessageTouched extends CustomerDid {
  @MinLength(1)
  @MaxLength(998)
  externalId!: string;
}

/** The customer wrote a message anew; what it said before is kept. */
export class MessageEdited extends MessageTouched {
  /** The whole new text. */
  @IsString()
  text!: string;
}

/** The customer took a message back. */
export class MessageDeleted extends MessageTouched {}

/** The customer reacted to a message, of theirs or of ours. The last reaction of one sender counts. */
export class MessageReacted extends MessageTouched {
  /** The emoji or the provider's word; absent when it was taken back. */
  @IsOptional()
  @MinLength(1)
  @MaxLength(100)
  reaction?: string;
}

/** The customer wants, or no longer wants, to hear from us in this inbox (STOP, unfollow, block). */
export class ConsentChanged extends CustomerDid {
  @IsIn(['given', 'withdrawn'])
  consent!: 'given' | 'withdrawn';
}

/** The customer did something here other than writing (entered, scanned, tapped a menu). */
export class CustomerActed extends CustomerDid {
  /** The provider's word for it. */
  @MinLength(1)
  @MaxLength(100)
  activity!: string;

  /** What the provider says of it (a scene, a menu's key). */
  @IsTextMap()
  fields!: Record<string, string>;
}

/** What became of one file that was still at the provider. Has its message's key, so it comes after its message. */
export class MediaStored {
  @IsUUID()
  inboxId!: string;

  @Matches(CHANNEL_NAME)
  channel!: Channel;

  /** Of the message that the file belongs to. */
  @MinLength(1)
  @MaxLength(500)
  providerEventId!: string;

  /** `id` of the message's reference. The first word on one reference counts. */
  @MinLength(1)
  @MaxLength(2000)
  mediaId!: string;

  /** The stored file; absent when it could not be had, and then never will be. */
  @IsOptional()
  @ValidateNested()
  @Type(() => AttachmentDto)
  attachment?: AttachmentDto;

  /** Why there is no file: a code of `channel-sdk`, `too_large` or `inbox_gone`. */
  @IsOptional()
  @MaxLength(100)
  reason?: string;

  /** For people; tells no secret. */
  @IsOptional()
  @MaxLength(2000)
  detail?: string;
}
