import type { EventLog } from '@tributary/event-log';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agents } from './agents.js';
import { cpuEach, cpuTimes } from './cpu.js';
import { median, perSecond, rounded } from './figures.js';
import { formPosts } from './form-posts.js';
import { accepted, load, refused } from './http-load.js';
import { batchLimit, type Limit } from './limits.js';
import { appendPosts, logOf } from './log-appends.js';
import { type MeasuredSystem, type MeasuredSystemOptions, startMeasuredSystem } from './measured-system.js';
import { loadNow, overLimits, type Report } from './report.js';
import { Store } from './stored.js';
import { Tally } from './tally.js';

const CONNECTIONS = 32;
const LIMIT_MS = 2000;
const WARM_UP = 500;
/** A ticket costs one unit here, and an agent has a hundred: else most tickets would rightly wait. */
const TICKETS_AN_AGENT = 100;
/** A look at the tickets costs what some messages cost: the nearer the end, the more often. */
const LOOK_MS = { least: 30, more: 1000 };
const GIVE_UP_MS = 300_000;

export interface PipelineOptions extends MeasuredSystemOptions {
  readonly rounds: number;
  /** A round. */
  readonly messages: number;
  /** `door`: posted to the form, as customers do. `log`: appended to the log, to see what stands behind the door. */
  readonly through: 'door' | 'log';
}

/** Sends a run's messages; resolves when all are accepted. */
type Send = (run: string, messages: number) => Promise<Sent>;

interface Sent {
  readonly accepted: number;
  readonly refused: number;
}

/**
 * Messages a second from the first that is sent to the moment the last ticket has its agent: the whole way through
 * the door, the log, the book of record, the router and back, while others still come in.
 */
export async function benchPipeline(options: PipelineOptions, say: (line: string) => void): Promise<Report> {
  const { mode, rounds, messages, through } = options;
  const system = await startMeasuredSystem(options, say);
  const store = await Store.open(system.databaseUrl);
  const limit = await batchLimit(system.databaseUrl);
  const agents = new Agents();
  const log = logOf(system);
  const send = through === 'door' ? postTo(system) : appendTo(system, log);
  try {
    const count = Math.ceil((WARM_UP + messages * rounds) / TICKETS_AN_AGENT) + 1;
    say(`making ${count} agents available; a ticket costs 1 of their 100 units`);
    await agents.hire(system.desk, count);
    const { rates, limitRates, cpu, tally } = await measureRounds(
      { ...options, send, store, limit, agents },
      say,
    );
    const overloaded = await store.overloaded();
    if (overloaded > 0) throw new Error(`${overloaded} agents carry more than they can`);
    if (system.restarts() > 0) throw new Error('a process died and was started again');
    return {
      ...{
        suite: 'pipeline',
        mode: through === 'door' ? mode : `${mode}, through the log`,
        unit: 'messages',
      },
      ...overLimits(median(rates), [{ name: limit.name, rate: median(limitRates) }]),
      rounds: rates.map(rounded),
      cpu,
      ...tally.findings,
      load: loadNow(),
    };
  } finally {
    agents.leave();
    await limit.close();
    await log.close();
    await store.close();
    await system.stop();
  }
}

interface Rounds extends Pick<PipelineOptions, 'rounds' | 'messages'> {
  readonly send: Send;
  readonly store: Store;
  readonly limit: Limit;
  readonly agents: Agents;
}

/** A round to warm up, then the measured ones, each beside a measurement of the limit. */
async function measureRounds(
  { rounds, messages, send, store, limit, agents }: Rounds,
  say: (line: string) => void,
) {
  const tally = new Tally();
  const [rates, limitRates]: [number[], number[]] = [[], []];
  let cpu: Readonly<Record<string, number>> = {};
  for (let round = 0; round <= rounds; round++) {
    const warmUp = round === 0;
    const limitRate = await limit.measure(LIMIT_MS);
    await agents.renew();
    const run = `p${round}`;
    const before = await cpuTimes();
    const result = await runOnce(send, store, run, warmUp ? WARM_UP : messages);
    const stored = await store.quiet(run, result.accepted);
    cpu = cpuEach(before, await cpuTimes(), result.accepted);
    tally.add(result, stored);
    if (stored.assigned < stored.tickets)
      throw new Error(`${stored.tickets - stored.assigned} tickets have no agent`);
    if (warmUp) await store.analyze();
    if (warmUp) continue;
    rates.push(result.rate);
    limitRates.push(limitRate);
    say(`round ${round}: ${told(result, limit.name, limitRate, cpu)}`);
  }
  return { rates, limitRates, cpu, tally };
}

function told(
  { rate, accepted: count, acceptMs, assignedMs }: Awaited<ReturnType<typeof runOnce>>,
  limit: string,
  limitRate: number,
  cpu: Readonly<Record<string, number>>,
): string {
  return (
    `${rounded(rate)} messages/s (${count} accepted in ${rounded(acceptMs)} ms, ` +
    `assigned in ${rounded(assignedMs)} ms); ${limit}: ${rounded(limitRate)}/s; ` +
    `processor ms a message ${JSON.stringify(cpu)}; load average ${loadNow().join(' ')}`
  );
}

function postTo({ url, inboxId }: MeasuredSystem): Send {
  return async (run, messages) => {
    const next = formPosts(inboxId, run, messages);
    const posted = await load({ url, connections: CONNECTIONS, next });
    return { accepted: accepted(posted), refused: refused(posted) };
  };
}

function appendTo(system: MeasuredSystem, log: EventLog): Send {
  return async (run, messages) => {
    const next = formPosts(system.inboxId, run, messages);
    return { accepted: await appendPosts(log, system, next), refused: 0 };
  };
}

async function runOnce(send: Send, store: Store, run: string, messages: number) {
  const before = await store.assigned();
  const begun = performance.now();
  const sent = await send(run, messages);
  const acceptMs = performance.now() - begun;
  for (;;) {
    const left = before + sent.accepted - (await store.assigned());
    if (left <= 0 || performance.now() - begun > GIVE_UP_MS) break;
    await sleep(LOOK_MS.least + (LOOK_MS.more * left) / sent.accepted);
  }
  const assignedMs = performance.now() - begun;
  return { ...sent, acceptMs, assignedMs, rate: perSecond(sent.accepted, assignedMs) };
}
