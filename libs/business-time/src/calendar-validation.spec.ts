import { describe, expect, it } from '@jest/globals';
import { findCalendarFaults } from './calendar-validation.js';
import { aroundTheClock } from './calendars/around-the-clock.js';

const faultsOf = (change: Record<string, unknown>): string[] =>
  findCalendarFaults({ ...aroundTheClock, week: {}, ...change }).map(
    (fault) => `${fault.code} ${fault.path}`,
  );
const onMonday = (...intervals: unknown[]): Record<string, unknown> => ({ week: { monday: intervals } });
const overriding = (...overrides: unknown[]): Record<string, unknown> => ({ overrides });

describe('The faults of a calendar definition', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['no fault', {}, []],
    ['a night shift up to the next date', onMonday({ from: '22:00', to: '30:00' }), []],
    ['intervals that touch', onMonday({ from: '09:00', to: '12:00' }, { from: '12:00', to: '18:00' }), []],
    ['a name of blanks', { name: ' ' }, ['CALENDAR_NAME_MISSING name']],
    ['a zone nobody knows', { timeZone: 'Mars/Olympus' }, ['CALENDAR_UNKNOWN_TIME_ZONE timeZone']],
    ['an offset for a zone', { timeZone: '+08:00' }, ['CALENDAR_UNKNOWN_TIME_ZONE timeZone']],
    ['no week', { week: null }, ['CALENDAR_BAD_INTERVALS week']],
    ['a weekday nobody knows', { week: { mon: [] } }, ['CALENDAR_UNKNOWN_WEEKDAY week.mon']],
    ['hours that are no list', { week: { monday: '9-18' } }, ['CALENDAR_BAD_INTERVALS week.monday']],
    ['an interval that is none', onMonday('09:00'), ['CALENDAR_BAD_INTERVALS week.monday[0]']],
    [
      'times that are none',
      onMonday({ from: '9:00', to: '18:60' }),
      ['CALENDAR_BAD_TIME week.monday[0].from', 'CALENDAR_BAD_TIME week.monday[0].to'],
    ],
    [
      'a start on the next date',
      onMonday({ from: '24:00', to: '25:00' }),
      ['CALENDAR_BAD_TIME week.monday[0].from'],
    ],
    [
      'an interval without length',
      onMonday({ from: '09:00', to: '09:00' }),
      ['CALENDAR_INTERVAL_EMPTY week.monday[0]'],
    ],
    [
      'a night shift that ends before it starts',
      onMonday({ from: '22:00', to: '06:00' }),
      ['CALENDAR_INTERVAL_EMPTY week.monday[0]'],
    ],
    [
      'an interval of more than a day',
      onMonday({ from: '08:00', to: '32:01' }),
      ['CALENDAR_INTERVAL_TOO_LONG week.monday[0]'],
    ],
    [
      'intervals that overlap',
      onMonday({ from: '11:00', to: '18:00' }, { from: '09:00', to: '12:00' }),
      ['CALENDAR_INTERVALS_OVERLAP week.monday[0]'],
    ],
    [
      'a night shift over the start of the next day',
      { week: { monday: [{ from: '22:00', to: '30:00' }], tuesday: [{ from: '05:00', to: '09:00' }] } },
      ['CALENDAR_INTERVALS_OVERLAP week.tuesday[0]'],
    ],
    [
      'a night shift over the start of the next week',
      { week: { sunday: [{ from: '22:00', to: '30:00' }], monday: [{ from: '05:00', to: '09:00' }] } },
      ['CALENDAR_INTERVALS_OVERLAP week.monday[0]'],
    ],
    ['overrides that are no list', { overrides: {} }, ['CALENDAR_BAD_OVERRIDE overrides']],
    ['an override that is none', overriding(null), ['CALENDAR_BAD_OVERRIDE overrides[0]']],
    [
      'an override of an unknown kind',
      overriding({ kind: 'vacation', date: '2026-06-01', name: 'x' }),
      ['CALENDAR_UNKNOWN_OVERRIDE overrides[0].kind'],
    ],
    [
      'a holiday without a name',
      overriding({ kind: 'holiday', date: '2026-06-01' }),
      ['CALENDAR_OVERRIDE_NAME_MISSING overrides[0].name'],
    ],
    [
      'a date that does not exist',
      overriding({ kind: 'holiday', date: '2026-02-29', name: 'x' }),
      ['CALENDAR_BAD_DATE overrides[0].date'],
    ],
    [
      'two overrides of one date',
      overriding(
        { kind: 'holiday', date: '2026-06-01', name: 'x' },
        { kind: 'working_day', date: '2026-06-01', name: 'y', hours: 'monday' },
      ),
      ['CALENDAR_DUPLICATE_DATE overrides[1].date'],
    ],
    [
      'a make-up day like no weekday',
      overriding({ kind: 'working_day', date: '2026-06-01', name: 'x', hours: 'someday' }),
      ['CALENDAR_UNKNOWN_WEEKDAY overrides[0].hours'],
    ],
    [
      'a half day without hours',
      overriding({ kind: 'half_day', date: '2026-06-01', name: 'x' }),
      ['CALENDAR_BAD_INTERVALS overrides[0].hours'],
    ],
    [
      'hours of an override that overlap',
      overriding({
        kind: 'half_day',
        date: '2026-06-01',
        name: 'x',
        hours: [
          { from: '09:00', to: '12:00' },
          { from: '11:00', to: '13:00' },
        ],
      }),
      ['CALENDAR_INTERVALS_OVERLAP overrides[0].hours[1]'],
    ],
    ['a publication date that is none', { publishedUntil: 'soon' }, ['CALENDAR_BAD_DATE publishedUntil']],
  ])('%s', (_, change, faults) => {
    expect(faultsOf(change)).toEqual(faults);
  });

  it.each([[null], [[]], ['calendar'], [undefined]])('%j is not a definition at all', (value) => {
    expect(findCalendarFaults(value).map((fault) => fault.code)).toEqual(['CALENDAR_NOT_AN_OBJECT']);
  });
});
