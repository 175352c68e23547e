import type { MessageQueued, SenderDto, ThreadHintsDto } from '@tributary/contracts';
import type { ChannelErrorCode } from './channel.errors.js';
import type { ChannelInbox, ChannelManifest } from './manifest.js';

/** A file found in a message, before the host has put it into the object store. */
export interface InboundFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly disposition: 'inline' | 'attachment';
  readonly contentId?: string;
}

/** What bytes of a provider mean. Same bytes, same events, in the order they stand. */
export type InboundEvent =
  | {
      readonly kind: 'message';
      /** The same for every delivery of the same thing. */
      readonly providerEventId: string;
      readonly externalId?: string;
      readonly from: SenderDto;
      readonly to?: string;
      readonly thread: ThreadHintsDto;
      readonly subject?: string;
      readonly text: string;
      readonly visibleText?: string;
      readonly html?: string;
      readonly files: readonly InboundFile[];
      readonly automatic: boolean;
      readonly language?: string;
      readonly fields: Readonly<Record<string, string>>;
    }
  /** A report on something we sent. `sent` is our own message, read from an id that we gave the provider. */
  | {
      readonly kind: 'receipt';
      readonly providerEventId: string;
      readonly externalId: string;
      readonly sent: { readonly messageId: string; readonly attempt: number };
      readonly state: 'sent' | 'delivered' | 'read' | 'failed';
      readonly detail?: string;
    }
  /** Understood, and rightly no message (our own echo, a typing mark). Counted, never dropped in silence. */
  | { readonly kind: 'ignored'; readonly providerEventId: string; readonly reason: string }
  /** Not understood: the host keeps the bytes and an agent gets a placeholder. */
  | {
      readonly kind: 'unreadable';
      readonly providerEventId: string;
      readonly reason: string;
      readonly detail: string;
    };

export interface WebhookRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Verification = { readonly ok: true } | { readonly ok: false; readonly code: string };

/** How messages come in: exactly one of these, so there are no optional methods. */
export type Inbound =
  | {
      readonly kind: 'webhook';
      /** On the raw bytes, before anything else. Without a configured secret: refused. */
      verify(request: WebhookRequest, inbox: ChannelInbox): Verification;
      /** What the provider wants to hear after the append. */
      answer(request: WebhookRequest, inbox: ChannelInbox): WebhookAnswer;
      parse(request: WebhookRequest, inbox: ChannelInbox): Promise<readonly InboundEvent[]>;
    }
  | {
      readonly kind: 'poll';
      /**
       * One session with the provider. Yields windows in order; the host appends a window, stores its cursor, and
       * only then asks for the next. Ends when `signal` aborts; throws ChannelError when the connection is lost.
       */
      fetch(inbox: ChannelInbox, cursor: string | null, signal: AbortSignal): AsyncIterable<PollWindow>;
      parse(item: PollItem, inbox: ChannelInbox): Promise<readonly InboundEvent[]>;
    }
  /** Our own page or endpoint: the host receives the fields and files itself. */
  | {
      readonly kind: 'form';
      parse(submission: FormSubmission, inbox: ChannelInbox): Promise<readonly InboundEvent[]>;
    };

export interface PollItem {
  /** Unique in the inbox and stable: becomes part of the provider event id. */
  readonly id: string;
  readonly raw: Uint8Array;
  /** The address it was handed over for, where the transport knows it and the bytes may not (SMTP's RCPT TO). */
  readonly recipient?: string;
  /** The address that failures are reported to, where only the transport knows it; empty for mail of mail systems. */
  readonly sender?: string;
  /** Bytes at the provider, when it was too large to fetch and `raw` is only its beginning. */
  readonly fullSize?: number;
}

export interface PollWindow {
  readonly items: readonly PollItem[];
  /** Stored after every item was appended. */
  readonly cursor: string;
}

export interface FormSubmission {
  /** Client's idempotency key, or one the host made. */
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly InboundFile[];
}

/** An outbound message with its files opened. */
export interface OutboundDelivery extends Omit<MessageQueued, 'attachments'> {
  readonly files: readonly {
    readonly name: string;
    readonly contentType: string;
    readonly content: Uint8Array;
  }[];
}

export interface SendReceipt {
  /** `sent` when the provider took it, `delivered` when the customer has it (our own pages). */
  readonly state: 'sent' | 'delivered';
  readonly externalId?: string;
}

/** @throws ChannelError with a closed code; the retry policy is the host's. */
export type Send = (
  delivery: OutboundDelivery,
  inbox: ChannelInbox,
  signal: AbortSignal,
) => Promise<SendReceipt>;

/** Settings fault at a field; an empty list means accepted. */
export interface SettingsFault {
  readonly field: string;
  readonly message: string;
}

/**
 * A channel: a pure translator. Raw bytes in, events out; outbound message in, receipt or typed error out. No
 * database, log, clock, environment or logger, and no word about tickets.
 */
export interface ChannelModule {
  readonly manifest: ChannelManifest;
  readonly inbound: Inbound;
  readonly send: Send;
  /** Rules that the manifest's field list cannot say (one of two fields is needed). */
  checkSettings(settings: Readonly<Record<string, unknown>>): readonly SettingsFault[];
  /** Address to hand out for the inbox (a form's path, a mail address); null when the provider knows it. */
  publicAddress(inbox: ChannelInbox): string | null;
}

export type { ChannelErrorCode };
