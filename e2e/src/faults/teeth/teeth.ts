import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  checkHistory,
  type CodeEdit,
  HistoryLog,
  type HistoryReport,
  isSound,
  type RunningServices,
  type ServiceName,
  startServices,
  type StoredState,
  underPlan,
} from '@tributary/testing';
import type { Desk } from '../../system/desk.js';
import { outboxesAreEmpty, readStoredState } from '../stored-state.js';
import { openForWork } from '../team.js';
import { POINTS } from './fault-points.js';
import { isReadToTheEnd } from './log-tables.js';
import type { Play } from './plays.js';
import type { SeededBug } from './seeded-bugs.js';
import { Stage } from './stage.js';

export interface TeethResult {
  readonly caught: readonly string[];
  /** Plays that were not clean without a bug, and bugs in which what they do was not found. */
  readonly missed: readonly string[];
}

type Say = (line: string) => void;

const GRACE_MS = 22_000;
const SETTLED_MS = 60_000;
/** An outbox row that nobody will ever send is a finding, not a reason to wait. */
const STUCK_MS = 10_000;
const STILL_MS = 1000;
const TICKET_UNITS = 1;

/**
 * Plays each bug's play twice on one system, with the log in the database: as the build is, which must be clean, and
 * with the bug in it, which must be found. Data and logs stay on the disk when a bug or a play was missed.
 */
export async function teeth(bugs: readonly SeededBug[], say: Say): Promise<TeethResult> {
  const home = await mkdtemp(join(tmpdir(), 'tributary-teeth-'));
  say(`data, logs and histories: ${home}`);
  const services = await startServices({ home, kafka: 'embedded' });
  let missed: readonly string[] = ['all'];
  try {
    const team = await openForWork(services.signInUrl, TICKET_UNITS);
    const inbox = await team[0]!.inboxOf('web_form');
    const runs = new Runs(services, team, `${services.url}/f/${inbox.id}`, home);
    const found = await biteAll(bugs, runs, say);
    await runs.restore();
    ({ missed } = found);
    return found;
  } finally {
    await services.stop();
    if (missed.length === 0) await rm(home, { recursive: true, force: true });
  }
}

async function biteAll(bugs: readonly SeededBug[], runs: Runs, say: Say): Promise<TeethResult> {
  const caught: string[] = [];
  const missed: string[] = [];
  for (const [play, shown] of Map.groupBy(bugs, (bug) => bug.play)) {
    const begun = performance.now();
    const control = await runs.run(play, []);
    const clean = isSound(control);
    say(`no bug: ${play.name}: ${clean ? 'clean' : told(control)} ${since(begun)}`);
    if (!clean) missed.push(`no bug: ${play.name}`);
    for (const { name, edits, shows } of shown) {
      const seeded = performance.now();
      const report = await runs.run(play, edits);
      const isCaught = clean && report[shows].length > 0;
      say(
        `${name}: ${told(report)} ${isCaught ? 'caught' : `MISSED, ${shows} was to be found`} ${since(seeded)}`,
      );
      (isCaught ? caught : missed).push(name);
    }
  }
  return { caught, missed };
}

/** The runs of one system. Each has conversations of its own, and is judged by them alone. */
class Runs {
  #count = 0;
  #edited: ServiceName | undefined;

  constructor(
    private readonly services: RunningServices,
    private readonly team: readonly Desk[],
    private readonly formUrl: string,
    private readonly home: string,
  ) {}

  async run(play: Play, bug: readonly CodeEdit[]): Promise<HistoryReport> {
    const { services, team, formUrl } = this;
    this.#count += 1;
    const first = this.#count * 1000;
    const folder = join(this.home, 'runs', String(this.#count));
    await mkdir(folder, { recursive: true });
    const edits = [...POINTS, ...play.points, ...bug];
    const nodeArgs = await underPlan({ folder, edits, rules: play.rules(first) });
    if (this.#edited !== play.service) await this.restore();
    await this.#restart(play.service, nodeArgs);
    this.#edited = play.service;
    const history = await HistoryLog.open(join(folder, 'history.jsonl'));
    const before = new Set((await readStoredState(services.databaseUrl)).quarantined);
    const stage = new Stage({ services, team, formUrl, first, history, folder, nodeArgs });
    await play.act(stage);
    const judged = async () => {
      const state = await readStoredState(services.databaseUrl);
      const own = { ...ofRun(state, first), work: await stage.notes() };
      const quarantined = state.quarantined.filter((sha256) => !before.has(sha256));
      return checkHistory(history.entries, { ...own, quarantined });
    };
    const report = await this.#settled(judged, bug.length === 0);
    await history.close();
    return report;
  }

  /** Every process is as the build is again. */
  async restore(): Promise<void> {
    if (this.#edited !== undefined) await this.#restart(this.#edited, []);
    this.#edited = undefined;
  }

  async #restart(name: ServiceName, nodeArgs: readonly string[]): Promise<void> {
    await this.services.processes[name].restart(nodeArgs, GRACE_MS);
  }

  /** What is found once nothing moves any more; a run without a bug may take its time to become clean. */
  async #settled(judged: () => Promise<HistoryReport>, isControl: boolean): Promise<HistoryReport> {
    const { databaseUrl } = this.services;
    const begun = performance.now();
    for (let still = 0; ; still += 1) {
      const waited = performance.now() - begun;
      const isQuiet =
        (await isReadToTheEnd(databaseUrl)) &&
        (waited > STUCK_MS || (await outboxesAreEmpty(databaseUrl))) &&
        (!isControl || isSound(await judged()));
      if (!isQuiet) still = -1;
      if (still * 100 > STILL_MS || waited > SETTLED_MS) return judged();
      await sleep(100);
    }
  }
}

/** What belongs to the conversations of one run. */
function ofRun(
  { messages, tickets, loads }: StoredState,
  first: number,
): Omit<StoredState, 'work' | 'quarantined'> {
  const own = messages.filter(({ id }) => Math.floor(Number.parseInt(id, 10) / 1000) * 1000 === first);
  const ids = new Set(own.map(({ ticketId }) => ticketId));
  return { messages: own, tickets: tickets.filter(({ id }) => ids.has(id)), loads };
}

function told(report: HistoryReport): string {
  const { accepted, ...findings } = report;
  const found = Object.entries(findings).filter(([, names]) => names.length > 0);
  return [`accepted=${accepted}`, ...found.map(([name, names]) => `${name}=${names.length}`)].join(' ');
}

function since(begun: number): string {
  return `(${((performance.now() - begun) / 1000).toFixed(1)} s)`;
}
