import type {
  MessageQueued,
  MessageTemplate,
  Priority,
  SenderDto,
  ThreadHintsDto,
} from '@tributary/contracts';
import { ChannelError, type ChannelErrorCode } from './channel.errors.js';
import type { Colleagues } from './colleagues.js';
import type { ChannelInbox, ChannelManifest } from './manifest.js';
import type { ChannelPorts, OutboundFile } from './ports.js';

/** A file found in a message, before the host has put it into the object store. */
export interface InboundFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly disposition: 'inline' | 'attachment';
  readonly contentId?: string;
}

/** A file that stays at the provider until the host fetches it, after the message is durable. */
export interface MediaReference {
  /** What `fetchMedia` needs to find it (an id, a URL); unique in its message. Never a secret. */
  readonly id: string;
  readonly name: string;
  /** What the provider says; the bytes decide. */
  readonly contentType: string;
  readonly disposition: 'inline' | 'attachment';
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
      /** Files that are still at the provider, in their order. */
      readonly media?: readonly MediaReference[];
      /** Messages of one album share it: the host makes one message of those that arrive together. */
      readonly album?: string;
      readonly automatic: boolean;
      readonly language?: string;
      /** Of a sender whom the workspace trusts to say so (its own systems); never what a customer chose. */
      readonly priority?: Priority;
      readonly fields: Readonly<Record<string, string>>;
    }
  /**
   * A report on something we sent. `sent` is our own message where an id that we gave the provider tells it; without
   * it the host finds the message by `externalId`, which `send` returned.
   */
  | {
      readonly kind: 'receipt';
      readonly providerEventId: string;
      readonly externalId: string;
      readonly sent?: { readonly messageId: string; readonly attempt: number };
      readonly state: 'sent' | 'delivered' | 'read' | 'failed';
      readonly detail?: string;
    }
  /**
   * The customer has got, or read, all that we had sent them by then: for providers that name a moment and no
   * messages. The host finds which those are.
   */
  | {
      readonly kind: 'seen';
      readonly providerEventId: string;
      readonly by: SenderDto;
      /** By the provider's clock. */
      readonly until: Date;
      readonly state: 'delivered' | 'read';
    }
  /** The customer changed, took back or reacted to the message with this `externalId`. */
  | {
      readonly kind: 'edited';
      readonly providerEventId: string;
      readonly externalId: string;
      readonly from: SenderDto;
      readonly text: string;
    }
  | {
      readonly kind: 'deleted';
      readonly providerEventId: string;
      readonly externalId: string;
      readonly from: SenderDto;
    }
  | {
      readonly kind: 'reaction';
      readonly providerEventId: string;
      readonly externalId: string;
      readonly from: SenderDto;
      /** The emoji or the provider's word; null takes it back. */
      readonly reaction: string | null;
    }
  /** The customer wants, or no longer wants, to hear from us here (STOP, unfollow, block). */
  | {
      readonly kind: 'consent';
      readonly providerEventId: string;
      readonly from: SenderDto;
      readonly consent: 'given' | 'withdrawn';
    }
  /** The customer did something here other than writing (entered, scanned, tapped a menu): opens `event` windows. */
  | {
      readonly kind: 'activity';
      readonly providerEventId: string;
      readonly from: SenderDto;
      /** The message that it belongs to (a call, a recording), by its `externalId`; absent when it belongs to none. */
      readonly externalId?: string;
      /** The provider's word for it; of a call, one of `CALL_ACTIVITIES`. */
      readonly activity: string;
      /** Beside `externalId`, `type` is what the customer now wants: the ticket's type from then on. */
      readonly fields: Readonly<Record<string, string>>;
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
  readonly method: 'GET' | 'POST';
  /** What follows the inbox's own address, without the query: empty, or `/status`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The address that the provider called, scheme and host as configured for the installation; some sign it. */
  readonly url: string;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Verification = { readonly ok: true } | { readonly ok: false; readonly code: string };

/** The provider calls us. A handshake is a request like any other: its `parse` gives one `ignored` event. */
export interface WebhookDoor {
  /** On the raw bytes, before anything else. Without a configured secret: refused. */
  verify(request: WebhookRequest, inbox: ChannelInbox, now: Date): Verification;
  /** What the provider wants to hear after the append. */
  answer(request: WebhookRequest, inbox: ChannelInbox): WebhookAnswer;
}

/**
 * What an inbox asks its provider for beside the calls, or in their place: what was missed while we were away, or all
 * of it where the provider cannot call us. The host runs `fetch` from its cursor when it starts and every few minutes.
 */
export interface CatchUp {
  /** Ends when there is nothing more, at once where the inbox's settings want none of it. */
  fetch(
    inbox: ChannelInbox,
    cursor: string | null,
    ports: ChannelPorts,
    signal: AbortSignal,
  ): AsyncIterable<PollWindow>;
  /** The same events, under the same ids, as the provider's call would give. */
  parse(item: PollItem, inbox: ChannelInbox): Promise<readonly InboundEvent[]>;
}

/** How messages come in: exactly one of these, so there are no optional methods. */
export type Inbound =
  | (WebhookDoor & {
      readonly kind: 'webhook';
      parse(request: WebhookRequest, inbox: ChannelInbox): Promise<readonly InboundEvent[]>;
      /** Of providers that can be asked for what their calls did not bring. */
      readonly catchUp?: CatchUp;
    })
  | {
      readonly kind: 'poll';
      /**
       * One session with the provider. Yields windows in order; the host appends a window, stores its cursor, and
       * only then asks for the next. Ends when `signal` aborts; throws ChannelError when the connection is lost.
       */
      fetch(
        inbox: ChannelInbox,
        cursor: string | null,
        ports: ChannelPorts,
        signal: AbortSignal,
      ): AsyncIterable<PollWindow>;
      parse(item: PollItem, inbox: ChannelInbox): Promise<readonly InboundEvent[]>;
    }
  /**
   * The provider's call says only that there is something; what, is pulled from it. The host answers the call, then
   * runs `fetch` once from its cursor until it ends; it also does so by itself now and then, as calls get lost.
   */
  | (WebhookDoor & {
      readonly kind: 'pull';
      /** What the call itself says and the pull needs (which account, a token to give back); kept in memory only. */
      notice(request: WebhookRequest, inbox: ChannelInbox): string;
      /** @param notice of the call that caused this pull; null when the host pulls by itself. */
      fetch(
        inbox: ChannelInbox,
        cursor: string | null,
        ports: ChannelPorts,
        signal: AbortSignal,
        notice: string | null,
      ): AsyncIterable<PollWindow>;
      parse(item: PollItem, inbox: ChannelInbox): Promise<readonly InboundEvent[]>;
    })
  | CallDoor
  /** Our own page or endpoint: the host receives the fields and files itself. */
  | {
      readonly kind: 'form';
      parse(submission: FormSubmission, inbox: ChannelInbox): Promise<readonly InboundEvent[]>;
    };

/** One request of a provider about a phone call, as `answer` sees it. */
export interface CallTurn {
  readonly request: WebhookRequest;
  readonly inbox: ChannelInbox;
  readonly now: Date;
  /**
   * False when what the turn says could not be made durable in time: the log is away, or the database. Nobody behind
   * the door hears of the caller now, so that all there is to offer is a recording, which the provider keeps.
   */
  readonly isKept: boolean;
}

/**
 * People call. The provider asks at each turn what the caller hears next, and waits for it while they listen: the host
 * verifies, makes `parse`'s events durable within a short time, and answers either way.
 *
 * What a turn must remember of those before stands in the addresses that `answer` gave out, which the provider signs:
 * any replica takes any turn, also after a restart.
 */
export interface CallDoor {
  readonly kind: 'call';
  verify(request: WebhookRequest, inbox: ChannelInbox, now: Date): Verification;
  /**
   * What is heard next. Pure, and never fails: it has nothing but the turn. A report that nobody listens to, and that
   * could not be kept, is answered 503: the provider makes it again.
   */
  answer(turn: CallTurn): WebhookAnswer;
  /** What a turn or a report says, the same events for the same bytes; in any order, as reports come. */
  parse(request: WebhookRequest, inbox: ChannelInbox): Promise<readonly InboundEvent[]>;
  /**
   * What the provider itself has on record. The host runs it when it starts, now and then, and after turns that it
   * could not keep; an event that `parse` gave as well has the same id in both.
   */
  readonly catchUp: {
    fetch(
      inbox: ChannelInbox,
      cursor: string | null,
      ports: ChannelPorts,
      signal: AbortSignal,
    ): AsyncIterable<PollWindow>;
    parse(item: PollItem, inbox: ChannelInbox): Promise<readonly InboundEvent[]>;
  };
  /**
   * Connects a caller who waits with an agent's phone; whoever is connected already stays so. What came of it comes
   * back as events.
   *
   * @throws ChannelError `window_closed` when the caller waits no more; what is retryable is tried again.
   */
  connect(
    connection: CallConnection,
    inbox: ChannelInbox,
    ports: ChannelPorts,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface CallConnection {
  /** `externalId` of the call's message. */
  readonly callId: string;
  /** E.164. */
  readonly phone: string;
  /** Whom the story names. */
  readonly agentName: string;
}

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
  readonly files: readonly OutboundFile[];
}

export interface SendReceipt {
  /** `sent` when the provider took it, `delivered` when the customer has it (our own pages). */
  readonly state: 'sent' | 'delivered';
  /** The provider's id; its reports and the customer's answers name it. */
  readonly externalId?: string;
  /** Ids of further parts, when the message had to leave in several. */
  readonly furtherIds?: readonly string[];
}

/** @throws ChannelError with a closed code; the retry policy is the host's. */
export type Send = (
  delivery: OutboundDelivery,
  inbox: ChannelInbox,
  ports: ChannelPorts,
  signal: AbortSignal,
) => Promise<SendReceipt>;

/**
 * Opens a file at the provider. The host limits size and time, and refuses private addresses.
 *
 * @throws ChannelError `rejected_permanently` when it is gone for good; what is retryable is tried again.
 */
export type FetchMedia = (
  media: MediaReference,
  inbox: ChannelInbox,
  ports: ChannelPorts,
  signal: AbortSignal,
) => Promise<InboundFile>;

/** Of channels whose files come with their messages. */
export const noMedia: FetchMedia = async () => {
  throw new ChannelError('rejected_permanently', 'This channel has no files at a provider.');
};

/**
 * The texts that the provider has approved for an inbox and that can be sent with text alone, in any order.
 *
 * @throws ChannelError when the provider could not be asked.
 */
export type ListTemplates = (
  inbox: ChannelInbox,
  ports: ChannelPorts,
  signal: AbortSignal,
) => Promise<readonly MessageTemplate[]>;

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
  readonly fetchMedia: FetchMedia;
  /** Of channels whose send policy has templates. */
  readonly templates?: ListTemplates;
  readonly colleagues?: Colleagues;
  /** Rules that the manifest's field list cannot say (one of two fields is needed). */
  checkSettings(settings: Readonly<Record<string, unknown>>): readonly SettingsFault[];
  /**
   * Address to hand out for the inbox (a form's path, a mail address), or to paste at the provider: `hookPath` where the
   * provider calls us. Null when there is nothing to hand out.
   */
  publicAddress(inbox: ChannelInbox): string | null;
}

export type { ChannelErrorCode };
