import { median, percentile, perSecond, rounded } from './figures.js';
import { formPosts } from './form-posts.js';
import { accepted, load, refused } from './http-load.js';
import { commitLimit, echoLimit } from './limits.js';
import { type MeasuredSystemOptions, startMeasuredSystem } from './measured-system.js';
import { loadNow, overLimits, type Report } from './report.js';
import { Store } from './stored.js';

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
  try {
    const total = { accepted: 0, refused: 0, messages: 0, distinct: 0 };
    const rates: number[] = [];
    const latencies: number[] = [];
    const limitRates: number[][] = limits.map(() => []);
    for (let round = 0; round <= rounds; round++) {
      const warmUp = round === 0;
      for (const [i, limit] of limits.entries()) {
        const rate = await limit.measure(warmUp ? WARM_UP_MS : LIMIT_MS);
        if (!warmUp) limitRates[i]!.push(rate);
        if (!warmUp) say(`round ${round}: ${limit.name}: ${rounded(rate)}/s`);
      }
      const run = `a${round}`;
      const posted = await load({
        url: system.url,
        connections: CONNECTIONS,
        milliseconds: warmUp ? WARM_UP_MS : ROUND_MS,
        next: formPosts(system.inboxId, run),
      });
      const stored = await store.quiet(run, accepted(posted));
      total.accepted += accepted(posted);
      total.refused += refused(posted);
      total.messages += stored.messages;
      total.distinct += stored.distinct;
      if (warmUp) continue;
      rates.push(perSecond(accepted(posted), posted.milliseconds));
      latencies.push(...posted.latencies);
      say(
        `round ${round}: accepted ${rounded(rates.at(-1)!)}/s (${accepted(posted)}), load average ${loadNow().join(' ')}`,
      );
    }
    return {
      suite: 'accept',
      mode,
      unit: 'messages',
      ...overLimits(
        median(rates),
        limits.map(({ name }, i) => ({ name, rate: median(limitRates[i]!) })),
      ),
      rounds: rates.map(rounded),
      latency: {
        p50: rounded(percentile(latencies, 50)),
        p95: rounded(percentile(latencies, 95)),
        p99: rounded(percentile(latencies, 99)),
      },
      refused: total.refused,
      lost: total.accepted - total.distinct,
      doubled: total.messages - total.distinct,
      load: loadNow(),
    };
  } finally {
    for (const limit of limits) await limit.close();
    await store.close();
    await system.stop();
  }
}
