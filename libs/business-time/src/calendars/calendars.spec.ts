import { describe, expect, it } from '@jest/globals';
import { compileCalendar } from '../calendar.js';
import { explain } from '../explanation.js';
import { addOpenMs, openMsBetween } from '../open-hours.js';
import { aroundTheClock } from './around-the-clock.js';
import { chinaBusinessHours } from './china-business-hours.js';

const HOUR = 3_600_000;
const inShanghai = (text: string): number => Date.parse(`${text}+08:00`);

describe('The calendars that are shipped', () => {
  it.each([aroundTheClock, chinaBusinessHours])(
    '$name compiles and survives a trip through JSON',
    (definition) => {
      expect(JSON.parse(JSON.stringify(definition))).toEqual(definition);
      expect(() => compileCalendar(definition)).not.toThrow();
    },
  );

  it('24×7 has every millisecond of a leap year', () => {
    const range = [Date.UTC(2028, 0, 1), Date.UTC(2029, 0, 1)] as const;
    expect(openMsBetween(compileCalendar(aroundTheClock), ...range)).toBe(366 * 24 * HOUR);
  });
});

describe('China business hours of 2026', () => {
  const calendar = compileCalendar(chinaBusinessHours);

  it('have 248 working days: 261 weekdays, less 19 that are holidays, and 6 make-up days', () => {
    expect(
      openMsBetween(calendar, inShanghai('2026-01-01T00:00:00'), inShanghai('2027-01-01T00:00:00')),
    ).toBe(248 * 9 * HOUR);
  });

  it.each(['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'])(
    'are open on the make-up day %s, which is on a weekend',
    (date) => {
      const day = explain(calendar, inShanghai(`${date}T09:00:00`), inShanghai(`${date}T18:00:00`));
      expect([0, 6]).toContain(new Date(`${date}T12:00:00Z`).getUTCDay());
      expect(day.map((piece) => piece.kind)).toEqual(['open']);
      expect(day[0]?.cause).toContain('调休');
    },
  );

  it('carry a deadline over Spring Festival from the make-up Saturday', () => {
    const due = addOpenMs(calendar, inShanghai('2026-02-14T17:30:00'), HOUR);
    expect(due).toBe(inShanghai('2026-02-24T09:30:00'));
  });

  it('name the holiday that stands between', () => {
    const causes = explain(calendar, inShanghai('2026-09-30T17:00:00'), inShanghai('2026-10-08T10:00:00'));
    expect(causes.map((piece) => piece.cause)).toEqual([
      null,
      'outside hours',
      '国庆节 National Day',
      'outside hours',
      null,
    ]);
  });
});
