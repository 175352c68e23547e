import { loadavg } from 'node:os';
import { rounded } from './figures.js';

export interface NamedRate {
  readonly name: string;
  readonly rate: number;
}

/** What a suite found; `--json` prints it on one line. Rates are medians, a second. */
export interface Report {
  readonly suite: string;
  readonly mode: string;
  readonly unit: string;
  readonly rate: number;
  /** The bare limit that `ratio` is over, measured between the rounds. */
  readonly limit: NamedRate;
  readonly ratio: number;
  /** Further limits of the same run. */
  readonly limits: readonly (NamedRate & { readonly ratio: number })[];
  /** Of every round. */
  readonly rounds: readonly number[];
  /** Milliseconds. */
  readonly latency?: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Milliseconds of processor time a message, by program, of the last round. */
  readonly cpu?: Readonly<Record<string, number>>;
  /** Posts that were not answered with 2xx. */
  readonly refused: number;
  /** Posts that were accepted and are not exactly one message. */
  readonly lost: number;
  readonly doubled: number;
  readonly load: readonly number[];
}

export function overLimits(
  rate: number,
  limits: readonly NamedRate[],
): Pick<Report, 'rate' | 'limit' | 'ratio' | 'limits'> {
  const [limit, ...others] = limits.map((each) => ({ name: each.name, rate: rounded(each.rate) }));
  const ratio = (of: NamedRate) => Number((rate / of.rate).toFixed(3));
  return {
    rate: rounded(rate),
    limit: limit!,
    ratio: ratio(limit!),
    limits: others.map((other) => ({ ...other, ratio: ratio(other) })),
  };
}

export function loadNow(): readonly number[] {
  return loadavg().map((value) => Number(value.toFixed(2)));
}

export function describe(report: Report): string {
  const { latency, limit } = report;
  return [
    `${report.suite} (${report.mode}): ${report.rate} ${report.unit}/s, rounds ${report.rounds.join(' ')}`,
    ...(latency ? [`  latency p50 ${latency.p50} ms, p95 ${latency.p95} ms, p99 ${latency.p99} ms`] : []),
    ...[{ ...limit, ratio: report.ratio }, ...report.limits].map(
      (each) => `  ${each.ratio} of ${each.name}: ${each.rate}/s`,
    ),
    `  refused ${report.refused}, lost ${report.lost}, doubled ${report.doubled}; load average ${report.load.join(' ')}`,
  ].join('\n');
}

/** A bench that loses, doubles or refuses is no bench. */
export function failed(report: Report): boolean {
  return report.refused + report.lost + report.doubled > 0;
}
