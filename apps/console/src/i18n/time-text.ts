import type { Translate } from './use-translate.js';

/** A span in the two units that matter: `3 d 4 h`, `2 h 5 min`, `12 min`, `40 s`. Never negative. */
export function durationText(seconds: number, t: Translate): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) return hours > 0 ? t('time.days_hours', { days, hours }) : t('time.days', { days });
  if (hours > 0)
    return minutes > 0 ? t('time.hours_minutes', { hours, minutes }) : t('time.hours', { hours });
  return minutes > 0 ? t('time.minutes', { minutes }) : t('time.seconds', { seconds: whole });
}

/** `12:04`: minutes and seconds, for what is nearly due. */
export function countdownText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** The calendar day of an instant in a zone, as `2026-11-24`: what messages are grouped by. */
export function dayKey(at: string, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(new Date(at));
}

export function bytesText(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[power],
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  }).format(value);
}

export interface TimeFormat {
  /** `12:04`. */
  readonly time: (at: string) => string;
  /** Date and time in full, with seconds: what stands behind every short time. */
  readonly exact: (at: string) => string;
  /** `Today`, `Yesterday`, or the date. */
  readonly day: (at: string, now: number) => string;
  /** `now`, `5 min ago`, `yesterday`, then the date. */
  readonly ago: (at: string, now: number) => string;
  /** From one moment to another, the day said once where it is the same. */
  readonly span: (from: string, to: string) => string;
  /** Short date and time, the date left out when it is today. */
  readonly moment: (at: string, now: number) => string;
}

/** Times in one language and zone; formatters are built once, for building them is what is slow. */
export function timeFormat(locale: string, timeZone: string | undefined): TimeFormat {
  const write = writers(locale, timeZone);
  const daysBefore = (at: string, now: number): number =>
    Math.round((Date.parse(write.key(new Date(now).toISOString())) - Date.parse(write.key(at))) / 86_400_000);
  const date = (at: string, now: number): string =>
    write.key(at).slice(0, 4) === write.key(new Date(now).toISOString()).slice(0, 4)
      ? write.date(at)
      : write.fullDate(at);

  return {
    time: write.time,
    exact: write.exact,
    day: (at, now) => {
      const days = daysBefore(at, now);
      if (days === 0 || days === 1) return capitalised(write.relative(-days, 'day'), locale);
      return days > 1 && days < 7 ? write.weekday(at) : date(at, now);
    },
    ago: (at, now) => {
      const seconds = (now - Date.parse(at)) / 1000;
      if (seconds < 45) return write.relative(0, 'second');
      if (seconds < 3600) return write.relative(-Math.max(1, Math.round(seconds / 60)), 'minute');
      if (seconds < 12 * 3600) return write.relative(-Math.round(seconds / 3600), 'hour');
      const days = daysBefore(at, now);
      if (days === 0) return write.time(at);
      return days === 1 ? write.relative(-1, 'day') : date(at, now);
    },
    span: write.span,
    moment: (at, now) => (daysBefore(at, now) === 0 ? write.time(at) : `${date(at, now)} ${write.time(at)}`),
  };
}

const capitalised = (text: string, locale: string): string =>
  text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

function writers(locale: string, timeZone: string | undefined) {
  const writer = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone, hourCycle: 'h23', ...options });
    return (at: string): string => format.format(new Date(at));
  };
  const range = new Intl.DateTimeFormat(locale, {
    timeZone,
    hourCycle: 'h23',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' });
  return {
    key: (at: string): string => dayKey(at, timeZone),
    time: writer({ hour: '2-digit', minute: '2-digit' }),
    exact: writer({ dateStyle: 'full', timeStyle: 'medium' }),
    date: writer({ month: 'short', day: 'numeric' }),
    fullDate: writer({ year: 'numeric', month: 'short', day: 'numeric' }),
    weekday: writer({ weekday: 'long', month: 'short', day: 'numeric' }),
    span: (from: string, to: string): string => range.formatRange(new Date(from), new Date(to)),
    relative: (value: number, unit: Intl.RelativeTimeFormatUnit): string => relative.format(value, unit),
  };
}
