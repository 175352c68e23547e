import { addOpenMs, type Calendar, openMsBetween } from '@tributary/business-time';
import type { SlaMetric, StatusCategory } from '@tributary/contracts';
import { SlaError } from './sla.errors.js';
import type { SlaTarget } from './sla-policy.js';

/*
 * The clock of one metric of one ticket, without a database or a time of its own: events go in, the next state comes
 * out. Instants are milliseconds since 1970 in UTC, and so whole: "after" means a millisecond later.
 *
 * first_reply runs from the customer's first message to the first public reply of a person, whatever the status.
 * resolution runs from creation, rests while pending or on hold, stops when solved or closed, and goes on when the
 * ticket is opened again, without the time it was solved.
 *
 * The deadline is the least instant by which the target is used up; stopping at the deadline keeps the promise, and
 * the breach is the first instant after it.
 */

/** Calendars by the id in a target. Throws for an id it does not know. */
export type CalendarLookup = (calendarId: string) => Calendar;

/** Plain JSON, so that a row or a column can hold it. */
export interface SlaClock {
  readonly metric: SlaMetric;
  /** `idle` has not begun; `stopped` may go on, when the ticket is opened again; `cancelled` never does. */
  readonly phase: 'idle' | 'running' | 'paused' | 'stopped' | 'cancelled';
  readonly target: SlaTarget;
  /** 1 for the target it was opened with; a change of target adds 1. */
  readonly targetVersion: number;
  /** The ticket's status as of the last event. */
  readonly status: StatusCategory;
  readonly startedAt: number | null;
  readonly runningSince: number | null;
  /** Business time used up before `runningSince`, or in all when the clock does not run. */
  readonly consumedMs: number;
  /** Null while paused, idle or cancelled, and when the calendar has no open hours for it. Kept once breached. */
  readonly dueAt: number | null;
  readonly warnAt: number | null;
  /** `skipped`: the breach was there first. */
  readonly warning: 'none' | 'given' | 'skipped';
  readonly breachedAt: number | null;
  /** `retarget`: the change of target breached it, and not who held the ticket. */
  readonly breachCause: 'time' | 'retarget' | null;
  readonly stoppedAt: number | null;
  readonly stoppedBy: 'reply' | 'status' | 'cancellation' | null;
  readonly stopCause: string | null;
  /** The reply that stopped it. */
  readonly replyId: string | null;
  /** What happened to the time since `startedAt`, in order and without gaps; the last may be open. */
  readonly spans: readonly SlaSpan[];
  /** Targets it had before, oldest first, with the breach under each. */
  readonly formerTargets: readonly FormerSlaTarget[];
  /** The last event's instant. */
  readonly asOf: number;
}

export interface SlaSpan {
  readonly from: number;
  /** Null while it goes on. */
  readonly to: number | null;
  readonly kind: 'running' | 'paused';
  readonly calendarId: string;
  /** Why it rests, as the status event had it; null while running. */
  readonly cause: string | null;
}

export interface FormerSlaTarget {
  readonly target: SlaTarget;
  readonly until: number;
  readonly cause: string;
  readonly breachedAt: number | null;
}

/** A clock that has not begun. Throws `SLA_TARGET_INVALID`. */
export function openSlaClock(metric: SlaMetric, target: SlaTarget): SlaClock {
  checkTarget(target);
  return {
    metric,
    phase: 'idle',
    target,
    targetVersion: 1,
    status: 'new',
    startedAt: null,
    runningSince: null,
    consumedMs: 0,
    dueAt: null,
    warnAt: null,
    warning: 'none',
    breachedAt: null,
    breachCause: null,
    stoppedAt: null,
    stoppedBy: null,
    stopCause: null,
    replyId: null,
    spans: [],
    formerTargets: [],
    asOf: 0,
  };
}

