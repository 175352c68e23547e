import { median, perSecond, rounded } from './figures.js';
import { formPosts } from './form-posts.js';
import { accepted, type Load, load, type Post, refused } from './http-load.js';
import { type MeasuredSystem, type MeasuredSystemOptions, startMeasuredSystem } from './measured-system.js';
import { loadNow, overLimits, type Report } from './report.js';
import { connectCaller, SIGNED_CALLERS, signedPosts } from './signed-posts.js';
import { Store } from './stored.js';
import { Tally } from './tally.js';

const CONNECTIONS = 32;
const ROUND_MS = 4000;
const WARM_UP_MS = 1500;
/** More than are taken in a round. */
const SIGNED_AHEAD = 20_000;
const FORM = 'form posts';

/**
 * How many signed calls of providers are taken in a second, beside form posts in the same run, each in turn: the
 * slowest channel over the form.
 */
export async function benchAcceptSigned(
  options: MeasuredSystemOptions & { readonly rounds: number },
  say: (line: string) => void,
): Promise<Report> {
  const system = await startMeasuredSystem(options, say);
  const store = await Store.open(system.databaseUrl);
  try {
    const sources = await sourcesOf(system);
    const tally = new Tally();
    const rates = new Map(sources.map(({ name }) => [name, [] as number[]]));
    for (let round = 0; round <= options.rounds; round++) {
      for (const [at, { name, postsOf }] of sources.entries()) {
        const run = `w${round}${at}`;
        const posted = await postAll(system, postsOf(run), round === 0 ? WARM_UP_MS : ROUND_MS);
        const taken = { accepted: accepted(posted), refused: refused(posted) };
        tally.add(taken, await store.quiet(run, taken.accepted));
        if (round === 0) continue;
        const rate = perSecond(taken.accepted, posted.milliseconds);
        rates.get(name)!.push(rate);
        say(`round ${round}: ${name}: ${rounded(rate)}/s, load average ${loadNow().join(' ')}`);
      }
      if (round === 0) await store.analyze();
    }
    if (system.restarts() > 0) throw new Error('a process died and was started again');
    return report(options.mode, rates, tally);
  } finally {
    await store.close();
    await system.stop();
  }
}

interface Source {
  readonly name: string;
  readonly postsOf: (run: string) => () => Post | undefined;
}

async function sourcesOf(system: MeasuredSystem): Promise<readonly Source[]> {
  const form: Source = { name: FORM, postsOf: (run) => formPosts(system.inboxId, run) };
  const sources = [form];
  for (const caller of SIGNED_CALLERS) {
    const url = await connectCaller(system.desk, caller);
    sources.push({ name: caller.channel, postsOf: (run) => signedPosts(caller, url, run, SIGNED_AHEAD) });
  }
  return sources;
}

function postAll({ url }: MeasuredSystem, next: () => Post | undefined, milliseconds: number): Promise<Load> {
  return load({ url, connections: CONNECTIONS, milliseconds, next });
}

function report(
  mode: string,
  rates: ReadonlyMap<string, readonly number[]>,
  { findings }: Tally,
): Report & { readonly channels: Readonly<Record<string, { rate: number; ratio: number }>> } {
  const form = { name: FORM, rate: median(rates.get(FORM)!) };
  const channels = [...rates]
    .filter(([name]) => name !== FORM)
    .map(([name, all]) => ({ name, all, rate: median(all) }))
    .toSorted((a, b) => a.rate - b.rate);
  const slowest = channels[0]!;
  return {
    ...{ suite: 'accept, signed calls', mode, unit: `messages by ${slowest.name}` },
    ...overLimits(slowest.rate, [form]),
    rounds: slowest.all.map(rounded),
    channels: Object.fromEntries(
      channels.map(({ name, rate }) => [
        name,
        { rate: rounded(rate), ratio: Number((rate / form.rate).toFixed(3)) },
      ]),
    ),
    ...findings,
    load: loadNow(),
  };
}
