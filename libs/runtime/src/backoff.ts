/**
 * How long to wait before attempt `attempt + 1`: exponential with full jitter, so that many clients that failed
 * together do not come back together.
 *
 * @param attempt attempts made so far, from 1.
 * @param random a number in [0, 1).
 * @returns milliseconds in [baseMs / 2, maxMs].
 */
export function backoffMs(attempt: number, random: number, baseMs = 100, maxMs = 10_000): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 20));
  return Math.max(baseMs / 2, Math.round(ceiling * random));
}
