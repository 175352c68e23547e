import { type Calendar, checkInstant, type OpenWindow } from './calendar.js';
import { CalendarArgumentError } from './calendar.errors.js';
import { DAY } from './local-time.js';

/*
 * Instants are milliseconds since 1970 in UTC, durations are milliseconds. Open intervals are half-open: at its
 * closing instant a calendar is closed. Every function throws `CalendarArgumentError` for an instant outside the
 * years 1970 to 2199.
 */

/** Open milliseconds from `from` to `to`. Throws when `to` lies before `from`. */
export function openMsBetween(calendar: Calendar, from: number, to: number): number {
  checkRange(from, to);
  const window = calendar.openWindow(from, to);
  return openBefore(window, to) - openBefore(window, from);
}

/** As `openMsBetween`, in seconds; not rounded. */
export function openSecondsBetween(calendar: Calendar, from: number, to: number): number {
  return openMsBetween(calendar, from, to) / 1000;
}

/**
 * The least instant at which `duration` of open time has passed since `start`: a duration that is used up exactly at
 * closing time ends at the closing instant, not at the next opening. A duration of 0 ends at `start` when the
 * calendar is open then, otherwise at the next opening. Null when there is not that much open time within the
 * calendar's horizon: never a made-up date. Throws for a negative duration.
 */
export function addOpenMs(calendar: Calendar, start: number, duration: number): number | null {
  checkInstant(start);
  if (!(duration >= 0)) {
    throw new CalendarArgumentError('CALENDAR_DURATION_NEGATIVE', 'a duration must not be negative');
  }
  if (duration === 0) return nextOpening(calendar, start);
  return findWithinHorizon(calendar, start, (window) => {
    const wanted = openBefore(window, start) + duration;
    return (window.before.at(-1) ?? 0) >= wanted ? instantOf(window, wanted) : undefined;
  });
}

export function isOpen(calendar: Calendar, instant: number): boolean {
  checkInstant(instant);
  const window = calendar.openWindow(instant, instant);
  return instant < (window.ends[lastStarted(window, instant)] ?? instant);
}

/** `instant` itself when the calendar is open then; null when it does not open within the calendar's horizon. */
export function nextOpening(calendar: Calendar, instant: number): number | null {
  if (isOpen(calendar, instant)) return instant;
  return findWithinHorizon(calendar, instant, (window) => window.starts[lastStarted(window, instant) + 1]);
}

/**
 * True when the calendar's holidays are not known at the instant: it lies after the local date `publishedUntil`.
 * Answers for it follow the week alone and may change when the holidays are published.
 */
export function isBeyondPublication(calendar: Calendar, instant: number): boolean {
  checkInstant(instant);
  return calendar.publicationEnd !== null && instant >= calendar.publicationEnd;
}

/** Refuses a range that is no range of instants. */
export function checkRange(from: number, to: number): void {
  checkInstant(from);
  checkInstant(to);
  if (to < from) {
    throw new CalendarArgumentError('CALENDAR_RANGE_REVERSED', 'a range must not end before it starts');
  }
}

/** Index of the last interval that starts at or before the instant; -1 when none does. */
export function lastStarted(window: OpenWindow, instant: number): number {
  let low = 0;
  let high = window.starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((window.starts[middle] ?? Infinity) <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Open time from the window's beginning to the instant. */
function openBefore(window: OpenWindow, instant: number): number {
  const at = lastStarted(window, instant);
  const start = window.starts[at];
  const end = window.ends[at];
  if (start === undefined || end === undefined) return 0;
  return (window.before[at] ?? 0) + Math.min(instant, end) - start;
}

/** The least instant with that much open time before it; `open` is positive and at most the window's total. */
function instantOf(window: OpenWindow, open: number): number {
  let low = 0;
  let high = window.starts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((window.before[middle + 1] ?? Infinity) >= open) high = middle;
    else low = middle + 1;
  }
  return (window.starts[low] ?? NaN) + open - (window.before[low] ?? NaN);
}

/** Looks a year further each time, so that a near answer costs no more than the years up to it. */
function findWithinHorizon(
  calendar: Calendar,
  start: number,
  find: (window: OpenWindow) => number | undefined,
): number | null {
  const horizon = new Date(start);
  horizon.setUTCFullYear(horizon.getUTCFullYear() + calendar.horizonYears);
  const last = horizon.getTime();
  for (let end = start; ; end = Math.min(end + 366 * DAY, last)) {
    const found = find(calendar.openWindow(start, end));
    if (found !== undefined) return found <= last ? found : null;
    if (end >= last) return null;
  }
}
