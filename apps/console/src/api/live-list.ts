import type { TicketRow, TicketStreamEvent } from '@tributary/contracts';
import type { ListFilter, LiveList } from './tickets.js';

/** What the reducer must know besides the list: who looks at it, and what stands open. */
export interface ListReader {
  readonly filter: ListFilter;
  readonly personId: string;
  readonly openTicketId: string | null;
}

const ACTIVE = new Set(['new', 'open']);

/** Whether a ticket is of this view; the same words as `GET /api/tickets`. */
export function belongs(row: TicketRow, filter: ListFilter, personId: string): boolean {
  if (filter.queueId && row.queue?.id !== filter.queueId) return false;
  switch (filter.view) {
    case 'mine':
      return row.assignee?.id === personId && ACTIVE.has(row.status);
    case 'queue':
      return row.assignee === null && ACTIVE.has(row.status);
    case 'team':
      return ACTIVE.has(row.status);
    case 'waiting':
      return row.assignee?.id === personId && (row.status === 'pending' || row.status === 'on_hold');
    case 'solved':
      return row.status === 'solved' || row.status === 'closed';
    case 'all':
      return true;
  }
}

/** Most urgent first, as the API orders: what is due next, then the oldest; without a running clock last. */
export function byUrgency(a: TicketRow, b: TicketRow): number {
  const due = (row: TicketRow): string => row.sla?.dueAt ?? '9999';
  return due(a).localeCompare(due(b)) || a.createdAt.localeCompare(b.createdAt);
}

export const rowsOf = (list: LiveList): TicketRow[] => list.pages.flatMap((page) => page.rows);

/**
 * One event of the stream, applied to one list. A row that is shown is renewed where it stands and never moves; one
 * that left the view stays, marked by `belongs`, until the agent lets the list change. A new row joins at once only
 * where nothing has to make room for it; else it waits among the arrivals.
 */
export function applyTicketEvent(list: LiveList, event: TicketStreamEvent, reader: ListReader): LiveList {
  const { ticket } = event;
  const known = rowsOf(list).find((row) => row.id === ticket.id);
  if (known) {
    if (known.version > ticket.version) return list;
    const renewed = mapRows(list, (row) => (row.id === ticket.id ? ticket : row));
    return event.actor === `agent:${reader.personId}` ? dropLeft(renewed, reader) : renewed;
  }
  const arrivals = (list.arrivals ?? []).filter((row) => row.id !== ticket.id);
  const joins = belongs(ticket, reader.filter, reader.personId) && isLiveView(reader.filter);
  if (!joins) return arrivals.length === (list.arrivals?.length ?? 0) ? list : { ...list, arrivals };
  return arrivals.length === 0 && fitsAtEnd(list, ticket)
    ? append(list, ticket)
    : { ...list, arrivals: [...arrivals, ticket] };
}

/** A search and the archive are read, not watched: nothing new appears in them by itself. */
const isLiveView = (filter: ListFilter): boolean =>
  !filter.q && filter.view !== 'solved' && filter.view !== 'all';

function fitsAtEnd(list: LiveList, ticket: TicketRow): boolean {
  const rows = rowsOf(list);
  const complete = list.pages.at(-1)?.nextCursor == null;
  return complete && rows.every((row) => byUrgency(row, ticket) <= 0);
}

function append(list: LiveList, ticket: TicketRow): LiveList {
  const last = list.pages.length - 1;
  if (last < 0) return { ...list, pages: [{ rows: [ticket], nextCursor: null }], pageParams: [null] };
  const pages = list.pages.map((page, index) =>
    index === last ? { ...page, rows: [...page.rows, ticket] } : page,
  );
  return { ...list, pages };
}

/** Takes the rows away that are no longer of this view, except the one that stands open. */
export function dropLeft(list: LiveList, reader: ListReader): LiveList {
  const stays = (row: TicketRow): boolean =>
    row.id === reader.openTicketId || belongs(row, reader.filter, reader.personId);
  if (reader.filter.q || rowsOf(list).every(stays)) return list;
  return { ...list, pages: list.pages.map((page) => ({ ...page, rows: page.rows.filter(stays) })) };
}

/** The agent asked for it: arrivals come in, what left goes, and the order is the order of urgency again. */
export function letIn(list: LiveList, reader: ListReader): LiveList {
  const cleaned = dropLeft(list, reader);
  const nextCursor = list.pages.at(-1)?.nextCursor ?? null;
  const shown = rowsOf(cleaned);
  const end = shown.at(-1);
  // Beyond the last loaded row is the next page's ground: it will bring such an arrival itself.
  const fitting = (list.arrivals ?? []).filter(
    (row) => nextCursor === null || end === undefined || byUrgency(row, end) < 0,
  );
  const rows = [...shown, ...fitting].sort(byUrgency);
  return { pages: [{ rows, nextCursor }], pageParams: [null], arrivals: [] };
}

/** The reader has seen it: the row's dot goes, and nothing else changes. */
export const markRead = (list: LiveList, ticketId: string): LiveList =>
  rowsOf(list).some((row) => row.id === ticketId && row.unread)
    ? mapRows(list, (row) => (row.id === ticketId ? { ...row, unread: false } : row))
    : list;

function mapRows(list: LiveList, change: (row: TicketRow) => TicketRow): LiveList {
  return { ...list, pages: list.pages.map((page) => ({ ...page, rows: page.rows.map(change) })) };
}
