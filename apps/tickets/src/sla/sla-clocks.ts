import { type Calendar, type CalendarDefinition, compileCalendar } from '@tributary/business-time';
import type { ContactTier, SlaMetric } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';
import type { Actor, ChangeSet } from '../change-set.js';
import type { MessageRecord, TicketRecord } from '../rows.js';
import { type CalendarLookup, nextSlaInstant, openSlaClock, type SlaClock } from './sla-clock.js';
import { alignSlaClock, applySlaEvent, type SlaEvent, type SlaNotice, type SlaStep } from './sla-event.js';
import { chooseSlaPolicy, type SlaTarget, slaTargetOf } from './sla-policy.js';
import {
  type ClockToSave,
  loadClocks,
  loadSlaSettings,
  type SlaSettings,
  tiersOf,
  type TimerToSave,
} from './sla.repository.js';

const METRICS: readonly SlaMetric[] = ['first_reply', 'resolution'];

/** What the clocks must hear of, in the order it happened. */
export type SlaChange = { readonly ticket: TicketRecord; readonly at: Date } & (
  | { readonly kind: 'created'; readonly automatic: boolean }
  | { readonly kind: 'message'; readonly message: MessageRecord }
  | { readonly kind: 'changed'; readonly previous: TicketRecord; readonly actor: Actor }
  | {
      readonly kind: 'reply_failed';
      readonly messageId: string;
      readonly nextReply: { readonly messageId: string; readonly at: Date } | null;
    }
  | { readonly kind: 'time' }
);

export interface ReckonedClocks {
  /** Tickets whose `sla_due_at` is another now. */
  readonly moved: ReadonlySet<TicketRecord>;
  /** For `saveClocks`, once the tickets' rows stand. */
  readonly clocks: readonly ClockToSave[];
  /** For `saveTimers`: of every ticket one of whose clocks is saved. */
  readonly timers: readonly TimerToSave[];
}

/** One ticket's clocks while its changes are applied. */
interface TicketClocks {
  readonly ticket: TicketRecord;
  readonly byMetric: Map<SlaMetric, SlaClock>;
}

/** Keeps the SLA clocks of tickets, inside the transaction of what moves them. */
export class SlaClocks {
  readonly #calendars = new Map<string, Calendar>();

  /**
   * Reckons what the changes do to the clocks, and sets `sla_due_at` of their tickets. Nothing is written yet: the
   * tickets' rows come first.
   */
  async reckon(
    manager: EntityManager,
    changes: readonly SlaChange[],
    changeSet: ChangeSet,
  ): Promise<ReckonedClocks> {
    const moved = new Set<TicketRecord>();
    if (changes.length === 0) return { moved, clocks: [], timers: [] };
    const settings = await loadSlaSettings(manager, changeSet.workspaceId);
    const promised = settings.policies.length > 0 || settings.calendars.size > 0;
    if (!promised) return { moved, clocks: [], timers: [] };
    const calendars = this.lookup(settings);
    const tickets = new Map(changes.map(({ ticket }) => [ticket.id, ticket]));
    const created = new Set(changes.filter(({ kind }) => kind === 'created').map(({ ticket }) => ticket.id));
    const stored = await loadClocks(
      manager,
      [...tickets.keys()].filter((id) => !created.has(id)),
    );
    const clocks = new Map<string, TicketClocks>();
    const tiers = await tiersOf(manager, [...tickets.values()]);
    for (const change of changes) {
      const { ticket } = change;
      const own = clocks.get(ticket.id) ?? { ticket, byMetric: new Map(stored.get(ticket.id)) };
      clocks.set(ticket.id, own);
      const tier = tiers.get(ticket.contact_id) ?? 'standard';
      for (const [metric, step] of stepsOf(change, own.byMetric, settings, tier, calendars)) {
        own.byMetric.set(metric, step.clock);
        for (const notice of step.notices) tell(changeSet, ticket, notice);
      }
    }
    for (const { ticket, byMetric } of clocks.values()) {
      const due = earliestDue([...byMetric.values()]);
      if (due?.getTime() === ticket.sla_due_at?.getTime()) continue;
      ticket.sla_due_at = due;
      moved.add(ticket);
    }
    // A timer that has fired is set anew whatever the clock says, or it would fire for ever.
    const fired = new Set(changes.filter(({ kind }) => kind === 'time').map(({ ticket }) => ticket.id));
    return { moved, ...toSave([...clocks.values()], stored, fired) };
  }

  /** Calendars never change under an id, so each is compiled once a process. */
  lookup(settings: SlaSettings): CalendarLookup {
    return (calendarId) => {
      const found = this.#calendars.get(calendarId);
      if (found) return found;
      const definition: CalendarDefinition | undefined = settings.calendars.get(calendarId);
      if (!definition) throw new Error(`calendar ${calendarId} is missing`);
      const compiled = compileCalendar(definition);
      this.#calendars.set(calendarId, compiled);
      return compiled;
    };
  }
}

