import type { SlaMetric, StatusCategory } from '@tributary/contracts';
import {
  type CalendarLookup,
  isMet,
  pauseSlaClock,
  reopenSlaClock,
  retargetSlaClock,
  runSlaClock,
  type SlaClock,
  stampBreach,
  stampWarning,
  stopSlaClock,
} from './sla-clock.js';
import { SlaError } from './sla.errors.js';
import type { SlaTarget } from './sla-policy.js';

/**
 * What happens to a ticket, in the order it happened: a reply that also solves is the message, then the status.
 * An event that is older than one before it counts as of that one: earlier time is settled.
 */
export type SlaEvent =
  /** `automatic`: made from mail that no person wrote; the clock waits for a person's message. */
  | {
      readonly type: 'created';
      readonly at: number;
      readonly status: StatusCategory;
      readonly automatic: boolean;
    }
  | {
      readonly type: 'message';
      readonly at: number;
      readonly messageId: string;
      readonly direction: 'inbound' | 'outbound' | 'note';
      /** No person wrote it: never starts or stops a clock. */
      readonly automatic: boolean;
    }
  /** A reply did not reach the customer. `nextReply` is the next public reply after it that stands, if there is one. */
  | {
      readonly type: 'reply_failed';
      readonly at: number;
      readonly messageId: string;
      readonly nextReply: { readonly messageId: string; readonly at: number } | null;
    }
  /** `cause` is shown as it is: who or what set the status. */
  | { readonly type: 'status'; readonly at: number; readonly status: StatusCategory; readonly cause: string }
  /** Another priority, policy or version of the calendar. Time that was used up stays so. */
  | { readonly type: 'retargeted'; readonly at: number; readonly target: SlaTarget; readonly cause: string }
  /** Merged away, or no policy promises anything any more. */
  | { readonly type: 'cancelled'; readonly at: number; readonly cause: string }
  /** The timer of `nextSlaInstant` fired, perhaps late. */
  | { readonly type: 'time'; readonly at: number };

export interface SlaStep {
  readonly clock: SlaClock;
  /** What others must hear, in order. */
  readonly notices: readonly SlaNotice[];
}

/**
 * `at` is when it became so, which a late timer tells later. `unreachable`: the calendar has no hours in which the
 * target could be kept, and there is no deadline.
 */
export interface SlaNotice {
  readonly kind: 'warned' | 'breached' | 'met' | 'unreachable';
  readonly metric: SlaMetric;
  readonly at: number;
  readonly targetVersion: number;
}

/** The clock after the event. Does not change the one it is given; an event that does not concern it is no change. */
export function applySlaEvent(clock: SlaClock, event: SlaEvent, calendars: CalendarLookup): SlaStep {
  if (!Number.isSafeInteger(event.at)) {
    throw new SlaError('SLA_INSTANT_INVALID', 'an instant is whole milliseconds since 1970');
  }
  const at = Math.max(event.at, clock.asOf);
  const before = stampBreach(clock, at);
  const reacted = stampBreach(react(before, { ...event, at }, calendars), at);
  const after = { ...stampWarning(reacted, at), asOf: at };
  return { clock: after, notices: noticesOf(clock, before, after, at) };
}

/**
 * Gives the clock the target that its ticket's policy promises now: no change when it is the one it has, a cancelled
 * clock when nothing is promised any more. A clock that is stopped keeps its target: align it when it is reopened,
 * after the status event.
 */
export function alignSlaClock(
  clock: SlaClock,
  target: SlaTarget | null,
  change: { readonly at: number; readonly cause: string },
  calendars: CalendarLookup,
): SlaStep {
  if (target === null) return applySlaEvent(clock, { type: 'cancelled', ...change }, calendars);
  const fields = Object.keys(target) as (keyof SlaTarget)[];
  return fields.every((field) => target[field] === clock.target[field])
    ? { clock, notices: [] }
    : applySlaEvent(clock, { type: 'retargeted', target, ...change }, calendars);
}

function react(clock: SlaClock, event: SlaEvent, calendars: CalendarLookup): SlaClock {
  switch (event.type) {
    case 'created': {
      const known = { ...clock, status: event.status };
      return clock.metric === 'resolution' && !event.automatic
        ? startSlaClock(known, event.at, calendars)
        : known;
    }
    case 'message':
      return reactToMessage(clock, event, calendars);
    case 'reply_failed':
      return reactToFailedReply(clock, event, calendars);
    case 'status':
      return reactToStatus({ ...clock, status: event.status }, event.at, event.cause, calendars);
    case 'retargeted':
      return retargetSlaClock(clock, event.target, event.at, event.cause, calendars);
    case 'cancelled':
      return clock.phase === 'stopped' || clock.phase === 'cancelled'
        ? clock
        : stopSlaClock(clock, event.at, 'cancellation', event.cause, calendars);
    case 'time':
      return clock;
  }
}

