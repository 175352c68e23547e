import { ChannelError } from '@tributary/channel-sdk';
import { backoffMs } from '@tributary/runtime';

/** Longest waits between two sessions of a failing inbox, in milliseconds. */
export interface LongestWaits {
  readonly unavailable: number;
  readonly badCredentials: number;
}

/** A refused password will be refused again, and many providers lock an account that keeps trying. */
const LONGEST_WAIT_MS: LongestWaits = { unavailable: 60_000, badCredentials: 15 * 60_000 };
const FIRST_WAIT_MS: LongestWaits = { unavailable: 500, badCredentials: 60_000 };

/**
 * How long an inbox rests after its session failed, longer each time; never shorter than the provider asks.
 *
 * @param failures in a row, this one included.
 * @param random a number in [0, 1) for jitter.
 */
export function retryWaitMs(
  error: unknown,
  failures: number,
  random: number,
  longestWaits: LongestWaits = LONGEST_WAIT_MS,
): number {
  const kind = codeOf(error) === 'bad_credentials' ? 'badCredentials' : 'unavailable';
  const longest = longestWaits[kind];
  const wait = backoffMs(failures, random, Math.min(FIRST_WAIT_MS[kind], longest), longest);
  return Math.max(wait, error instanceof ChannelError ? (error.retryAfterMs ?? 0) : 0);
}

/** The channel's code, or the code of whatever else failed (the log, the object store, the database). */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'UNEXPECTED';
}

/** For the administrator's page. */
export function detailOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1000);
}
