import { isOpen } from '@tributary/business-time';
import type { SlaMetric, StatusCategory } from '@tributary/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextSlaInstant, openSlaClock, type SlaClock } from './sla-clock.js';
import { toExplanationView } from './sla-clock-view.js';
import { applySlaEvent, type SlaEvent, type SlaNotice } from './sla-event.js';
import { aTarget, at, lookUp } from './testing/play.js';

/*
 * Random tickets from Monday on, and an oracle that lives through every minute of them: it knows whether the clock
 * runs, asks the calendar whether it is open, and counts. It keeps no deadline and adds no durations.
 */
const MINUTE = 60_000;
const START = at('06:00');
const LENGTH = 4 * 1440;

const STATUSES: readonly StatusCategory[] = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'];
const someTarget = fc
  .record({ calendarId: fc.constantFrom('office', 'always'), minutes: fc.integer({ min: 1, max: 900 }) })
  .map(({ calendarId, minutes }) => aTarget({ calendarId, targetSeconds: minutes * 60 }));
const someEvent = fc.oneof(
  fc.constantFrom(...STATUSES).map((status) => ({ type: 'status' as const, status, cause: status })),
  fc.record({
    type: fc.constant('message' as const),
    direction: fc.constantFrom('inbound' as const, 'outbound' as const, 'note' as const),
    automatic: fc.boolean(),
    messageId: fc.constant('m'),
  }),
  someTarget.map((target) => ({ type: 'retargeted' as const, target, cause: 'change' })),
);
const someStory = fc.record({
  metric: fc.constantFrom<SlaMetric>('first_reply', 'resolution'),
  target: someTarget,
  createdAs: fc.constantFrom(...STATUSES),
  events: fc
    .array(fc.tuple(fc.integer({ min: 0, max: LENGTH - 1 }), someEvent), { maxLength: 12 })
    .map((events) => events.sort(([a], [b]) => a - b)),
});
type Story = typeof someStory extends fc.Arbitrary<infer T> ? T : never;

function eventsOf(story: Story): SlaEvent[] {
  return [
    { type: 'created', at: START, status: story.createdAs, automatic: false },
    ...story.events.map(([minute, event]): SlaEvent => ({ ...event, at: START + minute * MINUTE })),
  ];
}

/** Applies the events; with `timers`, a timer fires at each instant it is set to. */
function live(story: Story, timers: boolean): { clock: SlaClock; notices: SlaNotice[] } {
  let clock = openSlaClock(story.metric, story.target);
  const notices: SlaNotice[] = [];
  const apply = (event: SlaEvent): void => {
    const step = applySlaEvent(clock, event, lookUp);
    clock = step.clock;
    notices.push(...step.notices);
  };
  const end: SlaEvent = { type: 'time', at: START + LENGTH * MINUTE };
  for (const event of [...eventsOf(story), end]) {
    for (
      let due = nextSlaInstant(clock);
      timers && due !== null && due < event.at;
      due = nextSlaInstant(clock)
    ) {
      apply({ type: 'time', at: due });
    }
    apply(event);
  }
  return { clock, notices };
}

interface Count {
  started: boolean;
  replied: boolean;
  status: StatusCategory;
  target: Story['target'];
  consumed: number;
  breachedAt: number | null;
}

function isRunning(metric: SlaMetric, count: Count): boolean {
  const settled = count.status === 'solved' || count.status === 'closed';
  if (!count.started || settled) return false;
  return metric === 'first_reply' ? !count.replied : count.status === 'new' || count.status === 'open';
}

function isFrozen(metric: SlaMetric, count: Count): boolean {
  const settled = count.status === 'solved' || count.status === 'closed';
  return count.started && (settled || (metric === 'first_reply' && count.replied));
}

function happen(metric: SlaMetric, count: Count, event: SlaEvent): void {
  if (event.type === 'created') {
    count.status = event.status;
    count.started = metric === 'resolution';
  } else if (event.type === 'status') count.status = event.status;
  else if (event.type === 'message' && !event.automatic) {
    if (event.direction === 'inbound') count.started = true;
    else if (event.direction === 'outbound' && count.started) count.replied = true;
  } else if (event.type === 'retargeted' && !isFrozen(metric, count)) {
    count.target = event.target;
    if (count.consumed > event.target.targetSeconds * 1000) count.breachedAt ??= event.at;
    else count.breachedAt = null;
  }
}

