import { describe, expect, it } from '@jest/globals';
import type { CalendarDefinition } from './calendar-definition.js';
import { CalendarArgumentError, CalendarInvalidError } from './calendar.errors.js';
import { compileCalendar } from './calendar.js';
import {
  addOpenMs,
  isBeyondPublication,
  isOpen,
  nextOpening,
  openMsBetween,
  openSecondsBetween,
} from './open-hours.js';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString().replace('.000Z', 'Z');

function aCalendar(definition: Partial<CalendarDefinition> = {}): ReturnType<typeof compileCalendar> {
  return compileCalendar({
    name: 'test',
    timeZone: 'UTC',
    week: {},
    overrides: [],
    publishedUntil: null,
    ...definition,
  });
}

const NINE_TO_SIX = [{ from: '09:00', to: '18:00' }];
const ALL_DAY = [{ from: '00:00', to: '24:00' }];
const officeHours = { monday: NINE_TO_SIX, tuesday: NINE_TO_SIX, friday: NINE_TO_SIX };
const allDays = {
  monday: ALL_DAY,
  tuesday: ALL_DAY,
  wednesday: ALL_DAY,
  thursday: ALL_DAY,
  friday: ALL_DAY,
  saturday: ALL_DAY,
  sunday: ALL_DAY,
};
// 2026-06-01 is a Monday.

describe('A deadline on a calendar', () => {
  it('falls on the closing instant when the time is used up there, not on the next opening', () => {
    const calendar = aCalendar({ week: officeHours });
    expect(iso(addOpenMs(calendar, at('2026-06-01T17:00:00Z'), HOUR))).toBe('2026-06-01T18:00:00Z');
  });

  it('falls after the next opening when a millisecond is left at closing time', () => {
    const calendar = aCalendar({ week: officeHours });
    expect(addOpenMs(calendar, at('2026-06-01T17:00:00Z'), HOUR + 1)).toBe(at('2026-06-02T09:00:00Z') + 1);
  });

  it('keeps seconds and milliseconds', () => {
    const calendar = aCalendar({ week: officeHours });
    expect(addOpenMs(calendar, at('2026-06-01T17:59:30.250Z'), 60_000)).toBe(at('2026-06-02T09:00:30.250Z'));
  });

  it('counts from the next opening when it starts outside hours', () => {
    const calendar = aCalendar({ week: officeHours });
    expect(iso(addOpenMs(calendar, at('2026-06-06T12:00:00Z'), HOUR))).toBe('2026-06-08T10:00:00Z');
  });

  it('leaves out a break at noon', () => {
    const calendar = aCalendar({
      week: {
        monday: [
          { from: '09:00', to: '12:00' },
          { from: '13:00', to: '18:00' },
        ],
      },
    });
    expect(iso(addOpenMs(calendar, at('2026-06-01T11:00:00Z'), 2 * HOUR))).toBe('2026-06-01T14:00:00Z');
  });

  it('is independent of Monday being a working day', () => {
    const calendar = aCalendar({ week: { wednesday: NINE_TO_SIX } });
    expect(iso(addOpenMs(calendar, at('2026-06-01T10:00:00Z'), 10 * HOUR))).toBe('2026-06-10T10:00:00Z');
  });

  it('is the start for a duration of zero in open hours, and the next opening outside them', () => {
    const calendar = aCalendar({ week: officeHours });
    expect(iso(addOpenMs(calendar, at('2026-06-01T10:00:00Z'), 0))).toBe('2026-06-01T10:00:00Z');
    expect(iso(addOpenMs(calendar, at('2026-06-01T18:00:00Z'), 0))).toBe('2026-06-02T09:00:00Z');
  });

  it('is null when the calendar never opens', () => {
    expect(addOpenMs(aCalendar(), at('2026-06-01T10:00:00Z'), 1)).toBeNull();
    expect(nextOpening(aCalendar(), at('2026-06-01T10:00:00Z'))).toBeNull();
  });

  it('is null when the open time within the horizon is too short', () => {
    const definition: CalendarDefinition = {
      name: 'one day',
      timeZone: 'UTC',
      week: {},
      overrides: [{ kind: 'working_day', date: '2028-06-01', name: 'Open day', hours: NINE_TO_SIX }],
      publishedUntil: null,
    };
    const start = at('2026-06-01T00:00:00Z');
    const calendar = compileCalendar(definition, { horizonYears: 3 });
    expect(iso(addOpenMs(calendar, start, 9 * HOUR))).toBe('2028-06-01T18:00:00Z');
    expect(addOpenMs(calendar, start, 9 * HOUR + 1)).toBeNull();
    expect(addOpenMs(compileCalendar(definition, { horizonYears: 1 }), start, HOUR)).toBeNull();
  });

  it('crosses the end of a year and many years', () => {
    const calendar = aCalendar({ week: allDays });
    expect(iso(addOpenMs(calendar, at('2026-12-31T23:00:00Z'), 2 * HOUR))).toBe('2027-01-01T01:00:00Z');
    expect(iso(addOpenMs(calendar, at('2026-01-01T00:00:00Z'), 5 * 365 * 24 * HOUR))).toBe(
      '2030-12-31T00:00:00Z',
    );
  });
});

