import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CalendarDefinition,
  type DateOverride,
  type LocalInterval,
  WEEKDAYS,
} from './calendar-definition.js';
import { findCalendarFaults } from './calendar-validation.js';
import { compileCalendar } from './calendar.js';
import { explain } from './explanation.js';
import { addOpenMs, isOpen, nextOpening, openMsBetween } from './open-hours.js';

/*
 * The oracle knows no offsets and no prefix sums: it reads the wall clock of every single minute from Intl, finds
 * the minutes at which the hours of each date begin and end, and counts the minutes between.
 */
const MINUTE = 60_000;
const DAY = 1440;
const WINDOW_DAYS = 7;
const CLOCK_CHANGES = [
  ['America/New_York', '2026-03-05'],
  ['America/New_York', '2026-10-29'],
  ['Europe/Berlin', '2026-03-26'],
  ['Europe/Berlin', '2026-10-22'],
  ['Australia/Lord_Howe', '2026-04-02'],
  ['Australia/Lord_Howe', '2026-10-01'],
  ['America/Sao_Paulo', '2015-10-15'],
  ['America/Sao_Paulo', '2016-02-18'],
  ['Asia/Shanghai', '2026-02-12'],
  ['Asia/Shanghai', '2026-12-29'],
  // The zone that left out a date (2011-12-30), when it moved across the date line.
  ['Pacific/Apia', '2011-12-27'],
] as const;

const wallClocks = new Map<string, Int32Array>();

/** Wall clock of each minute of the window and of three days around it, in minutes since 1970 of the same name. */
function wallClock(zone: string, firstMinute: number): Int32Array {
  const key = `${zone} ${firstMinute}`;
  const known = wallClocks.get(key);
  if (known) return known;
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const clock = Int32Array.from({ length: (WINDOW_DAYS + 6) * DAY }, (_, i) => {
    const text = format.format((firstMinute + i) * MINUTE);
    return Date.parse(`${text.replace(' ', 'T')}:00Z`) / MINUTE;
  });
  wallClocks.set(key, clock);
  return clock;
}

/** Position of the minute that the wall clock's name means. */
function positionOf(clock: Int32Array, local: number): number {
  const shown = clock.indexOf(local);
  if (shown >= 0) return shown;
  const afterGap = clock.findIndex((wall) => wall > local);
  const gap = (clock[afterGap] ?? 0) - (clock[afterGap - 1] ?? 0) - 1;
  return clock.indexOf(local + gap);
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function hoursOf(definition: CalendarDefinition, localDay: number): readonly LocalInterval[] {
  const date = new Date(localDay * DAY * MINUTE);
  const weekday = WEEKDAYS[(date.getUTCDay() + 6) % 7] ?? 'monday';
  const override = definition.overrides.find((one) => one.date === date.toISOString().slice(0, 10));
  if (!override) return definition.week[weekday] ?? [];
  if (override.kind === 'holiday') return [];
  return typeof override.hours === 'string' ? (definition.week[override.hours] ?? []) : override.hours;
}

/** One flag a minute, from three days before the window. */
function openMinutes(
  definition: CalendarDefinition,
  windowStart: string,
): { first: number; open: boolean[] } {
  const first = Date.parse(`${windowStart}T00:00:00Z`) / MINUTE - 3 * DAY;
  const clock = wallClock(definition.timeZone, first);
  const open = Array.from(clock, () => false);
  for (let day = first / DAY + 1; day <= first / DAY + WINDOW_DAYS + 4; day++) {
    for (const { from, to } of hoursOf(definition, day)) {
      const end = positionOf(clock, day * DAY + minutesOf(to));
      for (let i = positionOf(clock, day * DAY + minutesOf(from)); i < end; i++) open[i] = true;
    }
  }
  return { first, open };
}

const timeOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const someInterval = fc
  .tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 48 }))
  .map(([from, length]) => ({ from: timeOf(from * 15), to: timeOf((from + length) * 15) }));
const someHours = fc.array(someInterval, { maxLength: 3 }).map((hours) => {
  const sorted = hours.sort((a, b) => a.from.localeCompare(b.from));
  return sorted.filter((one, i) => i === 0 || (sorted[i - 1]?.to ?? '') <= one.from);
});

function someOverride(windowStart: string, day: number): fc.Arbitrary<DateOverride> {
  const date = new Date(Date.parse(windowStart) + day * DAY * MINUTE).toISOString().slice(0, 10);
  return fc.oneof(
    fc.constant<DateOverride>({ kind: 'holiday', date, name: 'Festival' }),
    fc
      .oneof(fc.constantFrom(...WEEKDAYS), someHours)
      .map<DateOverride>((hours) => ({ kind: 'working_day', date, name: 'Make-up day', hours })),
    someHours.map<DateOverride>((hours) => ({ kind: 'half_day', date, name: 'Eve', hours })),
  );
}

