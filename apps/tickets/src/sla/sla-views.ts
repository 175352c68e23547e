import type { SlaClockView, SlaExplanationView } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';
import { toClockView, toExplanationView } from './sla-clock-view.js';
import type { SlaClocks } from './sla-clocks.js';
import { loadSlaSettings, readClocks } from './sla.repository.js';

/** How clocks are shown, in lists, on a ticket, and with their reasons. */
export class SlaViews {
  constructor(private readonly sla: SlaClocks) {}

  /** @returns by ticket; a clock that has not begun is left out. */
  async clocksOf(
    manager: EntityManager,
    workspaceId: string,
    ticketIds: readonly string[],
    now: Date,
  ): Promise<ReadonlyMap<string, readonly SlaClockView[]>> {
    if (ticketIds.length === 0) return new Map();
    const calendars = this.sla.lookup(await loadSlaSettings(manager, workspaceId));
    const rows = await readClocks(manager, ticketIds);
    return new Map(
      [...Map.groupBy(rows, (row) => row.ticket_id)].map(([ticketId, of]) => [
        ticketId,
        of.flatMap(({ clock }) => toClockView(clock, now.getTime(), calendars) ?? []),
      ]),
    );
  }

  async explain(
    manager: EntityManager,
    workspaceId: string,
    ticketId: string,
    now: Date,
  ): Promise<SlaExplanationView> {
    const calendars = this.sla.lookup(await loadSlaSettings(manager, workspaceId));
    const rows = await readClocks(manager, [ticketId]);
    return toExplanationView(
      rows.map((row) => row.clock),
      now.getTime(),
      calendars,
    );
  }
}

/** The clock a list shows: one that runs and is due next, missed ones first; else the worst that ended. */
export function mostUrgent(clocks: readonly SlaClockView[]): SlaClockView | null {
  const open = clocks.filter((clock) => clock.stoppedAt === null && clock.state !== 'cancelled');
  const due = open
    .filter((clock) => clock.dueAt !== null)
    .toSorted((a, b) => (a.dueAt! < b.dueAt! ? -1 : a.dueAt! > b.dueAt! ? 1 : 0));
  return due[0] ?? open[0] ?? clocks.find((clock) => clock.state === 'breached') ?? clocks[0] ?? null;
}
