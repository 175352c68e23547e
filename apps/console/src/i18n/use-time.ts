import { useLingui } from '@lingui/react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useSyncExternalStore } from 'react';
import { sessionQuery } from '../api/session.js';
import { timeFormat, type TimeFormat } from './time-text.js';

/** Times in the agent's language and zone. */
export function useTime(): TimeFormat {
  const { i18n } = useLingui();
  const { locale } = i18n;
  const { data: session } = useQuery(sessionQuery);
  const zone = session?.person.timeZone;
  return useMemo(() => timeFormat(locale, knownZone(zone)), [locale, zone]);
}

/** A zone that this browser does not know falls back to the machine's own rather than break the page. */
export function knownZone(zone: string | undefined): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return undefined;
  }
}

interface Ticker {
  readonly subscribe: (listener: () => void) => () => void;
  readonly now: () => number;
}

/** One timer for everyone who counts in the same step; it stands still while nobody looks. */
function ticker(stepMs: number): Ticker {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let now = Date.now();
  const tick = (): void => {
    now = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    subscribe: (listener) => {
      if (listeners.size === 0) {
        now = Date.now();
        timer = setInterval(tick, stepMs);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
    now: () => now,
  };
}

const tickers = { second: ticker(1_000), minute: ticker(20_000) };

/** The current time in ms, renewed by the second or about three times a minute. */
export function useNow(step: keyof typeof tickers): number {
  const { subscribe, now } = tickers[step];
  return useSyncExternalStore(subscribe, now);
}