const someCase = fc.constantFrom(...CLOCK_CHANGES).chain(([timeZone, windowStart]) =>
  fc.record({
    windowStart: fc.constant(windowStart),
    definition: fc
      .record({
        name: fc.constant('random'),
        timeZone: fc.constant(timeZone as string),
        week: fc.record(
          Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, someHours])) as Record<
            (typeof WEEKDAYS)[number],
            typeof someHours
          >,
          { requiredKeys: [] },
        ),
        overrides: fc
          .tuple(...[1, 2, 3, 4, 5].map((day) => fc.option(someOverride(windowStart, day), { freq: 1 })))
          .map((overrides) => overrides.filter((one) => one !== null)),
        publishedUntil: fc.constant(null),
      })
      .filter((definition) => findCalendarFaults(definition).length === 0),
    // Milliseconds after the window's first midnight in UTC.
    from: fc.integer({ min: 0, max: WINDOW_DAYS * DAY * MINUTE }),
    to: fc.integer({ min: 0, max: WINDOW_DAYS * DAY * MINUTE }),
  }),
);

interface Setup {
  readonly calendar: ReturnType<typeof compileCalendar>;
  readonly from: number;
  readonly to: number;
  readonly isOpenAt: (instant: number) => boolean;
  /** Open milliseconds, counted minute by minute. */
  readonly count: (from: number, to: number) => number;
}

function setUp(one: {
  definition: CalendarDefinition;
  windowStart: string;
  from: number;
  to: number;
}): Setup {
  const { first, open } = openMinutes(one.definition, one.windowStart);
  const start = Date.parse(`${one.windowStart}T00:00:00Z`);
  const flagAt = (minute: number): boolean => open[minute - first] ?? false;
  const count = (from: number, to: number): number => {
    let sum = 0;
    for (let minute = Math.floor(from / MINUTE); minute * MINUTE < to; minute++) {
      const overlap = Math.min(to, (minute + 1) * MINUTE) - Math.max(from, minute * MINUTE);
      if (flagAt(minute)) sum += overlap;
    }
    return sum;
  };
  return {
    calendar: compileCalendar(one.definition),
    from: start + Math.min(one.from, one.to),
    to: start + Math.max(one.from, one.to),
    isOpenAt: (instant) => flagAt(Math.floor(instant / MINUTE)),
    count,
  };
}

const RUNS = { numRuns: 300 };

describe('A calendar against a count of minutes, around clock changes', () => {
  it('counts the same open time', () => {
    fc.assert(
      fc.property(someCase, (one) => {
        const { calendar, from, to, count } = setUp(one);
        expect(openMsBetween(calendar, from, to)).toBe(count(from, to));
      }),
      RUNS,
    );
  });

  it('ends a duration at the least instant that has it', () => {
    fc.assert(
      fc.property(someCase, fc.integer({ min: 1, max: 20 * 60 * MINUTE }), (one, duration) => {
        const { calendar, from, to, count } = setUp(one);
        const end = addOpenMs(calendar, from, duration);
        if (end !== null && end <= to) {
          expect(count(from, end)).toBe(duration);
          expect(count(from, end - 1)).toBe(duration - 1);
        } else expect(count(from, to)).toBeLessThan(duration);
      }),
      RUNS,
    );
  });

  it('is open at the same instants and opens next at the first of them', () => {
    fc.assert(
      fc.property(someCase, (one) => {
        const { calendar, from, to, isOpenAt, count } = setUp(one);
        expect(isOpen(calendar, from)).toBe(isOpenAt(from));
        const opening = nextOpening(calendar, from);
        if (opening !== null && opening < to) {
          expect(count(from, opening)).toBe(0);
          expect(isOpenAt(opening)).toBe(true);
        } else expect(count(from, to)).toBe(0);
      }),
      RUNS,
    );
  });

  it('explains the whole range without gaps, each piece open or closed as counted', () => {
    fc.assert(
      fc.property(someCase, (one) => {
        const { calendar, from, to, count } = setUp(one);
        const pieces = explain(calendar, from, to);
        expect([from, ...pieces.map((piece) => piece.to)]).toEqual([
          ...pieces.map((piece) => piece.from),
          to,
        ]);
        for (const piece of pieces) {
          expect(piece.to).toBeGreaterThan(piece.from);
          expect(count(piece.from, piece.to)).toBe(piece.kind === 'open' ? piece.to - piece.from : 0);
        }
      }),
      RUNS,
    );
  });
});
