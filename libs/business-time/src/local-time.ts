/** Milliseconds. */
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

const TIME = /^(\d{2}):([0-5]\d)$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Milliseconds from the start of the date; null when it is not `HH:MM` up to 48:00. */
export function parseTime(text: unknown): number | null {
  const match = typeof text === 'string' ? TIME.exec(text) : null;
  if (!match) return null;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return minutes <= 48 * 60 ? minutes * MINUTE : null;
}

/** A local date as the UTC instant of its name's midnight; null when there is no such date. */
export function parseDate(text: unknown): number | null {
  const match = typeof text === 'string' ? DATE.exec(text) : null;
  if (!match) return null;
  const midnight = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(midnight).toISOString().slice(0, 10) === text ? midnight : null;
}