/** @param always tickets whose clocks are written also when nothing about them is new. */
function toSave(
  clocks: readonly TicketClocks[],
  stored: ReadonlyMap<string, ReadonlyMap<SlaMetric, SlaClock>>,
  always: ReadonlySet<string>,
): Pick<ReckonedClocks, 'clocks' | 'timers'> {
  const saved = clocks.map(({ ticket: { id }, byMetric }) => {
    const own = [...byMetric.values()];
    const isNew = (clock: SlaClock) => !isEqualInEffect(clock, stored.get(id)?.get(clock.metric));
    return { ticketId: id, own, changed: always.has(id) ? own : own.filter(isNew) };
  });
  return {
    clocks: saved.flatMap(({ ticketId, changed }) => changed.map((clock) => ({ ticketId, clock }))),
    timers: saved
      .filter(({ ticketId, changed }) => changed.length > 0 || always.has(ticketId))
      .map(({ ticketId, own }) => ({ ticketId, next: earliest(own.map(nextSlaInstant)) })),
  };
}

function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((instant) => instant !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Whether a change of fields may start, stop, or set another target to a clock: most assignments do not. */
export function movesClocks(before: TicketRecord, after: TicketRecord): boolean {
  return begun(before.status) !== begun(after.status) || before.priority !== after.priority;
}

/**
 * A ticket that becomes open when an agent gets it moves no clock: that an event was seen, and whether the ticket is
 * new or open, decides nothing later, and need not be written for every assignment.
 */
function isEqualInEffect(clock: SlaClock, stored: SlaClock | undefined): boolean {
  if (stored === undefined) return false;
  const names = Object.keys(clock) as (keyof SlaClock)[];
  return names.every((name) => {
    if (name === 'asOf') return true;
    if (name === 'status') return begun(clock.status) === begun(stored.status);
    return clock[name] === stored[name];
  });
}

function begun(status: SlaClock['status']): SlaClock['status'] {
  return status === 'new' ? 'open' : status;
}

function stepsOf(
  change: SlaChange,
  byMetric: ReadonlyMap<SlaMetric, SlaClock>,
  settings: SlaSettings,
  tier: ContactTier,
  calendars: CalendarLookup,
): [SlaMetric, SlaStep][] {
  const { ticket } = change;
  const policy = chooseSlaPolicy(settings.policies, {
    channel: ticket.channel,
    priority: ticket.priority,
    tier,
  });
  const steps: [SlaMetric, SlaStep][] = [];
  for (const metric of METRICS) {
    const target = policy === null ? null : slaTargetOf(policy, metric, ticket.priority);
    const clock = byMetric.get(metric) ?? openFor(change, metric, target);
    if (clock) steps.push([metric, step(clock, change, target, calendars)]);
  }
  return steps;
}

/** A ticket begins with a clock for each promise that its policy makes. */
function openFor(change: SlaChange, metric: SlaMetric, target: SlaTarget | null): SlaClock | undefined {
  return change.kind === 'created' && target ? openSlaClock(metric, target) : undefined;
}

function step(
  clock: SlaClock,
  change: SlaChange,
  target: SlaTarget | null,
  calendars: CalendarLookup,
): SlaStep {
  const notices: SlaNotice[] = [];
  let current = clock;
  const take = ({ clock: next, notices: told }: SlaStep) => {
    current = next;
    notices.push(...told);
  };
  for (const event of eventsOf(change)) take(applySlaEvent(current, event, calendars));
  if (change.kind === 'changed') {
    take(alignSlaClock(current, target, { at: change.at.getTime(), cause: change.actor }, calendars));
  }
  return { clock: current, notices };
}

function eventsOf(change: SlaChange): readonly SlaEvent[] {
  const at = change.at.getTime();
  switch (change.kind) {
    case 'created':
      return [{ type: 'created', at, status: change.ticket.status, automatic: change.automatic }];
    case 'message': {
      const { id, direction, automatic } = change.message;
      return [{ type: 'message', at, messageId: id, direction, automatic }];
    }
    case 'changed':
      return change.previous.status === change.ticket.status
        ? []
        : [{ type: 'status', at, status: change.ticket.status, cause: change.actor }];
    case 'reply_failed': {
      const { messageId, nextReply } = change;
      return [
        {
          type: 'reply_failed',
          at,
          messageId,
          nextReply: nextReply && { messageId: nextReply.messageId, at: nextReply.at.getTime() },
        },
      ];
    }
    case 'time':
      return [{ type: 'time', at }];
  }
}

function tell(changeSet: ChangeSet, ticket: TicketRecord, notice: SlaNotice): void {
  const detail = { metric: notice.metric, at: new Date(notice.at).toISOString() };
  switch (notice.kind) {
    case 'warned':
      return changeSet.record(ticket, 'sla.warned', 'sla', detail);
    case 'breached':
      return changeSet.record(ticket, 'sla.breached', 'sla', detail);
    case 'met':
      return changeSet.record(ticket, 'sla.met', 'sla', detail);
    case 'unreachable':
      return changeSet.record(ticket, 'sla.warned', 'sla', { ...detail, unreachable: true });
  }
}

/** The deadline that matters next: of a clock that still runs, missed or not. */
function earliestDue(clocks: readonly SlaClock[]): Date | null {
  const due = earliest(clocks.map(({ phase, dueAt }) => (phase === 'running' ? dueAt : null)));
  return due === null ? null : new Date(due);
}
