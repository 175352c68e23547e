import type { Channel } from '../envelope.js';
import type { ReplyWindow } from '../send-policy.js';
import type { DeliveryState } from '../topics/outbound-receipts.js';
import type { ContactTier, Priority, TicketType } from '../topics/routing-work.js';

/** A status has a fixed category; workspaces may name statuses, never invent categories. */
export type StatusCategory = 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed';

export interface PersonRef {
  readonly id: string;
  readonly name: string;
}

export type SlaMetric = 'first_reply' | 'resolution';
export type SlaState = 'running' | 'paused' | 'met' | 'breached' | 'cancelled';

/** One clock of a ticket. A breached clock that is not stopped yet is `breached` with `stoppedAt` null. */
export interface SlaClockView {
  readonly metric: SlaMetric;
  readonly state: SlaState;
  /** ISO 8601; null while paused, or when the calendar has no open hours. */
  readonly dueAt: string | null;
  readonly warnAt: string | null;
  readonly targetSeconds: number;
  /** Business seconds used up to `asOf`. */
  readonly consumedSeconds: number;
  readonly asOf: string;
  readonly startedAt: string;
  readonly stoppedAt: string | null;
  readonly breachedAt: string | null;
  readonly policyName: string;
  readonly calendarName: string;
}

/** `GET /api/tickets/:id/sla`: why it is due then. Intervals in order; gaps between open intervals are closed hours. */
export interface SlaExplanationView {
  readonly clocks: readonly (SlaClockView & {
    readonly intervals: readonly {
      readonly from: string;
      readonly to: string | null;
      readonly kind: 'counted' | 'closed' | 'paused';
      /** Who or what paused it; for `closed` the calendar's reason (`outside hours`, the holiday's name). */
      readonly cause: string | null;
      readonly seconds: number;
    }[];
  })[];
}

export interface TicketRow {
  readonly id: string;
  readonly number: string;
  readonly subject: string;
  /** Last message's first 140 characters, white space folded. */
  readonly snippet: string;
  readonly channel: Channel;
  readonly status: StatusCategory;
  readonly priority: Priority;
  readonly type: TicketType;
  readonly contact: PersonRef & { readonly tier: ContactTier };
  readonly assignee: PersonRef | null;
  readonly queue: PersonRef | null;
  readonly tags: readonly string[];
  /** True when the customer wrote last and the assignee has not opened it since. */
  readonly unread: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
  /** The clock that is due next, or the worst one. */
  readonly sla: SlaClockView | null;
}

export type TicketView = 'mine' | 'queue' | 'team' | 'waiting' | 'solved' | 'all';

/**
 * `GET /api/tickets?view=mine&queueId=&status=&channel=&q=&cursor=&limit=50`, most urgent first (SLA due, then
 * age). `view`: mine = assigned to me, open; queue = unassigned; team = open of everyone; waiting = pending or on
 * hold of mine; solved; all.
 */
export interface TicketPage {
  readonly rows: readonly TicketRow[];
  readonly nextCursor: string | null;
}

/** `GET /api/tickets/counts`: the number beside each view, and by queue. */
export interface TicketCounts {
  readonly views: Readonly<Record<Exclude<TicketView, 'all'>, number>>;
  readonly queues: readonly { readonly id: string; readonly name: string; readonly waiting: number }[];
}

/** `GET /api/tickets/:id`. The answer marks it read for the assignee. */
export interface TicketDetail extends TicketRow {
  readonly fields: Readonly<Record<string, string>>;
  /** Where `fields.order` is looked up, by the inbox's link; null without one. */
  readonly orderUrl: string | null;
  readonly language: string | null;
  readonly region: string | null;
  readonly solvedAt: string | null;
  readonly inbox: PersonRef;
  readonly identities: readonly {
    readonly kind: string;
    readonly value: string;
    readonly verified: boolean;
    /** What the customer said of hearing from us, an inbox each where they said anything. */
    readonly consents: readonly ConsentView[];
  }[];
  /** Whether a reply may be sent now on the first of `routes`; sending checks it again. */
  readonly sending: SendingView;
  /** Where the customer can be answered: first where they were last heard or answered on this ticket. */
  readonly routes: readonly ReplyRoute[];
  readonly clocks: readonly SlaClockView[];
  readonly thread: readonly ThreadItem[];
  /** Other tickets of the contact, newest first, at most 10. */
  readonly contactTickets: readonly {
    readonly id: string;
    readonly number: string;
    readonly subject: string;
    readonly status: StatusCategory;
    readonly createdAt: string;
  }[];
}

/** An inbox and one of the contact's addresses that it can write to. */
export interface ReplyRoute {
  readonly inbox: PersonRef;
  readonly channel: Channel;
  readonly identity: { readonly id: string; readonly kind: string; readonly value: string };
  readonly sending: SendingView;
}

export interface ConsentView {
  readonly consent: 'given' | 'withdrawn';
  readonly inbox: PersonRef;
  readonly at: string;
  /** The message that said it, where one did; it may belong to another ticket. */
  readonly messageId: string | null;
}

