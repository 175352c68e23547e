import type { CalendarDefinition } from '@tributary/business-time';
import type { ContactTier, SlaMetric } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';
import type { TicketRecord } from '../rows.js';
import type { SlaClock } from './sla-clock.js';
import type { SlaPolicy } from './sla-policy.js';

export interface SlaSettings {
  /** In their order. */
  readonly policies: readonly SlaPolicy[];
  readonly calendars: ReadonlyMap<string, CalendarDefinition>;
}

export async function loadSlaSettings(manager: EntityManager, workspaceId: string): Promise<SlaSettings> {
  const rows: { policies: SlaPolicy[]; calendars: { id: string; definition: CalendarDefinition }[] }[] =
    await manager.query(
      `SELECT
         COALESCE((SELECT json_agg(definition ORDER BY position) FROM tickets.sla_policy
           WHERE workspace_id = $1), '[]') AS policies,
         COALESCE((SELECT json_agg(json_build_object('id', id, 'definition', definition))
           FROM tickets.business_calendar WHERE workspace_id = $1), '[]') AS calendars`,
      [workspaceId],
    );
  const { policies, calendars } = rows[0]!;
  return { policies, calendars: new Map(calendars.map(({ id, definition }) => [id, definition])) };
}

export interface ClockToSave {
  readonly ticketId: string;
  readonly clock: SlaClock;
}

export interface TimerToSave {
  readonly ticketId: string;
  /** When the first of the ticket's clocks changes by itself; null when none does. */
  readonly next: number | null;
}

export async function loadClocks(
  manager: EntityManager,
  ticketIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<SlaMetric, SlaClock>>> {
  const found = new Map<string, Map<SlaMetric, SlaClock>>();
  if (ticketIds.length === 0) return found;
  for (const { ticket_id, clock } of await readClocks(manager, ticketIds)) {
    const own = found.get(ticket_id) ?? new Map<SlaMetric, SlaClock>();
    found.set(ticket_id, own.set(clock.metric, clock));
  }
  return found;
}

export async function readClocks(
  manager: EntityManager,
  ticketIds: readonly string[],
): Promise<readonly { readonly ticket_id: string; readonly clock: SlaClock }[]> {
  return manager.query(
    `SELECT ticket_id, clock FROM tickets.metric_instance WHERE ticket_id = ANY ($1::uuid[])
     ORDER BY ticket_id, metric`,
    [ticketIds],
  );
}

export async function saveClocks(
  manager: EntityManager,
  workspaceId: string,
  clocks: readonly ClockToSave[],
): Promise<void> {
  if (clocks.length === 0) return;
  await manager.query(
    `INSERT INTO tickets.metric_instance (workspace_id, ticket_id, metric, clock)
     SELECT $1, ticket_id, metric, clock FROM json_populate_recordset(NULL::tickets.metric_instance, $2::json)
     ON CONFLICT (ticket_id, metric) DO UPDATE SET clock = excluded.clock`,
    [
      workspaceId,
      JSON.stringify(
        clocks.map(({ ticketId, clock }) => ({ ticket_id: ticketId, metric: clock.metric, clock })),
      ),
    ],
  );
}

/** Sets when tickets are to be looked at; one whose clocks do nothing by themselves any more has no timer. */
export async function saveTimers(
  manager: EntityManager,
  workspaceId: string,
  timers: readonly TimerToSave[],
): Promise<void> {
  if (timers.length === 0) return;
  const rows = timers.map(({ ticketId, next }) => ({
    ticket_id: ticketId,
    workspace_id: workspaceId,
    due_at: next === null ? null : new Date(next).toISOString(),
  }));
  await manager.query(
    `WITH given AS (SELECT * FROM json_populate_recordset(NULL::tickets.sla_timer, $1::json)),
     ended AS (
       DELETE FROM tickets.sla_timer t USING given g WHERE g.due_at IS NULL AND t.ticket_id = g.ticket_id)
     INSERT INTO tickets.sla_timer (ticket_id, workspace_id, due_at)
     SELECT ticket_id, workspace_id, due_at FROM given WHERE due_at IS NOT NULL
     ON CONFLICT (ticket_id) DO UPDATE SET due_at = excluded.due_at`,
    [JSON.stringify(rows)],
  );
}

export async function tiersOf(
  manager: EntityManager,
  tickets: readonly TicketRecord[],
): Promise<ReadonlyMap<string, ContactTier>> {
  const rows: { id: string; tier: ContactTier }[] = await manager.query(
    `SELECT id, tier FROM tickets.contact WHERE id = ANY ($1::uuid[])`,
    [[...new Set(tickets.map((ticket) => ticket.contact_id))]],
  );
  return new Map(rows.map((row) => [row.id, row.tier]));
}
