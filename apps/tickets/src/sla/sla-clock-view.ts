import { explain } from '@tributary/business-time';
import type { SlaClockView, SlaExplanationView, SlaState } from '@tributary/contracts';
import {
  type CalendarLookup,
  consumedMsAt,
  isMet,
  type SlaClock,
  slaClockAt,
  type SlaSpan,
} from './sla-clock.js';

type ExplainedClock = SlaExplanationView['clocks'][number];
type ExplainedInterval = ExplainedClock['intervals'][number];

/** The clock as the API shows it at the instant `now`; null while it has not begun. */
export function toClockView(clock: SlaClock, now: number, calendars: CalendarLookup): SlaClockView | null {
  if (clock.startedAt === null) return null;
  const current = slaClockAt(clock, now);
  return {
    metric: clock.metric,
    state: stateOf(current),
    dueAt: toIso(current.dueAt),
    warnAt: toIso(current.warnAt),
    targetSeconds: clock.target.targetSeconds,
    consumedSeconds: Math.floor(consumedMsAt(current, now, calendars) / 1000),
    asOf: new Date(now).toISOString(),
    startedAt: new Date(clock.startedAt).toISOString(),
    stoppedAt: toIso(current.stoppedAt),
    breachedAt: toIso(current.breachedAt),
    policyName: clock.target.policyName,
    calendarName: clock.target.calendarName,
  };
}

/**
 * Why the clocks are due when they are; clocks that have not begun are left out. A clock that runs is told up to its
 * deadline: intervals from `asOf` on are what is expected when nothing else happens. `seconds` is an interval's
 * length on the wall; those of `counted` intervals up to `asOf` add up to `consumedSeconds`.
 */
export function toExplanationView(
  clocks: readonly SlaClock[],
  now: number,
  calendars: CalendarLookup,
): SlaExplanationView {
  return {
    clocks: clocks.flatMap((clock) => {
      const view = toClockView(clock, now, calendars);
      if (!view) return [];
      const current = slaClockAt(clock, now);
      return [
        { ...view, intervals: current.spans.flatMap((span) => intervalsOf(span, current, now, calendars)) },
      ];
    }),
  };
}

function stateOf(clock: SlaClock): SlaState {
  if (clock.phase === 'cancelled') return 'cancelled';
  if (clock.breachedAt !== null) return 'breached';
  if (clock.phase === 'stopped') return isMet(clock) ? 'met' : 'cancelled';
  return clock.phase === 'paused' ? 'paused' : 'running';
}

function intervalsOf(
  span: SlaSpan,
  clock: SlaClock,
  now: number,
  calendars: CalendarLookup,
): readonly ExplainedInterval[] {
  const until = Math.max(now, span.from);
  if (span.kind === 'paused') return [intervalOf(span.from, span.to, until, 'paused', span.cause)];
  if (span.to !== null) return runningIntervals(span, span.from, span.to, calendars);
  const expected = clock.breachedAt === null ? (clock.dueAt ?? until) : until;
  return [
    ...runningIntervals(span, span.from, until, calendars),
    ...runningIntervals(span, until, Math.max(until, expected), calendars),
  ];
}

function runningIntervals(
  span: SlaSpan,
  from: number,
  to: number,
  calendars: CalendarLookup,
): readonly ExplainedInterval[] {
  return explain(calendars(span.calendarId), from, to).map((piece) =>
    intervalOf(piece.from, piece.to, to, piece.kind === 'open' ? 'counted' : 'closed', piece.cause),
  );
}

function intervalOf(
  from: number,
  to: number | null,
  until: number,
  kind: ExplainedInterval['kind'],
  cause: string | null,
): ExplainedInterval {
  return {
    from: new Date(from).toISOString(),
    to: toIso(to),
    kind,
    cause,
    seconds: ((to ?? until) - from) / 1000,
  };
}

function toIso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