function reactToMessage(
  clock: SlaClock,
  event: Extract<SlaEvent, { type: 'message' }>,
  calendars: CalendarLookup,
): SlaClock {
  if (event.automatic) return clock;
  switch (event.direction) {
    case 'inbound':
      return startSlaClock(clock, event.at, calendars);
    case 'outbound': {
      if (clock.metric !== 'first_reply') return clock;
      const replied = { ...clock, replyId: event.messageId };
      if (clock.phase === 'running') return stopSlaClock(replied, event.at, 'reply', null, calendars);
      // A reply to a ticket that was solved without one: in time when the clock was.
      return clock.stoppedBy === 'status' ? { ...replied, stoppedBy: 'reply' } : clock;
    }
    case 'note':
      return clock;
  }
}

/** The customer has heard nothing, so the clock never stopped: it goes on from where it did, or to the next reply. */
function reactToFailedReply(
  clock: SlaClock,
  event: Extract<SlaEvent, { type: 'reply_failed' }>,
  calendars: CalendarLookup,
): SlaClock {
  if (clock.stoppedBy !== 'reply' || clock.replyId !== event.messageId || clock.stoppedAt === null)
    return clock;
  const unanswered: SlaClock = { ...clock, replyId: null };
  if (event.nextReply === null && isSettled(clock.status)) {
    return { ...unanswered, stoppedBy: 'status', stopCause: clock.status };
  }
  const running = runSlaClock(unanswered, clock.stoppedAt, calendars);
  if (event.nextReply === null) return running;
  const repliedAt = Math.max(event.nextReply.at, clock.stoppedAt);
  const next = { ...stampBreach(running, repliedAt), replyId: event.nextReply.messageId };
  return stopSlaClock(next, repliedAt, 'reply', null, calendars);
}

function reactToStatus(clock: SlaClock, at: number, cause: string, calendars: CalendarLookup): SlaClock {
  if (clock.phase === 'idle' || clock.phase === 'cancelled' || clock.stoppedBy === 'reply') return clock;
  if (isSettled(clock.status)) {
    return clock.phase === 'stopped' ? clock : stopSlaClock(clock, at, 'status', cause, calendars);
  }
  const rests = clock.metric === 'resolution' && (clock.status === 'pending' || clock.status === 'on_hold');
  const reopened = clock.phase === 'stopped' ? reopenSlaClock(clock, at) : clock;
  return rests ? pauseSlaClock(reopened, at, cause, calendars) : runSlaClock(reopened, at, calendars);
}

function startSlaClock(clock: SlaClock, at: number, calendars: CalendarLookup): SlaClock {
  if (clock.phase !== 'idle') return clock;
  const running = runSlaClock({ ...clock, startedAt: at }, at, calendars);
  return clock.metric === 'resolution' ? reactToStatus(running, at, clock.status, calendars) : running;
}

function isSettled(status: StatusCategory): boolean {
  return status === 'solved' || status === 'closed';
}

/** What changed, told once: `before` is the clock when the event came, `after` when it was applied. */
function noticesOf(clock: SlaClock, before: SlaClock, after: SlaClock, at: number): SlaNotice[] {
  const notices: SlaNotice[] = [];
  const tell = (kind: SlaNotice['kind'], of: SlaClock, when: number): void => {
    notices.push({ kind, metric: clock.metric, at: when, targetVersion: of.targetVersion });
  };
  if (clock.breachedAt === null && before.breachedAt !== null) tell('breached', before, before.breachedAt);
  if (before.breachedAt === null && after.breachedAt !== null) tell('breached', after, after.breachedAt);
  const ran = clock.warning === 'given' && clock.targetVersion === after.targetVersion;
  if (after.warning === 'given' && !ran) tell('warned', after, Math.min(after.warnAt ?? at, at));
  if (isMet(after) && !isMet(clock)) tell('met', after, after.stoppedAt ?? at);
  const unreachable = after.phase === 'running' && after.dueAt === null;
  if (unreachable && after.runningSince !== clock.runningSince) tell('unreachable', after, at);
  return notices;
}
