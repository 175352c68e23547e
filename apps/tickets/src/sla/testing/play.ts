import { aroundTheClock, type Calendar, compileCalendar } from '@tributary/business-time';
import type { SlaMetric, StatusCategory } from '@tributary/contracts';
import { openSlaClock, type SlaClock } from '../sla-clock.js';
import { applySlaEvent, type SlaEvent, type SlaNotice } from '../sla-event.js';
import type { SlaTarget } from '../sla-policy.js';

/* Words for specs of SLA clocks. Everything happens from Monday, 2026-06-01, on, in UTC. */

const HOURS = [{ from: '09:00', to: '18:00' }];
const calendars: Readonly<Record<string, Calendar>> = {
  always: compileCalendar(aroundTheClock),
  office: compileCalendar({
    name: 'office',
    timeZone: 'UTC',
    week: { monday: HOURS, tuesday: HOURS, wednesday: HOURS, thursday: HOURS, friday: HOURS },
    overrides: [{ kind: 'holiday', date: '2026-06-03', name: 'Founders Day' }],
    publishedUntil: null,
  }),
  never: compileCalendar({ name: 'never', timeZone: 'UTC', week: {}, overrides: [], publishedUntil: null }),
};

export function lookUp(calendarId: string): Calendar {
  const calendar = calendars[calendarId];
  if (!calendar) throw new Error(`no calendar ${calendarId}`);
  return calendar;
}

/** 60 minutes around the clock, a warning after 45. */
export const aTarget = (change: Partial<SlaTarget> = {}): SlaTarget => ({
  policyId: 'p',
  policyName: 'Standard',
  calendarId: 'always',
  calendarName: '24×7',
  targetSeconds: 3600,
  warnFraction: 0.75,
  ...change,
});

/** Monday at the time; `1 09:00` is the Tuesday. */
export function at(text: string): number {
  const [time = '', days = '0'] = text.split(' ').reverse();
  return Date.parse(`2026-06-01T${time}Z`) + Number(days) * 86_400_000;
}

export const created = (time: string, status: StatusCategory = 'new', automatic = false): SlaEvent => ({
  type: 'created',
  at: at(time),
  status,
  automatic,
});

export const says = (
  direction: 'inbound' | 'outbound' | 'note',
  time: string,
  messageId: string = direction,
  automatic = false,
): SlaEvent => ({ type: 'message', at: at(time), messageId, direction, automatic });

export const turns = (status: StatusCategory, time: string): SlaEvent => ({
  type: 'status',
  at: at(time),
  status,
  cause: `${status} by Li`,
});

export const retargeted = (time: string, target: Partial<SlaTarget>): SlaEvent => ({
  type: 'retargeted',
  at: at(time),
  target: aTarget(target),
  cause: 'priority',
});

export const passes = (time: string): SlaEvent => ({ type: 'time', at: at(time) });

export interface Played {
  readonly clock: SlaClock;
  readonly notices: readonly SlaNotice[];
  /** Kinds of the notices, in order. */
  readonly told: readonly string[];
}

/** Applies the events one after the other; the clock goes through JSON each time, as it goes through a row. */
export function play(metric: SlaMetric, target: SlaTarget, ...events: readonly SlaEvent[]): Played {
  let clock = openSlaClock(metric, target);
  const notices: SlaNotice[] = [];
  for (const event of events) {
    const step = applySlaEvent(clock, event, lookUp);
    clock = JSON.parse(JSON.stringify(step.clock)) as SlaClock;
    notices.push(...step.notices);
  }
  return { clock, notices, told: notices.map((notice) => notice.kind) };
}

export const firstReply = (...events: readonly SlaEvent[]): Played =>
  play('first_reply', aTarget(), ...events);
export const resolution = (...events: readonly SlaEvent[]): Played =>
  play('resolution', aTarget(), ...events);
export const minutes = (clock: SlaClock): number => clock.consumedMs / 60_000;
