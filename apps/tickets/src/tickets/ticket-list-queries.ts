import type { PersonRef, SlaClockView, TicketCounts, TicketPage, TicketRow } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import type { SignedInPerson } from '@tributary/directory';
import { ProblemError } from '@tributary/runtime';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import type { TicketRecord } from '../rows.js';
import { mostUrgent, type SlaViews } from '../sla/sla-views.js';
import type { TicketListQuery } from './ticket.dto.js';

export type ListedTicket = TicketRecord & {
  readonly contact_name: string;
  readonly contact_tier: TicketRow['contact']['tier'];
  readonly assignee_name: string | null;
  readonly queue_name: string | null;
  readonly sort_due: string;
};

/** A clock that is not running sorts last. */
const NEVER = 'infinity';

/** Columns of a row in a list; `t` is the ticket. */
export const LISTED = `
  SELECT t.*, c.name AS contact_name, c.tier AS contact_tier, p.name AS assignee_name, q.name AS queue_name,
    COALESCE(t.sla_due_at, '${NEVER}')::text AS sort_due
  FROM tickets.ticket t
  JOIN tickets.contact c ON c.id = t.contact_id
  LEFT JOIN directory.person p ON p.id = t.assignee_id
  LEFT JOIN routing.queue q ON q.id = t.queue_id`;

/** Each view as a condition; $1 is the person who looks. */
const VIEWS = {
  mine: `t.assignee_id = $1 AND t.status IN ('new', 'open')`,
  queue: `$1::uuid IS NOT NULL AND t.assignee_id IS NULL AND t.status IN ('new', 'open')`,
  team: `$1::uuid IS NOT NULL AND t.assignee_id IS NOT NULL AND t.status IN ('new', 'open')`,
  waiting: `t.assignee_id = $1 AND t.status IN ('pending', 'on_hold')`,
  solved: `$1::uuid IS NOT NULL AND t.status IN ('solved', 'closed')`,
  all: `$1::uuid IS NOT NULL`,
} as const;

/** The lists of the console: most urgent first, settled ones newest first. */
export class TicketListQueries {
  constructor(
    private readonly context: ServiceContext,
    private readonly slaViews: SlaViews,
  ) {}

  async page(person: SignedInPerson, query: TicketListQuery): Promise<TicketPage> {
    const settled = query.view === 'solved' || query.view === 'all';
    const { where, parameters } = filters(person, query, settled);
    const order = settled ? 't.updated_at DESC, t.id DESC' : `sort_due::timestamptz, t.created_at, t.id`;
    return inWorkspace(this.context.dataSource, person.workspaceId, async (manager) => {
      const rows: ListedTicket[] = await manager.query(
        `SELECT * FROM (${LISTED} WHERE ${where}) AS t ORDER BY ${order} LIMIT ${query.limit + 1}`,
        parameters,
      );
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        rows: await this.toRows(manager, shown, person.workspaceId),
        nextCursor: last && rows.length > query.limit ? cursorOf(last, settled) : null,
      };
    });
  }

  async counts(person: SignedInPerson): Promise<TicketCounts> {
    return inWorkspace(this.context.dataSource, person.workspaceId, async (manager) => {
      const counted = (['mine', 'queue', 'team', 'waiting'] as const).map(
        (view) => `count(*) FILTER (WHERE ${VIEWS[view]})::int AS ${view}`,
      );
      const views: TicketCounts['views'][] = await manager.query(
        `SELECT ${counted.join(', ')}, (SELECT count(*)::int FROM tickets.ticket s
           WHERE s.status IN ('solved', 'closed') AND s.assignee_id = $1) AS solved
         FROM tickets.ticket t WHERE t.status NOT IN ('solved', 'closed')`,
        [person.id],
      );
      const queues: TicketCounts['queues'] = await manager.query(
        `SELECT q.id, q.name, count(t.id)::int AS waiting FROM routing.queue q
         LEFT JOIN tickets.ticket t ON t.queue_id = q.id AND t.assignee_id IS NULL AND t.status IN ('new', 'open')
         GROUP BY q.id, q.name ORDER BY q.name`,
      );
      return { views: views[0]!, queues };
    });
  }

  /** Rows by id, for the stream. */
  async rows(manager: EntityManager, ids: readonly string[]): Promise<Map<string, TicketRow>> {
    const found: ListedTicket[] = await manager.query(`${LISTED} WHERE t.id = ANY ($1::uuid[])`, [ids]);
    const rows = await this.toRows(manager, found, found[0]?.workspace_id);
    return new Map(rows.map((row) => [row.id, row]));
  }

  async toRows(
    manager: EntityManager,
    tickets: readonly ListedTicket[],
    workspaceId = '',
  ): Promise<TicketRow[]> {
    const clocks = await this.slaViews.clocksOf(
      manager,
      workspaceId,
      tickets.map((ticket) => ticket.id),
      this.context.clock.now(),
    );
    return tickets.map((ticket) => toRow(ticket, clocks.get(ticket.id) ?? []));
  }
}

