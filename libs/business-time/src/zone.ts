import { DAY } from './local-time.js';

/** A time zone's rules, read from the runtime's tz database. All values in milliseconds. */
export interface Zone {
  /** Local time minus UTC at the instant. */
  readonly offsetAt: (instant: number) => number;
  /**
   * The instant of a local time, which is given as the UTC instant of the same name. A local time that does not
   * exist moves forward by the gap; one that exists twice is its first occurrence.
   */
  readonly toInstant: (local: number) => number;
}

/** Rules once read serve every calendar of the zone. */
const zones = new Map<string, Zone>();
const OFFSET = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/** Throws a `RangeError` for a zone that the runtime does not know. */
export function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known) return known;
  const zone = readZone(timeZone);
  zones.set(timeZone, zone);
  return zone;
}

/**
 * Asks Intl once a UTC day and looks for the second of a change only where two days differ: asking for every
 * local time would cost a hundred times as much. No zone changes twice within one UTC day.
 */
function readZone(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const askOffset = (instant: number): number => {
    const match = OFFSET.exec(format.format(instant));
    if (!match) throw new TypeError('Intl gave an offset in an unknown form');
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
    return (sign === '-' ? -1000 : 1000) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  };
  const midnights = new Map<number, number>();
  const changes = new Map<number, number>();

  const offsetAtMidnight = (day: number): number => {
    const known = midnights.get(day);
    if (known !== undefined) return known;
    const offset = askOffset(day * DAY);
    midnights.set(day, offset);
    return offset;
  };

  /** First second of the UTC day that no longer has the offset the day began with. */
  const changeWithin = (day: number, before: number): number => {
    const known = changes.get(day);
    if (known !== undefined) return known;
    let low = (day * DAY) / 1000;
    let high = ((day + 1) * DAY) / 1000;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (askOffset(middle * 1000) === before) low = middle;
      else high = middle;
    }
    changes.set(day, high * 1000);
    return high * 1000;
  };

  const offsetAt = (instant: number): number => {
    const day = Math.floor(instant / DAY);
    const before = offsetAtMidnight(day);
    const after = offsetAtMidnight(day + 1);
    return before === after || instant < changeWithin(day, before) ? before : after;
  };

  const toInstant = (local: number): number => {
    const before = offsetAt(local - DAY);
    const after = offsetAt(local + DAY);
    if (before === after) return local - before;
    const candidates = [local - before, local - after].filter(
      (instant) => offsetAt(instant) === local - instant,
    );
    return candidates.length > 0 ? Math.min(...candidates) : local - before;
  };

  return { offsetAt, toInstant };
}
