import type { Calendar, NamedPeriod } from './calendar.js';
import { checkRange, lastStarted } from './open-hours.js';

/** The cause of closed time that no override explains. */
export const OUTSIDE_HOURS = 'outside hours';

/** A piece of time, `from` to `to` in milliseconds since 1970, that was open or closed for one reason. */
export interface ExplainedInterval {
  readonly from: number;
  readonly to: number;
  readonly kind: 'open' | 'closed';
  /**
   * Closed: the name of the holiday or half day that closes it, otherwise `OUTSIDE_HOURS`. Open: the name of the
   * make-up working day that opens it, otherwise null.
   */
  readonly cause: string | null;
}

/**
 * Tells how a calendar saw the time from `from` to `to`: pieces in order, without gaps or overlaps, neighbours of one
 * kind and cause joined; empty when the range is. The open pieces add up to `openMsBetween`.
 */
export function explain(calendar: Calendar, from: number, to: number): readonly ExplainedInterval[] {
  checkRange(from, to);
  const window = calendar.openWindow(from, to);
  const pieces: ExplainedInterval[] = [];
  let reached = from;
  for (let i = Math.max(0, lastStarted(window, from)); reached < to; i++) {
    const start = clamp(window.starts[i] ?? to, reached, to);
    const end = clamp(window.ends[i] ?? to, start, to);
    pieces.push(...splitByCause(reached, start, 'closed', window.closures));
    pieces.push(...splitByCause(start, end, 'open', window.openings));
    reached = end;
  }
  return joinNeighbours(pieces);
}

function splitByCause(
  from: number,
  to: number,
  kind: 'open' | 'closed',
  periods: readonly NamedPeriod[],
): ExplainedInterval[] {
  const otherwise = kind === 'open' ? null : OUTSIDE_HOURS;
  const pieces: ExplainedInterval[] = [];
  let reached = from;
  for (const period of periods) {
    if (period.start >= to) break;
    const start = Math.max(period.start, reached);
    const end = Math.min(period.end, to);
    if (end <= start) continue;
    if (start > reached) pieces.push({ from: reached, to: start, kind, cause: otherwise });
    pieces.push({ from: start, to: end, kind, cause: period.name });
    reached = end;
  }
  if (reached < to) pieces.push({ from: reached, to, kind, cause: otherwise });
  return pieces;
}

function joinNeighbours(pieces: readonly ExplainedInterval[]): readonly ExplainedInterval[] {
  const joined: ExplainedInterval[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last && last.kind === piece.kind && last.cause === piece.cause) {
      joined[joined.length - 1] = { ...last, to: piece.to };
    } else joined.push(piece);
  }
  return joined;
}

function clamp(instant: number, least: number, most: number): number {
  return Math.min(Math.max(instant, least), most);
}
