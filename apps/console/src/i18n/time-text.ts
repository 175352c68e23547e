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
  /** Short date and time, the date left out when it is today. */
  readonly moment: (at: string, now: number) => string;
}

/** Times in one language and zone; formatters are built once, for building them is what is slow. */
export function timeFormat(locale: string, timeZone: string | undefined): TimeFormat {
  const time = new Intl.DateTimeFormat(locale, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
  const exact = new Intl.DateTimeFormat(locale, {
    timeZone,
    dateStyle: 'full',
    timeStyle: 'medium',
    hour12: false,
  });
  const date = new Intl.DateTimeFormat(locale, { timeZone, month: 'short', day: 'numeric' });
  const fullDate = new Intl.DateTimeFormat(locale, {
    timeZone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  });
  const weekday = new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'long',
    month: 'short',
    day: 'numeric',
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const key = (at: string): string => dayKey(at, timeZone);
  const daysBefore = (at: string, now: number): number =>
    Math.round((Date.parse(key(new Date(now).toISOString())) - Date.parse(key(at))) / 86_400_000);
  const dateFor = (at: string, now: number): string =>
    key(at).slice(0, 4) === key(new Date(now).toISOString()).slice(0, 4)
      ? date.format(new Date(at))
      : fullDate.format(new Date(at));
  const capitalised = (text: string): string => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

  return {
    time: (at) => time.format(new Date(at)),
    exact: (at) => exact.format(new Date(at)),
    day: (at, now) => {
      const days = daysBefore(at, now);
      if (days === 0 || days === 1) return capitalised(relative.format(-days, 'day'));
      return days > 1 && days < 7 ? weekday.format(new Date(at)) : dateFor(at, now);
    },
    ago: (at, now) => {
      const seconds = (now - Date.parse(at)) / 1000;
      if (seconds < 45) return relative.format(0, 'second');
      if (seconds < 3600) return relative.format(-Math.max(1, Math.round(seconds / 60)), 'minute');
      if (seconds < 12 * 3600) return relative.format(-Math.round(seconds / 3600), 'hour');
      const days = daysBefore(at, now);
      if (days === 0) return time.format(new Date(at));
      return days === 1 ? relative.format(-1, 'day') : dateFor(at, now);
    },
    moment: (at, now) =>
      daysBefore(at, now) === 0
        ? time.format(new Date(at))
        : `${dateFor(at, now)} ${time.format(new Date(at))}`,
  };
}
