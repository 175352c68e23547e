import type { RoutingPolicyView } from '@tributary/contracts';
import { Desk } from '@tributary/e2e';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuEach, cpuTimes } from './cpu.js';
import { median, perSecond, rounded } from './figures.js';
import { formPosts } from './form-posts.js';
import { accepted, load, refused } from './http-load.js';
import { batchLimit } from './limits.js';
import { type MeasuredSystem, type MeasuredSystemOptions, startMeasuredSystem } from './measured-system.js';
import { loadNow, overLimits, type Report } from './report.js';
import { Store } from './stored.js';
import { Tally } from './tally.js';

const CONNECTIONS = 32;
const LIMIT_MS = 2000;
const WARM_UP = 500;
/** A ticket costs one unit here, and an agent has a hundred: else most tickets would rightly wait. */
const TICKETS_AN_AGENT = 100;
/** The lease is 45 s; more would measure presence. */
const HEARTBEAT_MS = 30_000;
/** A look at the tickets costs what some messages cost. */
const LOOK_MS = 100;
const GIVE_UP_MS = 300_000;

export interface PipelineOptions extends MeasuredSystemOptions {
  readonly rounds: number;
  /** A round. */
  readonly messages: number;
}

/**
 * Messages a second from the first accepted post to the moment the last ticket has its agent: the whole way through
 * the door, the log, the book of record, the router and back, while the posts still come.
 */
export async function benchPipeline(options: PipelineOptions, say: (line: string) => void): Promise<Report> {
  const { mode, rounds, messages } = options;
  const system = await startMeasuredSystem(options, say);
  const store = await Store.open(system.databaseUrl);
  const limit = await batchLimit(system.databaseUrl);
  const agents = new Agents();
  try {
    const count = Math.ceil((WARM_UP + messages * rounds) / TICKETS_AN_AGENT) + 1;
    say(`making ${count} agents available; a ticket costs 1 of their 100 units`);
    await agents.hire(system.desk, count);
    const tally = new Tally();
    let unassigned = 0;
    const rates: number[] = [];
    const limitRates: number[] = [];
    let cpu: Readonly<Record<string, number>> = {};
    for (let round = 0; round <= rounds; round++) {
      const warmUp = round === 0;
      const limitRate = await limit.measure(LIMIT_MS);
      await agents.renew();
      const run = `p${round}`;
      const before = await cpuTimes();
      const result = await runOnce(system, store, run, warmUp ? WARM_UP : messages);
      const stored = await store.quiet(run, result.accepted);
      cpu = cpuEach(before, await cpuTimes(), result.accepted);
      tally.add(result, stored);
      unassigned += stored.tickets - stored.assigned;
      if (warmUp) continue;
      rates.push(result.rate);
      limitRates.push(limitRate);
      say(`round ${round}: ${told(result, limit.name, limitRate, cpu)}`);
    }
    const overloaded = await store.overloaded();
    if (overloaded > 0) throw new Error(`${overloaded} agents carry more than they can`);
    if (unassigned > 0) throw new Error(`${unassigned} tickets have no agent`);
    return {
      ...{ suite: 'pipeline', mode, unit: 'messages' },
      ...overLimits(median(rates), [{ name: limit.name, rate: median(limitRates) }]),
      rounds: rates.map(rounded),
      cpu,
      ...tally.findings,
      load: loadNow(),
    };
  } finally {
    agents.leave();
    await limit.close();
    await store.close();
    await system.stop();
  }
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

async function runOnce(system: MeasuredSystem, store: Store, run: string, messages: number) {
  const before = await store.assigned();
  const begun = performance.now();
  const posting = load({
    url: system.url,
    connections: CONNECTIONS,
    next: formPosts(system.inboxId, run, messages),
  });
  const posted = await posting;
  const wanted = before + accepted(posted);
  while ((await store.assigned()) < wanted) {
    if (performance.now() - begun > GIVE_UP_MS) break;
    await sleep(LOOK_MS);
  }
  const assignedMs = performance.now() - begun;
  return {
    accepted: accepted(posted),
    refused: refused(posted),
    acceptMs: posted.milliseconds,
    assignedMs,
    rate: perSecond(accepted(posted), assignedMs),
  };
}

/** People who can take any ticket of the default queue, signed in and available. */
class Agents {
  #desks: readonly Desk[] = [];
  #heartbeat: NodeJS.Timeout | undefined;

  async hire(admin: Desk, count: number): Promise<void> {
    const policy = await admin.call<RoutingPolicyView>('GET', '/api/routing/policy');
    await admin.call('PUT', '/api/routing/policy', { ...policy, costs: { ...policy.costs, web_form: 1 } });
    const teams = await admin.call<readonly { readonly id: string }[]>('GET', '/api/teams');
    const desks: Desk[] = [];
    for (let n = 0; n < count; n++) {
      const person = await admin.call<{ readonly id: string }>('POST', '/api/people', {
        name: `Agent ${n}`,
        email: `agent-${n}@bench.example`,
        role: 'agent',
        languages: ['en'],
        teamIds: teams.map(({ id }) => id),
      });
      const link = await admin.call<{ readonly url: string }>(
        'POST',
        `/api/people/${person.id}/sign-in-link`,
        {},
      );
      desks.push(await Desk.signIn(link.url));
    }
    this.#desks = desks;
    await this.renew();
    this.#heartbeat = setInterval(() => void this.renew().catch(() => undefined), HEARTBEAT_MS);
  }

  async renew(): Promise<void> {
    for (const desk of this.#desks) await desk.presence('available');
  }

  leave(): void {
    clearInterval(this.#heartbeat);
  }
}
