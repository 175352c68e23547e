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
};

/** When it is due; a clock that is not running sorts last. As the index has it. */
const DUE = `COALESCE(t.sla_due_at, 'infinity'::timestamptz)`;

/** Columns of a row in a list, of tickets that were chosen already: the joins come after the limit. */
export const listed = (tickets: string) => `
  SELECT t.*, c.name AS contact_name, c.tier AS contact_tier, p.name AS assignee_name, q.name AS queue_name
  FROM (${tickets}) AS t
  JOIN tickets.contact c ON c.id = t.contact_id
  LEFT JOIN directory.person p ON p.id = t.assignee_id
  LEFT JOIN routing.queue q ON q.id = t.queue_id`;

/**
 * Each view as a condition; $1 is the person who looks. Row-level security alone would leave the indexes that begin
 * with the workspace without their order, so that every condition stands beside the workspace's.
 */
const VIEWS = {
  mine: `t.assignee_id = $1 AND t.status IN ('new', 'open')`,
  queue: `t.assignee_id IS NULL AND t.status IN ('new', 'open')`,
  team: `t.assignee_id IS NOT NULL AND t.status IN ('new', 'open')`,
  waiting: `t.assignee_id = $1 AND t.status IN ('pending', 'on_hold')`,
  solved: `t.status IN ('solved', 'closed')`,
  all: `true`,
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
    const order = settled ? 't.updated_at DESC, t.id DESC' : `${DUE}, t.created_at, t.id`;
    return inWorkspace(this.context.dataSource, person.workspaceId, async (manager) => {
      const rows: ListedTicket[] = await manager.query(
        `${listed(
          `SELECT * FROM tickets.ticket t WHERE ${where} ORDER BY ${order} LIMIT ${query.limit + 1}`,
        )} ORDER BY ${order}`,
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
           WHERE s.workspace_id = $2 AND s.status IN ('solved', 'closed') AND s.assignee_id = $1) AS solved
         FROM tickets.ticket t
         WHERE t.workspace_id = $2 AND t.status IN ('new', 'open', 'pending', 'on_hold')`,
        [person.id, person.workspaceId],
      );
      const queues: TicketCounts['queues'] = await manager.query(
        `SELECT q.id, q.name, count(t.id)::int AS waiting FROM routing.queue q
         LEFT JOIN tickets.ticket t ON t.workspace_id = $1 AND t.queue_id = q.id
           AND t.assignee_id IS NULL AND t.status IN ('new', 'open')
         GROUP BY q.id, q.name ORDER BY q.name`,
        [person.workspaceId],
      );
      return { views: views[0]!, queues };
    });
  }

  /** Rows by id, for the stream. */
  async rows(manager: EntityManager, ids: readonly string[]): Promise<Map<string, TicketRow>> {
    const found: ListedTicket[] = await manager.query(
      listed(`SELECT * FROM tickets.ticket WHERE id = ANY ($1::uuid[])`),
      [ids],
    );
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
  const parameters: unknown[] = [person.id, person.workspaceId];
  const parts: string[] = [`$1::uuid IS NOT NULL AND t.workspace_id = $2`, VIEWS[query.view]];
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
        `(t.subject ILIKE ${n} OR t.snippet ILIKE ${n} OR '#' || t.number LIKE ${n} OR t.fields->>'order' ILIKE ${n} OR t.contact_id IN (
           SELECT c.id FROM tickets.contact c WHERE c.name ILIKE ${n}))`,
      `%${query.q.replaceAll(/[\\%_]/g, (c) => `\\${c}`)}%`,
    );
  }
  if (query.cursor) {
    parameters.push(...readCursor(query.cursor, settled));
    const n = parameters.length;
    parts.push(
      settled
        ? `(t.updated_at, t.id) < ($${n - 1}::timestamptz, $${n}::uuid)`
        : `(${DUE}, t.created_at, t.id) > ($${n - 2}::timestamptz, $${n - 1}::timestamptz, $${n}::uuid)`,
    );
  }
  return { where: parts.join(' AND '), parameters };
}

function cursorOf(row: ListedTicket, settled: boolean): string {
  const key = settled
    ? ['updated', row.updated_at.toISOString(), row.id]
    : ['due', row.sla_due_at?.toISOString() ?? 'infinity', row.created_at.toISOString(), row.id];
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @returns what the rows behind the cursor compare with, in the order's columns. */
function readCursor(cursor: string, settled: boolean): readonly string[] {
  const bad = () => new ProblemError(400, 'BAD_CURSOR', 'the cursor is not one that this list gave');
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw bad();
  }
  if (!Array.isArray(key) || !key.every((part) => typeof part === 'string')) throw bad();
  const [order, ...parts] = key as string[];
  const id = parts.at(-1) ?? '';
  const instants = parts.slice(0, -1);
  const ours = order === (settled ? 'updated' : 'due') && instants.length === (settled ? 1 : 2);
  if (!ours || !UUID.test(id) || !instants.every(isInstant)) throw bad();
  return parts;
}

function isInstant(text: string): boolean {
  if (text === 'infinity') return true;
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString() === text;
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
