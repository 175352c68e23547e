import {
  type CalendarDefinition,
  type DateOverride,
  type LocalInterval,
  type Weekday,
  WEEKDAYS,
} from './calendar-definition.js';
import { findCalendarFaults, intervalBounds } from './calendar-validation.js';
import { CalendarArgumentError, CalendarInvalidError } from './calendar.errors.js';
import { DAY, parseDate } from './local-time.js';
import { type Zone, zoneOf } from './zone.js';

/** A calendar that can be asked. Made by `compileCalendar`; give it to the functions of this package. */
export interface Calendar {
  readonly definition: CalendarDefinition;
  /** Years after an instant in which open time is looked for. */
  readonly horizonYears: number;
  /** The instant from which holidays are not known; null when the calendar depends on no publication. */
  readonly publicationEnd: number | null;
  /** The compiled hours of at least `from` to `to` (instants). For this package's functions. */
  readonly openWindow: (from: number, to: number) => OpenWindow;
}

export interface CompileOptions {
  /** How many years ahead `addOpenMs` and `nextOpening` look before they answer null; 1 to 50, default 10. */
  readonly horizonYears?: number;
}

/** Sorted, disjoint, not touching: open from `starts[i]` to `ends[i]`; before it, `before[i]` ms were open. */
export interface OpenWindow {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** One longer than the others: the last is the open time of the whole window. */
  readonly before: readonly number[];
  /** Sorted by start: periods whose being closed has a name of its own. */
  readonly closures: readonly NamedPeriod[];
  /** Sorted by start: periods whose being open has a name of its own. */
  readonly openings: readonly NamedPeriod[];
}

export interface NamedPeriod {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

interface CompiledYear {
  readonly intervals: readonly (readonly [start: number, end: number])[];
  readonly closures: readonly NamedPeriod[];
  readonly openings: readonly NamedPeriod[];
}

/** Years that a calendar answers for; the tz database has no honest rules outside. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;
/** The hours of a date can reach this far from the UTC midnight of its name: 48 h and an offset of 14 h. */
const REACH = 3 * DAY;

/**
 * Checks a definition and makes it answerable. Hours are laid out year by year as questions need them, and kept.
 * Throws `CalendarInvalidError` with every fault.
 */
export function compileCalendar(definition: CalendarDefinition, options: CompileOptions = {}): Calendar {
  const faults = findCalendarFaults(definition);
  if (faults.length > 0) throw new CalendarInvalidError(faults);
  const horizonYears = options.horizonYears ?? 10;
  if (!Number.isInteger(horizonYears) || horizonYears < 1 || horizonYears > 50) {
    throw new CalendarArgumentError(
      'CALENDAR_HORIZON_OUT_OF_RANGE',
      'horizonYears must be an integer from 1 to 50',
    );
  }
  const zone = zoneOf(definition.timeZone);
  const overrides = new Map(definition.overrides.map((override) => [override.date, override]));
  const years: CompiledYear[] = [];
  let firstYear = 0;
  let window: OpenWindow | null = null;

  const openWindow = (from: number, to: number): OpenWindow => {
    const first = yearOf(from - REACH);
    const last = yearOf(to + REACH);
    if (window !== null && first >= firstYear && last < firstYear + years.length) return window;
    if (years.length === 0) firstYear = first;
    while (firstYear > first) years.unshift(compileYear(--firstYear, definition, overrides, zone));
    while (firstYear + years.length <= last) {
      years.push(compileYear(firstYear + years.length, definition, overrides, zone));
    }
    window = joinYears(years);
    return window;
  };
  const published = parseDate(definition.publishedUntil);
  const publicationEnd = published === null ? null : zone.toInstant(published + DAY);
  return { definition, horizonYears, publicationEnd, openWindow };
}

/** Refuses what is not an instant (milliseconds since 1970) of the years 1970 to 2199. */
export function checkInstant(instant: number): void {
  if (!(instant >= Date.UTC(FIRST_YEAR, 0, 1) && instant < Date.UTC(LAST_YEAR + 1, 0, 1))) {
    throw new CalendarArgumentError(
      'CALENDAR_INSTANT_OUT_OF_RANGE',
      `an instant must be milliseconds of the years ${FIRST_YEAR} to ${LAST_YEAR}`,
    );
  }
}

function yearOf(instant: number): number {
  return new Date(instant).getUTCFullYear();
}

function compileYear(
  year: number,
  definition: CalendarDefinition,
  overrides: ReadonlyMap<string, DateOverride>,
  zone: Zone,
): CompiledYear {
  const intervals: [number, number][] = [];
  const closures: NamedPeriod[] = [];
  const openings: NamedPeriod[] = [];
  for (let midnight = Date.UTC(year, 0, 1); midnight < Date.UTC(year + 1, 0, 1); midnight += DAY) {
    const lay = (hours: readonly LocalInterval[]): [number, number][] => layOut(hours, midnight, zone);
    const weekly = definition.week[weekdayOf(midnight)] ?? [];
    const override = overrides.get(new Date(midnight).toISOString().slice(0, 10));
    switch (override?.kind) {
      case undefined:
        intervals.push(...lay(weekly));
        break;
      case 'holiday':
        closures.push(...named(lay([{ from: '00:00', to: '24:00' }]), override.name));
        break;
      case 'half_day':
        intervals.push(...lay(override.hours));
        closures.push(...named(lay(weekly), override.name));
        break;
      case 'working_day': {
        const hours =
          typeof override.hours === 'string' ? (definition.week[override.hours] ?? []) : override.hours;
        intervals.push(...lay(hours));
        openings.push(...named(lay(hours), override.name));
        break;
      }
    }
  }
  return { intervals, closures, openings };
}

function weekdayOf(midnight: number): Weekday {
  const weekday = WEEKDAYS[(new Date(midnight).getUTCDay() + 6) % 7];
  if (weekday === undefined) throw new TypeError('a week has seven days');
  return weekday;
}

/** An interval that lies within a gap of the clock has no length and falls away. */
function layOut(hours: readonly LocalInterval[], midnight: number, zone: Zone): [number, number][] {
  return hours
    .map((interval): [number, number] => {
      const { from, to } = intervalBounds(interval);
      return [zone.toInstant(midnight + from), zone.toInstant(midnight + to)];
    })
    .filter(([start, end]) => end > start);
}

function named(intervals: readonly (readonly [number, number])[], name: string): NamedPeriod[] {
  return intervals.map(([start, end]) => ({ start, end, name }));
}

/** Overlaps (a night shift into an override's hours, a date the zone left out) are open once, not twice. */
function joinYears(years: readonly CompiledYear[]): OpenWindow {
  const starts: number[] = [];
  const ends: number[] = [];
  const sorted = years.flatMap((year) => year.intervals).sort((a, b) => a[0] - b[0]);
  for (const [start, end] of sorted) {
    const last = ends.length - 1;
    const lastEnd = ends[last];
    if (lastEnd !== undefined && start <= lastEnd) ends[last] = Math.max(lastEnd, end);
    else {
      starts.push(start);
      ends.push(end);
    }
  }
  const before = [0];
  starts.forEach((start, i) => before.push((before[i] ?? 0) + (ends[i] ?? start) - start));
  const byStart = (a: NamedPeriod, b: NamedPeriod): number => a.start - b.start;
  return {
    starts,
    ends,
    before,
    closures: years.flatMap((year) => year.closures).sort(byStart),
    openings: years.flatMap((year) => year.openings).sort(byStart),
  };
}
