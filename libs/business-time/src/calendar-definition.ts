export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/**
 * Open hours of one local date, `HH:MM`, half-open: `to` itself is closed.
 *
 * `from` is 00:00 to 23:59. `to` is later than `from` and may run past midnight: 22:00 to 30:00 ends at 06:00 of the
 * next date; 24:00 is the end of the date. At most 24 hours. The whole interval belongs to the date it starts on, so
 * a holiday takes away the shifts that start on it and not the rest of the night shift before.
 */
export interface LocalInterval {
  readonly from: string;
  readonly to: string;
}

/** What holds on one local date (`YYYY-MM-DD`) in place of its weekday's hours. At most one a date. */
export type DateOverride = Holiday | WorkingDay | HalfDay;

/** Closed. */
export interface Holiday {
  readonly kind: 'holiday';
  readonly date: string;
  readonly name: string;
}

/** Open although the weekday would be closed: a make-up day (调休) works like a weekday, or by hours of its own. */
export interface WorkingDay {
  readonly kind: 'working_day';
  readonly date: string;
  readonly name: string;
  readonly hours: Weekday | readonly LocalInterval[];
}

/** Open for less than the weekday's hours. */
export interface HalfDay {
  readonly kind: 'half_day';
  readonly date: string;
  readonly name: string;
  readonly hours: readonly LocalInterval[];
}

/**
 * A business calendar as it is stored: plain JSON. Hours are local times of the zone, on whatever offset it has that
 * day. A local time that does not exist (clocks go forward) moves forward by the gap; one that exists twice is its
 * first occurrence (RFC 5545, section 3.3.5).
 */
export interface CalendarDefinition {
  readonly name: string;
  /** IANA zone, such as `Asia/Shanghai`. */
  readonly timeZone: string;
  /** Hours by weekday, in any order; a weekday that is absent is closed. Intervals of the week must not overlap. */
  readonly week: Readonly<Partial<Record<Weekday, readonly LocalInterval[]>>>;
  readonly overrides: readonly DateOverride[];
  /**
   * Last local date whose holidays are known; null when the calendar depends on no publication. Later dates follow
   * the week alone, and `isBeyondPublication` tells callers to say so.
   */
  readonly publishedUntil: string | null;
}
