import { IsIn, IsInt, IsObject, IsOptional, IsString, IsUUID, Matches, Min } from 'class-validator';
import { IsBase64Bytes, IsInstant } from './payload-rules.js';

/**
 * What every record of every topic carries around its payload.
 *
 * `id` is a UUIDv7 made by the producer once, before the first attempt: a record that is appended twice has
 * the same id both times, and consumers use it (or a key from the payload) to apply it once.
 */
export interface Envelope<Type extends string = string, Payload = unknown> {
  readonly id: string;
  readonly type: Type;
  /** Schema version of the payload; starts at 1 and only grows. */
  readonly version: number;
  readonly workspaceId: string;
  /** When the thing happened, by the producer's clock; ISO 8601 in UTC. Order is the log's offset, never this. */
  readonly occurredAt: string;
  /** W3C trace context of the request that caused the record. */
  readonly traceparent?: string;
  readonly payload: Payload;
}

/** The envelope as it is checked at the edge; the payload has its own class, named by topic and type. */
export class EnvelopeDto implements Envelope {
  @IsUUID()
  id!: string;

  @IsString()
  type!: string;

  @IsInt()
  @Min(1)
  version!: number;

  @IsUUID()
  workspaceId!: string;

  @IsInstant()
  occurredAt!: string;

  @IsOptional()
  @Matches(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
  traceparent?: string;

  @IsObject()
  payload!: Record<string, unknown>;
}

/**
 * A kind of medium, by the name that its manifest gives it: `email`, `wechat_oa`. Which there are, the registry of
 * channels says and nobody else: a new one needs no word here.
 */
export type Channel = string;

/** What a channel's name looks like. */
export const CHANNEL_NAME = /^[a-z][a-z0-9_]{1,31}$/;

export class StoredObjectDto {
  /** Key in the object store; opaque. */
  @IsString()
  key!: string;

  @Matches(/^[0-9a-f]{64}$/)
  sha256!: string;

  /** Bytes. */
  @IsInt()
  @Min(0)
  size!: number;
}

/** Bytes as they came. */
export class RawObjectDto extends StoredObjectDto {
  /**
   * The bytes themselves in base64, when they are few: then the record alone is the durable copy, and nothing stands
   * under `key` until the message is stored.
   */
  @IsOptional()
  @IsBase64Bytes()
  content?: string;
}

export class AttachmentDto extends StoredObjectDto {
  /** File name as the sender wrote it, control characters removed; never used as a path. */
  @IsString()
  name!: string;

  @IsString()
  contentType!: string;

  /** `inline` when the HTML refers to it by Content-ID. */
  @IsIn(['inline', 'attachment'])
  disposition!: 'inline' | 'attachment';

  @IsOptional()
  @IsString()
  contentId?: string;
}
