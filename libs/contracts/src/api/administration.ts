import type { Channel } from '../envelope.js';
import type { Locale, PersonRole } from './session.js';

/** `GET /api/people`, `POST /api/people`, `PATCH /api/people/:id` (administrators). */
export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: PersonRole;
  readonly active: boolean;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly teamIds: readonly string[];
  readonly skills: readonly { readonly skillId: string; readonly level: number }[];
  readonly regions: readonly string[];
  /** BCP 47 primary tags: `zh`, `en`. */
  readonly languages: readonly string[];
  /** Where callers are connected with them, E.164; null where they take no calls. */
  readonly phone: string | null;
  /** Their id in the company's WeCom, where notices go; null when they get none. */
  readonly wecomUserId: string | null;
  readonly createdAt: string;
}
export type PersonRequest = Partial<Omit<PersonView, 'id' | 'createdAt'>>;

/** `POST /api/people/:id/sign-in-link`: a fresh one-time link, valid 24 h, shown once. */
export interface SignInLinkView {
  readonly url: string;
  readonly expiresAt: string;
}

/** `GET /api/teams`. */
export interface TeamView {
  readonly id: string;
  readonly name: string;
}

/** `GET /api/skills`, `POST /api/skills {name}`, `PATCH /api/skills/:id {name}`, `DELETE /api/skills/:id` (409 when used). */
export interface SkillView {
  readonly id: string;
  readonly name: string;
  readonly agents: number;
}

/**
 * `GET /api/channels`: what can be added. `settings` is drawn as the form; a `secret` field is written, never read.
 */
export interface ChannelView {
  readonly channel: Channel;
  readonly title: string;
  readonly description: string;
  readonly settings: readonly SettingField[];
  readonly maxTextLength: number | null;
  readonly attachments: boolean;
}

export interface SettingField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  /** `document`: a text of many lines. */
  readonly type: 'text' | 'document' | 'number' | 'boolean' | 'secret' | 'choice' | 'list';
  readonly required: boolean;
  readonly choices?: readonly string[];
  readonly default?: string | number | boolean | readonly string[];
}

/** `GET /api/inboxes`, `POST /api/inboxes`, `PATCH /api/inboxes/:id`. */
export interface InboxView {
  readonly id: string;
  readonly channel: Channel;
  readonly name: string;
  readonly enabled: boolean;
  /** Settings without secrets; a secret that is set reads as `true` in `secretsSet`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secretsSet: Readonly<Record<string, boolean>>;
  /** What to hand to customers or paste at the vendor: the form's URL, the address mail is forwarded to. */
  readonly publicAddress: string | null;
  readonly health: {
    readonly lastInboundAt: string | null;
    readonly lastOutboundAt: string | null;
    readonly lastError: string | null;
    readonly lastErrorAt: string | null;
  };
}
export interface InboxRequest {
  readonly channel?: Channel;
  readonly name?: string;
  readonly enabled?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A way to the provider of an inbox: `in` reads, `out` sends, `files` fetches what messages left there. */
export interface InboxWayView {
  readonly way: 'in' | 'out' | 'files' | 'notices';
  /** In a row; after three the breaker is open and everything of this way waits. */
  readonly failures: number;
  readonly openSince: string | null;
  /** When it is tried next by itself, while it fails. */
  readonly retryAt: string | null;
  readonly lastError: string | null;
  readonly lastErrorAt: string | null;
  readonly waiting: number;
  readonly oldestWaitingAt: string | null;
}

/**
 * `GET /api/inboxes/:id/health`: how an inbox is doing now. `POST /api/inboxes/:id/retry` tries its provider at once
 * and answers the same.
 */
/** What became of the notices to the company's own people. */
export interface ColleagueNoticesView {
  readonly told: number;
  /** Not told, as they had the console open. */
  readonly present: number;
  /** Not told, as the ticket was no longer theirs or done, or they had been told of it a moment before. */
  readonly unneeded: number;
  /** The provider could not be reached in time. */
  readonly late: number;
  readonly refused: number;
  readonly lastRefusal: {
    readonly at: string;
    readonly personId: string;
    readonly personName: string;
    readonly detail: string;
  } | null;
}
export interface InboxHealthView {
  readonly lastInboundAt: string | null;
  readonly lastOutboundAt: string | null;
  /** Replies on their way out. */
  readonly queued: { readonly replies: number; readonly oldestAt: string | null };
  readonly ways: readonly InboxWayView[];
  /** Access tokens that the provider gave for a time, and when each is renewed. Never the tokens. */
  readonly credentials: readonly { readonly name: string; readonly renewsAt: string }[];
  /** What came in during the last 24 hours, by what became of it. */
  readonly lastDay: {
    readonly accepted: number;
    readonly duplicates: number;
    readonly quarantined: number;
    /** Calls at the inbox's address that did not prove that they were the provider's. */
    readonly refused: number;
    readonly refusedReason: string | null;
    readonly refusedAt: string | null;
  };
  /** Replies that failed in the last week, newest first, at most 5. */
  readonly failures: readonly {
    readonly at: string;
    readonly code: string | null;
    readonly detail: string | null;
    readonly ticketId: string;
    readonly ticketNumber: string;
  }[];
  /** Of the last 24 hours; null where the inbox had none. */
  readonly notices: ColleagueNoticesView | null;
  /** The ticket of this inbox that moved last, within a day. */
  readonly latestTicket: { readonly id: string; readonly number: string } | null;
}