function countMinutes(story: Story): Count {
  const count: Count = {
    started: false,
    replied: false,
    status: 'new',
    target: story.target,
    consumed: 0,
    breachedAt: null,
  };
  const events = eventsOf(story);
  for (let minute = START; minute < START + LENGTH * MINUTE; minute += MINUTE) {
    while (events[0] && events[0].at <= minute) happen(story.metric, count, events.shift() as SlaEvent);
    if (!isRunning(story.metric, count)) continue;
    // Running on with everything used up: the instant after this one is late.
    if (count.consumed >= count.target.targetSeconds * 1000) count.breachedAt ??= minute + 1;
    if (isOpen(lookUp(count.target.calendarId), minute)) count.consumed += MINUTE;
  }
  return count;
}

/**
 * A customer's first message on a ticket that is settled already starts a first-reply clock at once, and only the
 * next status tells that the ticket is open; the oracle has no word for the time between.
 */
const startsWhileSettled = (story: Story): boolean => {
  const first = story.events.findIndex(
    ([, event]) => event.type === 'message' && event.direction === 'inbound' && !event.automatic,
  );
  const before = story.events.slice(0, Math.max(first, 0)).map(([, event]) => event);
  const status = before.reduce(
    (last, event) => (event.type === 'status' ? event.status : last),
    story.createdAs,
  );
  return story.metric === 'first_reply' && first >= 0 && (status === 'solved' || status === 'closed');
};

const RUNS = { numRuns: 500 };
const stories = someStory.filter((story) => !startsWhileSettled(story));

describe('An SLA clock against a count of minutes', () => {
  it('has used up the same time and is late from the same instant', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const { clock } = live(story, false);
        const count = countMinutes(story);
        const end = START + LENGTH * MINUTE;
        const [view] = toExplanationView([clock], end, lookUp).clocks;
        expect([view?.consumedSeconds ?? 0, clock.breachedAt]).toEqual([
          count.consumed / 1000,
          count.breachedAt,
        ]);
      }),
      RUNS,
    );
  });

  it('ends the same whether timers fire or not, and tells every breach either way', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const [silent, timed] = [live(story, false), live(story, true)];
        expect({ ...timed.clock, warning: null }).toEqual({ ...silent.clock, warning: null });
        const breaches = (notices: readonly SlaNotice[]): SlaNotice[] =>
          notices.filter((notice) => notice.kind === 'breached');
        expect(breaches(timed.notices)).toEqual(breaches(silent.notices));
      }),
      RUNS,
    );
  });

  it('tells a warning at most once a target, and never after its breach', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const { notices } = live(story, true);
        const told = notices.filter((notice) => notice.kind === 'warned' || notice.kind === 'breached');
        const keys = told.map((notice) => `${notice.kind} ${notice.targetVersion}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const [i, notice] of told.entries()) {
          const earlier = told.slice(0, i).filter((one) => one.targetVersion === notice.targetVersion);
          if (notice.kind === 'warned') expect(earlier).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('accounts for all time since it started, and its counted time is what was used up', () => {
    fc.assert(
      fc.property(stories, fc.integer({ min: 0, max: LENGTH }), (story, minute) => {
        const now = START + minute * MINUTE;
        const past = { ...story, events: story.events.filter(([event]) => event <= minute) };
        const { clock } = eventsOf(past).reduce((step, event) => applySlaEvent(step.clock, event, lookUp), {
          clock: openSlaClock(story.metric, story.target),
        } as { clock: SlaClock });
        const [view] = toExplanationView([clock], now, lookUp).clocks;
        if (!view) return;
        const ends = view.intervals.map((interval) => interval.to ?? view.asOf);
        expect([view.startedAt, ...ends].slice(0, view.intervals.length)).toEqual(
          view.intervals.map((interval) => interval.from),
        );
        const counted = view.intervals.filter(({ kind, from }) => kind === 'counted' && from < view.asOf);
        expect(counted.reduce((sum, interval) => sum + interval.seconds, 0)).toBe(view.consumedSeconds);
      }),
      RUNS,
    );
  });
});