/** What the channel's send policy leaves: `POST /api/tickets/:id/replies` refuses the rest. */
export type SendingView =
  | {
      readonly state: 'open';
      /** ISO 8601; null without end. */
      readonly until: string | null;
      /** Messages left until then, a file counts as one; null without limit. */
      readonly left: number | null;
      /** Mark that the provider wants on what is sent now. */
      readonly tag: string | null;
      /** Whether approved texts may be sent, which need no open window: `GET /api/inboxes/:id/templates`. */
      readonly templates: boolean;
    }
  | {
      readonly state: 'closed';
      /** `policy_unknown`: no process has told yet what this channel lets us send. */
      readonly reason: 'consent_withdrawn' | 'not_begun' | 'window_over' | 'budget_spent' | 'policy_unknown';
      /** When it closed, where that is a moment; ISO 8601. */
      readonly since: string | null;
      /** The rule that refuses: the window that was over last, or the one whose budget is spent. */
      readonly rule: ReplyWindow | null;
      readonly templates: boolean;
    };

export type ThreadItem = MessageItem | EventItem;

export interface MessageItem {
  readonly kind: 'message';
  readonly id: string;
  readonly direction: 'inbound' | 'outbound' | 'note';
  readonly channel: Channel;
  readonly author: PersonRef & { readonly kind: 'contact' | 'agent' | 'system' };
  readonly at: string;
  readonly text: string;
  /** The new text alone; null when it equals `text`. The rest folds behind "…". */
  readonly visibleText: string | null;
  /** When true, `GET /api/messages/:id/html` answers the sanitised document for a sandboxed frame. */
  readonly hasHtml: boolean;
  readonly attachments: readonly AttachmentView[];
  /** Files that are not here: still to be fetched from the provider, or never to be had. In the message's order. */
  readonly media: readonly MediaView[];
  /** What the text was before the customer changed it, oldest first. `text` is what it is now. */
  readonly earlier: readonly { readonly text: string; readonly until: string }[];
  /** When the customer took it back; the text stays, for agents. */
  readonly deletedAt: string | null;
  readonly reactions: readonly { readonly reaction: string; readonly by: PersonRef; readonly at: string }[];
  /** What happened in it beside words (a call's menu, its end), in the order it was told, which may be any. */
  readonly activities: readonly {
    readonly activity: string;
    readonly fields: Readonly<Record<string, string>>;
    readonly at: string;
  }[];
  /** Sender who is not a known participant, or mail that no person wrote. */
  readonly unverifiedSender: boolean;
  readonly automatic: boolean;
  readonly quarantined: boolean;
  readonly delivery: {
    readonly state: DeliveryState;
    readonly attempt: number;
    readonly errorCode: string | null;
    readonly errorDetail: string | null;
    readonly at: string;
  } | null;
}

export interface MediaView {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly state: 'pending' | 'failed';
  /** Stable code of the failure, as `media.stored` has it. */
  readonly reason: string | null;
  readonly detail: string | null;
}

export interface AttachmentView {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  readonly disposition: 'inline' | 'attachment';
  /** `/api/attachments/<id>`; answers with `Content-Disposition: attachment`. */
  readonly url: string;
}

/** One change; the console folds neighbours into one line. */
export interface EventItem {
  readonly kind: 'event';
  readonly id: string;
  readonly type: string;
  readonly at: string;
  /** `agent:<id>`, `contact:<id>`, `router`, `sla`, `system`. */
  readonly actor: string;
  readonly actorName: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly decisionId: string | null;
}

/**
 * `POST /api/tickets/:id/replies`, header `Idempotency-Key` (UUID): the same key gives the same message.
 * `setStatus` is applied in the same transaction, after the message. 409 `TICKET_CLOSED` on a closed ticket;
 * `CONSENT_WITHDRAWN`, `SEND_WINDOW_CLOSED` and `SEND_BUDGET_SPENT` (409) when the channel's send policy or the
 * customer does not let us.
 */
export interface ReplyRequest {
  readonly text: string;
  readonly setStatus?: StatusCategory;
  /** Ids from `POST /api/uploads` (multipart, one file, at most 20 MB). */
  readonly uploadIds?: readonly string[];
  /**
   * Another of the ticket's `routes` than the first: the message goes there, and the customer's answer to it comes back
   * to this ticket. 422 `ROUTE_UNKNOWN` when the ticket has no such route.
   */
  readonly via?: { readonly inboxId: string; readonly identityId: string };
  /**
   * A template of the inbox in place of a text of one's own; `text` is then what the server makes of it. 422
   * `TEMPLATE_UNKNOWN`, `TEMPLATE_INCOMPLETE` (a variable has no value), `TEMPLATE_TAKES_NO_FILES`.
   */
  readonly template?: { readonly id: string; readonly variables: Readonly<Record<string, string>> };
}

/** `POST /api/tickets/:id/notes`, header `Idempotency-Key`. Never leaves the desk. */
export interface NoteRequest {
  readonly text: string;
  readonly uploadIds?: readonly string[];
}

/** `POST /api/messages/:id/retry`: a new attempt of a failed message. 409 `NOT_FAILED` otherwise. */

export interface UploadView {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
}

/**
 * `PATCH /api/tickets/:id`, header `If-Match: "<version>"` optional: 412 `VERSION_CONFLICT` with the current detail
 * when it moved on. `assigneeId: null` gives it back to its queue.
 */
export interface TicketPatch {
  readonly status?: StatusCategory;
  readonly priority?: Priority;
  readonly type?: TicketType;
  readonly subject?: string;
  readonly assigneeId?: string | null;
  readonly tags?: readonly string[];
}