describe('Overrides of a date', () => {
  it('let the night shift of the day before end in the holiday, and take away the one that starts on it', () => {
    const night = [{ from: '22:00', to: '30:00' }];
    const calendar = aCalendar({
      week: { monday: night, tuesday: night, wednesday: night },
      overrides: [{ kind: 'holiday', date: '2026-06-02', name: 'Festival' }],
    });
    expect(isOpen(calendar, at('2026-06-02T05:59:00Z'))).toBe(true);
    expect(isOpen(calendar, at('2026-06-02T06:00:00Z'))).toBe(false);
    expect(isOpen(calendar, at('2026-06-02T23:00:00Z'))).toBe(false);
    expect(isOpen(calendar, at('2026-06-03T02:00:00Z'))).toBe(false);
  });

  it('open a make-up day like a weekday or by hours of its own', () => {
    const calendar = aCalendar({
      week: officeHours,
      overrides: [
        { kind: 'working_day', date: '2026-06-06', name: 'Make-up day', hours: 'monday' },
        {
          kind: 'working_day',
          date: '2026-06-07',
          name: 'Stocktaking',
          hours: [{ from: '10:00', to: '12:00' }],
        },
      ],
    });
    expect(openSecondsBetween(calendar, at('2026-06-06T00:00:00Z'), at('2026-06-07T00:00:00Z'))).toBe(
      9 * 3600,
    );
    expect(openSecondsBetween(calendar, at('2026-06-07T00:00:00Z'), at('2026-06-08T00:00:00Z'))).toBe(
      2 * 3600,
    );
  });

  it('shorten a half day', () => {
    const calendar = aCalendar({
      week: officeHours,
      overrides: [
        { kind: 'half_day', date: '2026-06-01', name: 'Eve', hours: [{ from: '09:00', to: '13:00' }] },
      ],
    });
    expect(openMsBetween(calendar, at('2026-06-01T00:00:00Z'), at('2026-06-02T00:00:00Z'))).toBe(4 * HOUR);
  });

  it('count time once where a night shift and the hours of an override overlap', () => {
    const calendar = aCalendar({
      week: { monday: [{ from: '22:00', to: '30:00' }] },
      overrides: [
        { kind: 'working_day', date: '2026-06-02', name: 'Early', hours: [{ from: '05:00', to: '08:00' }] },
      ],
    });
    expect(openMsBetween(calendar, at('2026-06-01T00:00:00Z'), at('2026-06-03T00:00:00Z'))).toBe(10 * HOUR);
  });
});

