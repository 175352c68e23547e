import type { TicketEventType } from '../topics/ticket-events.js';
import type { TicketRow } from './ticket-views.js';

/**
 * `GET /api/stream`: server-sent events of the workspace. Each has an `id`; after a break the browser sends it as
 * `Last-Event-ID` and gets everything since, or an `event: reset` when that is too long ago (read again).
 *
 * - `event: ticket`, data `TicketStreamEvent`
 * - `event: presence`, data `PresenceStreamEvent`, without id: one's own presence or capacity moved, read it again
 * - `event: typing`, data `TypingStreamEvent`, without id
 * - a comment line every 15 s
 */
export interface TicketStreamEvent {
  readonly type: TicketEventType;
  readonly ticket: TicketRow;
  readonly actor: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly messageId: string | null;
}
export interface PresenceStreamEvent {
  readonly agentId: string;
}

/** `event: typing`, without id: the ticket's customer writes; it holds for some seconds. */
export interface TypingStreamEvent {
  readonly ticketId: string;
}
