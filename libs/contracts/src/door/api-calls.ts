// `@Type` asks for the type of its property while the classes below are defined.
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { IsInstant, IsTextMap } from '../payload-rules.js';
import { PRIORITIES, type Priority } from '../topics/routing-work.js';

/*
 * What a company's own systems say at the signed door of an inbox of channel `api`, told apart by `type`. Optional
 * properties may be null; a property that is not named here is kept with the original and means nothing.
 */

export const SIGNAL_SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type SignalSeverity = (typeof SIGNAL_SEVERITIES)[number];
export const SIGNAL_STATES = ['raised', 'cleared'] as const;
export type SignalState = (typeof SIGNAL_STATES)[number];
export const REPORTED_STATES = ['delivered', 'read', 'failed'] as const;
export type ReportedState = (typeof REPORTED_STATES)[number];

/** Who writes, as the company's own systems know them: those vouch for the id by their signature. */
export class ApiCustomer {
  /** The same for every message of the same customer, in every inbox of the workspace. */
  @MinLength(1)
  @MaxLength(320)
  id!: string;

  @IsOptional()
  @MaxLength(200)
  name?: string;

  /** Told to agents; joins nobody to another customer. */
  @IsOptional()
  @MaxLength(320)
  email?: string;

  /** As `email`. */
  @IsOptional()
  @MaxLength(40)
  phone?: string;
}

/** A file with its bytes in `content`, or at an address in `url`: exactly one of the two. */
export class ApiFile {
  @MinLength(1)
  @MaxLength(500)
  name!: string;

  /** Media type; the bytes decide. */
  @IsOptional()
  @MaxLength(200)
  contentType?: string;

  /** Base64 (RFC 4648, 4). */
  @IsOptional()
  @IsString()
  content?: string;

  /** `https` address from which it is fetched after the message was accepted. */
  @IsOptional()
  @MaxLength(1900)
  url?: string;
}

/** A customer's message. Text or at least one file. */
export class ApiMessage {
  @IsIn(['message'])
  type!: 'message';

  @IsDefined()
  @ValidateNested()
  @Type(() => ApiCustomer)
  customer!: ApiCustomer;

  /**
   * A name of the caller's choosing: messages of one customer that share it are one conversation. Without it, the
   * message begins a conversation that is named by its webhook-id.
   */
  @IsOptional()
  @MinLength(1)
  @MaxLength(200)
  conversation?: string;

  @IsOptional()
  @MaxLength(998)
  subject?: string;

  @IsOptional()
  @IsString()
  text?: string;

  /** Shown sanitised, beside the text. */
  @IsOptional()
  @IsString()
  html?: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ApiFile)
  files?: ApiFile[];

  /** BCP 47. */
  @IsOptional()
  @MaxLength(35)
  language?: string;

  /** Of the ticket that this message begins, where it begins one. */
  @IsOptional()
  @IsIn(PRIORITIES)
  priority?: Priority;

  /** Fields of the ticket; `type` and `region` are the ticket's own. */
  @IsOptional()
  @IsTextMap()
  fields?: Record<string, string>;
}

/** A machine's alarm. However often it is raised while its ticket is not closed, the ticket stays one. */
export class ApiSignal {
  @IsIn(['signal'])
  type!: 'signal';

  /** What raised it, by a name that people know. */
  @MinLength(1)
  @MaxLength(200)
  source!: string;

  /** What it is about, the same each time it is raised or cleared. */
  @MinLength(1)
  @MaxLength(200)
  key!: string;

  @IsIn(SIGNAL_STATES)
  state!: SignalState;

  @IsIn(SIGNAL_SEVERITIES)
  severity!: SignalSeverity;

  @MinLength(1)
  @MaxLength(500)
  summary!: string;

  @IsOptional()
  @MaxLength(50_000)
  details?: string;

  /** When it happened, by the machine's clock. */
  @IsOptional()
  @IsInstant()
  at?: string;

  /** Fields of the ticket, beside `source`, `signal` and `severity`. */
  @IsOptional()
  @IsTextMap()
  fields?: Record<string, string>;
}

/** What became of a reply that was delivered to the callback address. */
export class ApiReceipt {
  @IsIn(['receipt'])
  type!: 'receipt';

  /** The webhook-id of the callback. */
  @Matches(/^msg_[0-9a-f-]{36}$/)
  message!: string;

  @IsIn(REPORTED_STATES)
  state!: ReportedState;

  /** Why it failed; shown to the agent. */
  @IsOptional()
  @MaxLength(1000)
  detail?: string;
}

export type ApiCall = ApiMessage | ApiSignal | ApiReceipt;

/** By `type`. */
export const API_CALLS = { message: ApiMessage, signal: ApiSignal, receipt: ApiReceipt } as const;

/** The answer to a call that was accepted. The same call gives the same answer. */
export interface ApiAccepted {
  /** The call's webhook-id. */
  readonly id: string;
  /** Of a message: the name of its conversation. */
  readonly conversation?: string;
}

/** What is posted to the callback address when an agent has replied. */
export interface ApiReplyEvent {
  readonly type: 'message.created';
  /** When it was posted first; ISO 8601 in UTC. */
  readonly timestamp: string;
  readonly data: {
    /** The same as the webhook-id, also when the agent tries again: a receiver that has it has the reply. */
    readonly id: string;
    readonly inbox: string;
    readonly ticket: { readonly id: string; readonly number: string };
    /** The name that the caller gave the conversation; null for one that did not begin at this inbox. */
    readonly conversation: string | null;
    /** Whom it is for: a customer by the caller's id; null when it answers a signal. */
    readonly customer: { readonly id: string } | null;
    /** The key of the signal that it answers, or null. */
    readonly signal: string | null;
    readonly author: { readonly name: string };
    readonly subject: string | null;
    readonly text: string;
    /** `content` is base64. */
    readonly files: readonly {
      readonly name: string;
      readonly contentType: string;
      readonly content: string;
    }[];
  };
}