describe('Clock changes', () => {
  const opensAndCloses = (
    timeZone: string,
    date: string,
    from: string,
    to: string,
  ): readonly (string | null)[] => {
    const calendar = aCalendar({
      timeZone,
      overrides: [{ kind: 'working_day', date, name: 'only day', hours: [{ from, to }] }],
    });
    const opening = nextOpening(calendar, at(`${date}T00:00:00Z`) - 48 * HOUR) ?? NaN;
    const open = openMsBetween(calendar, opening, opening + 96 * HOUR);
    return [iso(opening), iso(opening + open)];
  };

  it.each([
    // Local times that do not exist move forward by the gap.
    ['America/Los_Angeles', '2014-03-09', '02:30', '08:00', '2014-03-09T10:30:00Z', '2014-03-09T15:00:00Z'],
    ['America/Sao_Paulo', '2015-10-17', '09:00', '24:00', '2015-10-17T12:00:00Z', '2015-10-18T03:00:00Z'],
    ['America/Sao_Paulo', '2015-10-18', '00:30', '06:00', '2015-10-18T03:30:00Z', '2015-10-18T08:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '09:00', '2026-10-03T15:45:00Z', '2026-10-03T22:00:00Z'],
    // Local times that exist twice are their first occurrence.
    ['America/Los_Angeles', '2014-11-02', '01:30', '08:00', '2014-11-02T08:30:00Z', '2014-11-02T16:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45', '09:00', '2026-04-04T14:45:00Z', '2026-04-04T22:30:00Z'],
    // The zone left the date out: its hours are those of the same clock a day later.
    ['Pacific/Apia', '2011-12-30', '09:00', '18:00', '2011-12-30T19:00:00Z', '2011-12-31T04:00:00Z'],
  ])('%s on %s: %s to %s is %s to %s', (timeZone, date, from, to, opening, closing) => {
    expect(opensAndCloses(timeZone, date, from, to)).toEqual([opening, closing]);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['America/Sao_Paulo', '2015-10-18', 23],
    ['America/Sao_Paulo', '2016-02-20', 25],
    ['Asia/Shanghai', '2026-03-29', 24],
  ])('%s: the whole of %s has %d hours', (timeZone, date, hours) => {
    const calendar = aCalendar({
      timeZone,
      overrides: [{ kind: 'working_day', date, name: 'only day', hours: ALL_DAY }],
    });
    const noon = at(`${date}T12:00:00Z`);
    expect(openMsBetween(calendar, noon - 72 * HOUR, noon + 72 * HOUR)).toBe(hours * HOUR);
  });

  it('keep the local hours on both sides of a change', () => {
    const calendar = aCalendar({
      timeZone: 'America/New_York',
      week: { ...officeHours, thursday: NINE_TO_SIX },
    });
    expect(iso(nextOpening(calendar, at('2026-03-06T00:00:00Z')))).toBe('2026-03-06T14:00:00Z');
    expect(iso(nextOpening(calendar, at('2026-03-08T00:00:00Z')))).toBe('2026-03-09T13:00:00Z');
  });
});

describe('Questions without an answer', () => {
  const calendar = aCalendar({ week: officeHours });
  const june = at('2026-06-01T00:00:00Z');

  it.each([
    ['an instant that is no number', 'CALENDAR_INSTANT_OUT_OF_RANGE', () => isOpen(calendar, NaN)],
    ['an instant before 1970', 'CALENDAR_INSTANT_OUT_OF_RANGE', () => isOpen(calendar, -1)],
    [
      'an instant after 2199',
      'CALENDAR_INSTANT_OUT_OF_RANGE',
      () => nextOpening(calendar, at('2200-01-01T00:00:00Z')),
    ],
    ['a range that ends first', 'CALENDAR_RANGE_REVERSED', () => openMsBetween(calendar, june, june - 1)],
    ['a negative duration', 'CALENDAR_DURATION_NEGATIVE', () => addOpenMs(calendar, june, -1)],
    ['a duration that is no number', 'CALENDAR_DURATION_NEGATIVE', () => addOpenMs(calendar, june, NaN)],
    [
      'a horizon of no years',
      'CALENDAR_HORIZON_OUT_OF_RANGE',
      () => compileCalendar(calendar.definition, { horizonYears: 0 }),
    ],
  ])('refuse %s with %s', (_, code, ask) => {
    expect(ask).toThrow(expect.objectContaining({ code }) as unknown as CalendarArgumentError);
  });

  it('refuse a definition with faults and name each of them', () => {
    expect(() => aCalendar({ timeZone: 'Mars/Olympus', name: '' })).toThrow(CalendarInvalidError);
    expect(() => aCalendar({ timeZone: 'Mars/Olympus', name: '' })).toThrow(
      /CALENDAR_NAME_MISSING.*CALENDAR_UNKNOWN_TIME_ZONE/,
    );
  });
});

describe('The publication of holidays', () => {
  it('ends with the local date, not with the date in UTC', () => {
    const calendar = aCalendar({ timeZone: 'Asia/Shanghai', publishedUntil: '2026-12-31' });
    expect(isBeyondPublication(calendar, at('2026-12-31T15:59:59Z'))).toBe(false);
    expect(isBeyondPublication(calendar, at('2026-12-31T16:00:00Z'))).toBe(true);
  });

  it('never ends for a calendar that depends on none', () => {
    expect(isBeyondPublication(aCalendar(), at('2199-12-31T00:00:00Z'))).toBe(false);
  });
});

describe('A compiled calendar', () => {
  it('answers the same whatever was asked before', () => {
    const definition = { timeZone: 'Europe/Berlin', week: officeHours };
    const asked = aCalendar(definition);
    openMsBetween(asked, at('2030-01-01T00:00:00Z'), at('2031-01-01T00:00:00Z'));
    openMsBetween(asked, at('2020-01-01T00:00:00Z'), at('2020-01-02T00:00:00Z'));
    const range = [at('2024-02-01T00:00:00Z'), at('2027-03-01T00:00:00Z')] as const;
    expect(openMsBetween(asked, ...range)).toBe(openMsBetween(aCalendar(definition), ...range));
  });
});
