import { describe, expect, it } from '@jest/globals';
import type { CalendarDefinition } from './calendar-definition.js';
import { compileCalendar } from './calendar.js';
import { aroundTheClock } from './calendars/around-the-clock.js';
import { explain } from './explanation.js';

const HOURS = [{ from: '09:00', to: '18:00' }];
const office: CalendarDefinition = {
  name: 'office',
  timeZone: 'UTC',
  week: { monday: HOURS, tuesday: HOURS, wednesday: HOURS, thursday: HOURS, friday: HOURS },
  overrides: [],
  publishedUntil: null,
};

function told(definition: CalendarDefinition, from: string, to: string): string[] {
  const short = (instant: number): string => new Date(instant).toISOString().slice(5, 16);
  const calendar = compileCalendar(definition);
  return explain(calendar, Date.parse(from), Date.parse(to)).map(
    (piece) => `${short(piece.from)} ${short(piece.to)} ${piece.kind}: ${piece.cause}`,
  );
}

// 2026-06-01 is a Monday.
describe('The explanation of a range', () => {
  it('has one closed piece for a night and a weekend', () => {
    expect(told(office, '2026-06-05T17:00:00Z', '2026-06-08T10:00:00Z')).toEqual([
      '06-05T17:00 06-05T18:00 open: null',
      '06-05T18:00 06-08T09:00 closed: outside hours',
      '06-08T09:00 06-08T10:00 open: null',
    ]);
  });

  it('names a holiday for its whole date, and days of one holiday once', () => {
    const overrides = [
      { kind: 'holiday', date: '2026-06-02', name: 'Festival' },
      { kind: 'holiday', date: '2026-06-03', name: 'Festival' },
    ] as const;
    expect(told({ ...office, overrides }, '2026-06-01T17:00:00Z', '2026-06-04T10:00:00Z')).toEqual([
      '06-01T17:00 06-01T18:00 open: null',
      '06-01T18:00 06-02T00:00 closed: outside hours',
      '06-02T00:00 06-04T00:00 closed: Festival',
      '06-04T00:00 06-04T09:00 closed: outside hours',
      '06-04T09:00 06-04T10:00 open: null',
    ]);
  });

  it('names a half day for the hours it takes away', () => {
    const overrides = [
      { kind: 'half_day', date: '2026-06-01', name: 'Eve', hours: [{ from: '09:00', to: '13:00' }] },
    ] as const;
    expect(told({ ...office, overrides }, '2026-06-01T12:00:00Z', '2026-06-02T09:00:00Z')).toEqual([
      '06-01T12:00 06-01T13:00 open: null',
      '06-01T13:00 06-01T18:00 closed: Eve',
      '06-01T18:00 06-02T09:00 closed: outside hours',
    ]);
  });

  it('names the make-up day that opens a Saturday', () => {
    const overrides = [
      { kind: 'working_day', date: '2026-06-06', name: 'Make-up day', hours: 'monday' },
    ] as const;
    expect(told({ ...office, overrides }, '2026-06-05T17:00:00Z', '2026-06-06T10:00:00Z')).toEqual([
      '06-05T17:00 06-05T18:00 open: null',
      '06-05T18:00 06-06T09:00 closed: outside hours',
      '06-06T09:00 06-06T10:00 open: Make-up day',
    ]);
  });

  it('is one open piece around the clock', () => {
    expect(told(aroundTheClock, '2026-06-01T17:00:00Z', '2026-06-09T10:00:00Z')).toEqual([
      '06-01T17:00 06-09T10:00 open: null',
    ]);
  });

  it('is closed throughout when the calendar does not open, and empty for an empty range', () => {
    expect(told({ ...office, week: {} }, '2026-06-01T17:00:00Z', '2026-06-02T10:00:00Z')).toEqual([
      '06-01T17:00 06-02T10:00 closed: outside hours',
    ]);
    expect(told(office, '2026-06-01T17:00:00Z', '2026-06-01T17:00:00Z')).toEqual([]);
  });
});