function filters(
  person: SignedInPerson,
  query: TicketListQuery,
  settled: boolean,
): { readonly where: string; readonly parameters: readonly unknown[] } {
  const parameters: unknown[] = [person.id];
  const parts: string[] = [VIEWS[query.view]];
  const add = (condition: (n: string) => string, value: unknown) => {
    parameters.push(value);
    parts.push(condition(`$${parameters.length}`));
  };
  if (query.queueId) add((n) => `t.queue_id = ${n}`, query.queueId);
  if (query.status) add((n) => `t.status = ${n}`, query.status);
  if (query.channel) add((n) => `t.channel = ${n}`, query.channel);
  if (query.q) {
    add(
      (n) =>
        `(t.subject ILIKE ${n} OR t.snippet ILIKE ${n} OR c.name ILIKE ${n} OR '#' || t.number LIKE ${n})`,
      `%${query.q.replaceAll(/[\\%_]/g, (c) => `\\${c}`)}%`,
    );
  }
  if (query.cursor) {
    const [first, second, id] = readCursor(query.cursor);
    parameters.push(first, ...(settled ? [] : [second]), id);
    const n = parameters.length;
    parts.push(
      settled
        ? `(t.updated_at, t.id) < ($${n - 1}::timestamptz, $${n}::uuid)`
        : `(COALESCE(t.sla_due_at, '${NEVER}'), t.created_at, t.id) >
           ($${n - 2}::timestamptz, $${n - 1}::timestamptz, $${n}::uuid)`,
    );
  }
  return { where: parts.join(' AND '), parameters };
}

function cursorOf(row: ListedTicket, settled: boolean): string {
  const key = settled
    ? [row.updated_at.toISOString(), '', row.id]
    : [row.sort_due, row.created_at.toISOString(), row.id];
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function readCursor(cursor: string): [string, string, string] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(key) && key.length === 3 && key.every((part) => typeof part === 'string')) {
      return key as [string, string, string];
    }
  } catch {
    // Told below: whatever a client made of it, it is not a cursor of ours.
  }
  throw new ProblemError(400, 'BAD_CURSOR', 'the cursor is not one this list gave');
}

function toRow(ticket: ListedTicket, clocks: readonly SlaClockView[]): TicketRow {
  return {
    id: ticket.id,
    number: ticket.number,
    subject: ticket.subject,
    snippet: ticket.snippet,
    channel: ticket.channel,
    status: ticket.status,
    priority: ticket.priority,
    type: ticket.type,
    contact: { id: ticket.contact_id, name: ticket.contact_name, tier: ticket.contact_tier },
    assignee: reference(ticket.assignee_id, ticket.assignee_name),
    queue: reference(ticket.queue_id, ticket.queue_name),
    tags: ticket.tags,
    unread: ticket.last_inbound_at !== null && (ticket.read_at ?? new Date(0)) < ticket.last_inbound_at,
    createdAt: ticket.created_at.toISOString(),
    updatedAt: ticket.updated_at.toISOString(),
    version: ticket.version,
    sla: mostUrgent(clocks),
  };
}

function reference(id: string | null, name: string | null): PersonRef | null {
  return id === null ? null : { id, name: name ?? '' };
}