/** When the clock next changes by itself: the timer's instant. Null when only an event can change it. */
export function nextSlaInstant(clock: SlaClock): number | null {
  if (clock.phase !== 'running' || clock.breachedAt !== null) return null;
  if (clock.warning === 'none' && clock.warnAt !== null) return clock.warnAt;
  return clock.dueAt === null ? null : clock.dueAt + 1;
}

/** The clock as it is at the instant, whether or not its timer has fired. */
export function slaClockAt(clock: SlaClock, at: number): SlaClock {
  return stampBreach(clock, at);
}

/** Business time used up to the instant. */
export function consumedMsAt(clock: SlaClock, at: number, calendars: CalendarLookup): number {
  if (clock.runningSince === null || at <= clock.runningSince) return clock.consumedMs;
  return clock.consumedMs + openMsBetween(calendars(clock.target.calendarId), clock.runningSince, at);
}

/** No change when it runs already. */
export function runSlaClock(clock: SlaClock, at: number, calendars: CalendarLookup): SlaClock {
  if (clock.phase === 'running') return clock;
  const running: SlaClock = {
    ...clock,
    phase: 'running',
    runningSince: at,
    stoppedAt: null,
    stoppedBy: null,
    stopCause: null,
    spans: nextSpan(clock, at, 'running', null),
  };
  return schedule(running, calendars);
}

/** One that rests already rests on, for another cause. */
export function pauseSlaClock(
  clock: SlaClock,
  at: number,
  cause: string,
  calendars: CalendarLookup,
): SlaClock {
  const paused = { ...rest(clock, at, calendars), phase: 'paused' as const };
  return { ...paused, spans: nextSpan(paused, at, 'paused', cause) };
}

/** Stops it, for good when it is cancelled. */
export function stopSlaClock(
  clock: SlaClock,
  at: number,
  stoppedBy: NonNullable<SlaClock['stoppedBy']>,
  stopCause: string | null,
  calendars: CalendarLookup,
): SlaClock {
  const cancelled = stoppedBy === 'cancellation';
  const { dueAt } = clock;
  const rested = rest(clock, at, calendars);
  return {
    ...rested,
    phase: cancelled ? 'cancelled' : 'stopped',
    // The deadline that was kept stays to be seen.
    dueAt: cancelled ? rested.dueAt : dueAt,
    stoppedAt: at,
    stoppedBy,
    stopCause,
    spans: closedSpans(clock.spans, at),
  };
}

/** Uses up the time since it ran. A deadline that was not missed is void: nobody knows when the clock goes on. */
function rest(clock: SlaClock, at: number, calendars: CalendarLookup): SlaClock {
  const kept = clock.breachedAt !== null;
  return {
    ...clock,
    consumedMs: consumedMsAt(clock, at, calendars),
    runningSince: null,
    dueAt: kept ? clock.dueAt : null,
    warnAt: kept ? clock.warnAt : null,
  };
}

/** The time it was stopped joins the account as a pause. */
export function reopenSlaClock(clock: SlaClock, at: number): SlaClock {
  const stoppedAt = clock.stoppedAt ?? at;
  const spans = nextSpan(clock, stoppedAt, 'paused', clock.stopCause);
  return { ...clock, spans, stoppedAt: null, stoppedBy: null, stopCause: null };
}

/**
 * Swaps target and calendar from now on. When more is used up than the new target allows, the breach is now, and the
 * change's; when less is, a breach under the former target is history. No change to a clock that is stopped. Throws
 * `SLA_TARGET_INVALID`.
 */
