import { type LocalInterval, type Weekday, WEEKDAYS } from './calendar-definition.js';
import type { CalendarFault, CalendarFaultCode } from './calendar.errors.js';
import { DAY, MINUTE, parseDate, parseTime } from './local-time.js';

type Report = (code: CalendarFaultCode, path: string, message: string) => void;
interface ParsedInterval {
  readonly from: number;
  readonly to: number;
  readonly path: string;
}

/**
 * Everything that is wrong with a definition, in the order of its fields; empty when it can be compiled. Takes
 * anything: what a form or a stored row holds need not have the type.
 */
export function findCalendarFaults(definition: unknown): CalendarFault[] {
  const faults: CalendarFault[] = [];
  const report: Report = (code, path, message) => faults.push({ code, path, message });
  if (!isObject(definition)) {
    report('CALENDAR_NOT_AN_OBJECT', '', 'must be an object');
    return faults;
  }
  checkName(definition['name'], 'name', 'CALENDAR_NAME_MISSING', report);
  checkTimeZone(definition['timeZone'], report);
  checkWeek(definition['week'], report);
  checkOverrides(definition['overrides'], report);
  const published = definition['publishedUntil'];
  if (published !== null && parseDate(published) === null) {
    report('CALENDAR_BAD_DATE', 'publishedUntil', 'must be a date YYYY-MM-DD that exists, or null');
  }
  return faults;
}

function checkName(name: unknown, path: string, code: CalendarFaultCode, report: Report): void {
  if (typeof name !== 'string' || name.trim() === '') report(code, path, 'must be a text that is not empty');
}

function checkTimeZone(zone: unknown, report: Report): void {
  // Intl also takes offsets such as `+08:00`; those have no rules for clock changes and no place in a calendar.
  if (typeof zone === 'string' && /^[A-Za-z]/.test(zone)) {
    try {
      new Intl.DateTimeFormat('en-US', { timeZone: zone });
      return;
    } catch {
      // Intl refuses an unknown zone by throwing; reported below with every other unfit value.
    }
  }
  report('CALENDAR_UNKNOWN_TIME_ZONE', 'timeZone', 'must be the name of an IANA time zone');
}

function checkWeek(week: unknown, report: Report): void {
  if (!isObject(week)) {
    report('CALENDAR_BAD_INTERVALS', 'week', 'must be an object of intervals by weekday');
    return;
  }
  const parsed: ParsedInterval[] = [];
  for (const [weekday, intervals] of Object.entries(week)) {
    const path = `week.${weekday}`;
    const position = WEEKDAYS.indexOf(weekday as Weekday);
    if (position < 0) {
      report('CALENDAR_UNKNOWN_WEEKDAY', path, `must be one of ${WEEKDAYS.join(', ')}`);
      continue;
    }
    for (const interval of checkIntervals(intervals, path, report)) {
      parsed.push({ ...interval, from: position * DAY + interval.from, to: position * DAY + interval.to });
    }
  }
  checkOverlaps(parsed, 7 * DAY, report);
}

/** Checks each interval by itself and gives back those that are sound. */
function checkIntervals(intervals: unknown, path: string, report: Report): ParsedInterval[] {
  if (!Array.isArray(intervals)) {
    report('CALENDAR_BAD_INTERVALS', path, 'must be a list of intervals');
    return [];
  }
  return intervals.flatMap((interval: unknown, position) => {
    const here = `${path}[${position}]`;
    if (!isObject(interval)) {
      report('CALENDAR_BAD_INTERVALS', here, 'must be an interval { from, to }');
      return [];
    }
    const from = parseTime(interval['from']);
    const to = parseTime(interval['to']);
    if (from === null || from > DAY - MINUTE) {
      report('CALENDAR_BAD_TIME', `${here}.from`, 'must be a time HH:MM from 00:00 to 23:59');
    }
    if (to === null) report('CALENDAR_BAD_TIME', `${here}.to`, 'must be a time HH:MM from 00:01 to 47:59');
    if (from === null || to === null) return [];
    if (to <= from) {
      report('CALENDAR_INTERVAL_EMPTY', here, 'must end after it starts; a night shift ends past 24:00');
      return [];
    }
    if (to - from > DAY) {
      report('CALENDAR_INTERVAL_TOO_LONG', here, 'must not be longer than 24 hours');
      return [];
    }
    return [{ from, to, path: here }];
  });
}

/** `period`: after how many milliseconds the intervals come again; null when they do not. */
function checkOverlaps(intervals: readonly ParsedInterval[], period: number | null, report: Report): void {
  const sorted = [...intervals].sort((a, b) => a.from - b.from);
  sorted.forEach((interval, position) => {
    const next = sorted[position + 1];
    const first = sorted[0];
    const following = next ?? (period !== null && first && { ...first, from: first.from + period });
    if (following && following.from < interval.to) {
      report('CALENDAR_INTERVALS_OVERLAP', following.path, `must not overlap ${interval.path}`);
    }
  });
}

function checkOverrides(overrides: unknown, report: Report): void {
  if (!Array.isArray(overrides)) {
    report('CALENDAR_BAD_OVERRIDE', 'overrides', 'must be a list');
    return;
  }
  const seen = new Map<string, string>();
  overrides.forEach((override: unknown, position) => {
    const path = `overrides[${position}]`;
    if (!isObject(override)) {
      report('CALENDAR_BAD_OVERRIDE', path, 'must be an object');
      return;
    }
    checkName(override['name'], `${path}.name`, 'CALENDAR_OVERRIDE_NAME_MISSING', report);
    checkOverrideDate(override['date'], path, seen, report);
    checkOverrideHours(override, path, report);
  });
}

function checkOverrideDate(date: unknown, path: string, seen: Map<string, string>, report: Report): void {
  if (typeof date !== 'string' || parseDate(date) === null) {
    report('CALENDAR_BAD_DATE', `${path}.date`, 'must be a date YYYY-MM-DD that exists');
    return;
  }
  const earlier = seen.get(date);
  if (earlier === undefined) seen.set(date, path);
  else report('CALENDAR_DUPLICATE_DATE', `${path}.date`, `must not repeat the date of ${earlier}`);
}

function checkOverrideHours(override: Record<string, unknown>, path: string, report: Report): void {
  const hours = override['hours'];
  switch (override['kind']) {
    case 'holiday':
      return;
    case 'working_day':
      if (typeof hours === 'string') {
        if (WEEKDAYS.includes(hours as Weekday)) return;
        report(
          'CALENDAR_UNKNOWN_WEEKDAY',
          `${path}.hours`,
          `must be one of ${WEEKDAYS.join(', ')}, or intervals`,
        );
        return;
      }
      checkOverlaps(checkIntervals(hours, `${path}.hours`, report), null, report);
      return;
    case 'half_day':
      checkOverlaps(checkIntervals(hours, `${path}.hours`, report), null, report);
      return;
    default:
      report('CALENDAR_UNKNOWN_OVERRIDE', `${path}.kind`, 'must be holiday, working_day or half_day');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Milliseconds from the start of the date. Only for intervals of a definition without faults. */
export function intervalBounds(interval: LocalInterval): { readonly from: number; readonly to: number } {
  const from = parseTime(interval.from);
  const to = parseTime(interval.to);
  if (from === null || to === null) throw new TypeError('interval of a definition that was not checked');
  return { from, to };
}
