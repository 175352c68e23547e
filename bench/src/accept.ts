import { median, percentile, perSecond, rounded } from './figures.js';
import { formPosts } from './form-posts.js';
import { accepted, type Load, load, refused } from './http-load.js';
import { commitLimit, echoLimit } from './limits.js';
import { type MeasuredSystem, type MeasuredSystemOptions, startMeasuredSystem } from './measured-system.js';
import { loadNow, overLimits, type Report } from './report.js';
import { Store } from './stored.js';
import { Tally } from './tally.js';

const CONNECTIONS = 32;
const ROUND_MS = 4000;
const LIMIT_MS = 2000;
const WARM_UP_MS = 1500;

/**
 * How many form posts a second are taken in, each durable before its answer, while everything behind the door goes
 * on working on them; in turn with the bare limits, so that whatever else the machine does falls on both.
 */
export async function benchAccept(
  options: MeasuredSystemOptions & { readonly rounds: number },
  say: (line: string) => void,
): Promise<Report> {
  const { mode, rounds } = options;
  const system = await startMeasuredSystem(options, say);
  const store = await Store.open(system.databaseUrl);
  const limits = [await echoLimit(CONNECTIONS), await commitLimit(system.databaseUrl, CONNECTIONS)];
  const tally = new Tally();
  const rates: number[] = [];
  const latencies: number[] = [];
  const limitRates: number[][] = limits.map(() => []);
  try {
    for (let round = 0; round <= rounds; round++) {
      const warmUp = round === 0;
      for (const [i, limit] of limits.entries()) {
        const rate = await limit.measure(warmUp ? WARM_UP_MS : LIMIT_MS);
        if (warmUp) continue;
        limitRates[i]!.push(rate);
        say(`round ${round}: ${limit.name}: ${rounded(rate)}/s`);
      }
      const posted = await postFor(system, `a${round}`, warmUp ? WARM_UP_MS : ROUND_MS);
      const taken = { accepted: accepted(posted), refused: refused(posted) };
      tally.add(taken, await store.quiet(`a${round}`, taken.accepted));
      if (warmUp) await store.analyze();
      if (warmUp) continue;
      const rate = perSecond(taken.accepted, posted.milliseconds);
      rates.push(rate);
      latencies.push(...posted.latencies);
      say(
        `round ${round}: accepted ${rounded(rate)}/s (${taken.accepted}), load average ${loadNow().join(' ')}`,
      );
    }
    if (system.restarts() > 0) throw new Error('a process died and was started again');
    const medians = limits.map(({ name }, i) => ({ name, rate: median(limitRates[i]!) }));
    return {
      ...{ suite: 'accept', mode, unit: 'messages', ...overLimits(median(rates), medians) },
      rounds: rates.map(rounded),
      latency: latencyOf(latencies),
      ...tally.findings,
      load: loadNow(),
    };
  } finally {
    for (const limit of limits) await limit.close();
    await store.close();
    await system.stop();
  }
}

function postFor(system: MeasuredSystem, run: string, milliseconds: number): Promise<Load> {
  const { url, inboxId } = system;
  return load({ url, connections: CONNECTIONS, milliseconds, next: formPosts(inboxId, run) });
}

function latencyOf(latencies: readonly number[]): NonNullable<Report['latency']> {
  const at = (percent: number) => rounded(percentile(latencies, percent));
  return { p50: at(50), p95: at(95), p99: at(99) };
}