export function retargetSlaClock(
  clock: SlaClock,
  target: SlaTarget,
  at: number,
  cause: string,
  calendars: CalendarLookup,
): SlaClock {
  checkTarget(target);
  if (clock.phase === 'stopped' || clock.phase === 'cancelled') return clock;
  const consumedMs = consumedMsAt(clock, at, calendars);
  const former: FormerSlaTarget = { target: clock.target, until: at, cause, breachedAt: clock.breachedAt };
  const running = clock.phase === 'running';
  const changed: SlaClock = {
    ...clock,
    target,
    targetVersion: clock.targetVersion + 1,
    formerTargets: [...clock.formerTargets, former],
    consumedMs,
    runningSince: running ? at : null,
    warning: 'none',
  };
  const spans = running ? nextSpan(changed, at, 'running', null) : clock.spans;
  if (consumedMs > target.targetSeconds * 1000) {
    // It was late already, under the former target.
    if (clock.breachedAt !== null) return { ...changed, spans, warning: 'skipped' };
    return {
      ...changed,
      spans,
      dueAt: at,
      warnAt: null,
      breachedAt: at,
      breachCause: 'retarget',
      warning: 'skipped',
    };
  }
  const open: SlaClock = {
    ...changed,
    spans,
    breachedAt: null,
    breachCause: null,
    dueAt: null,
    warnAt: null,
  };
  return running ? schedule(open, calendars) : open;
}

/** Deadline and warning of a clock that runs and has not missed its deadline. */
function schedule(clock: SlaClock, calendars: CalendarLookup): SlaClock {
  const since = clock.runningSince;
  if (since === null || clock.breachedAt !== null) return clock;
  const calendar = calendars(clock.target.calendarId);
  const targetMs = clock.target.targetSeconds * 1000;
  const reaches = (ms: number): number | null =>
    ms > clock.consumedMs ? addOpenMs(calendar, since, ms - clock.consumedMs) : since;
  return {
    ...clock,
    dueAt: reaches(targetMs),
    warnAt: reaches(Math.round(targetMs * clock.target.warnFraction)),
  };
}

/** Breached, when it runs past its deadline by then. */
export function stampBreach(clock: SlaClock, at: number): SlaClock {
  const missed =
    clock.phase === 'running' && clock.breachedAt === null && clock.dueAt !== null && at > clock.dueAt;
  if (!missed || clock.dueAt === null) return clock;
  const warning = clock.warning === 'none' ? 'skipped' : clock.warning;
  return { ...clock, breachedAt: clock.dueAt + 1, breachCause: 'time', warning };
}

/** Warned, when it runs, its warning is due by then and was neither given nor overtaken by the breach. */
export function stampWarning(clock: SlaClock, at: number): SlaClock {
  const due = clock.phase === 'running' && clock.breachedAt === null && clock.warning === 'none';
  return due && clock.warnAt !== null && at >= clock.warnAt ? { ...clock, warning: 'given' } : clock;
}

/** Kept its promise. A first reply that was never given, because the ticket was solved without one, did not. */
export function isMet(clock: SlaClock): boolean {
  if (clock.phase !== 'stopped' || clock.breachedAt !== null) return false;
  return clock.metric === 'resolution' || clock.stoppedBy === 'reply';
}

function closedSpans(spans: readonly SlaSpan[], at: number): readonly SlaSpan[] {
  const last = spans.at(-1);
  if (!last || last.to !== null) return spans;
  return last.from === at ? spans.slice(0, -1) : [...spans.slice(0, -1), { ...last, to: at }];
}

/** Goes on with the last span when nothing is different. */
function nextSpan(
  clock: SlaClock,
  at: number,
  kind: SlaSpan['kind'],
  cause: string | null,
): readonly SlaSpan[] {
  const { calendarId } = clock.target;
  const last = clock.spans.at(-1);
  const same = last?.kind === kind && last.calendarId === calendarId && last.cause === cause;
  if (last && same && (last.to === null || last.to === at)) {
    return [...clock.spans.slice(0, -1), { ...last, to: null }];
  }
  return [...closedSpans(clock.spans, at), { from: at, to: null, kind, calendarId, cause }];
}

function checkTarget(target: SlaTarget): void {
  const { targetSeconds, warnFraction } = target;
  if (!Number.isSafeInteger(targetSeconds) || targetSeconds <= 0 || !(warnFraction > 0 && warnFraction < 1)) {
    throw new SlaError(
      'SLA_TARGET_INVALID',
      'targetSeconds must be a positive integer, and warnFraction above 0 and below 1',
    );
  }
}
