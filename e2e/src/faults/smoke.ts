import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  checkHistory,
  HistoryLog,
  type HistoryReport,
  isSound,
  type RunningServices,
  startServices,
} from '@tributary/testing';
import { reconcile } from '../system/reconcile.js';
import { converse } from './conversations.js';
import { killInTurn, seededNumbers } from './kills.js';
import { outboxesAreEmpty, readStoredState } from './stored-state.js';
import { openForWork } from './team.js';

export interface SmokeOptions {
  readonly messages: number;
  readonly faults: number;
  readonly seed: number;
}

export interface SmokeResult {
  readonly report: HistoryReport;
  readonly faults: number;
  readonly reconciled: boolean;
  readonly sound: boolean;
}

const MESSAGES_EACH = 8;
const EVERY_MS = 120;
/** A ticket costs so much that the team cannot take all of them: the limit is put to the test as well. */
const COST = 5;
/** Everything that was accepted is seen so soon after the last death. */
const RECOVERY_MS = 180_000;
/** Nothing may change any more. */
const QUIET_MS = 5000;

/**
 * Services mode on Kafka: customers write while processes die, then all that was acknowledged is compared with what
 * is stored. Data and logs stay on the disk when something differs.
 */
export async function smoke(options: SmokeOptions, say: (line: string) => void): Promise<SmokeResult> {
  const home = await mkdtemp(join(tmpdir(), 'tributary-faults-'));
  say(`data, logs and history: ${home}; seed ${options.seed}`);
  const services = await startServices({ home, kafka: 'start', say });
  let sound = false;
  try {
    const history = await HistoryLog.open(join(home, 'history.jsonl'));
    const faults = await underFaults(services, history, options, say);
    await services.ready();
    say('no more faults; waiting until all is quiet');
    const report = await settledReport(services, history);
    const { isClean: reconciled, text } = await reconcile({ home });
    say(text);
    await history.close();
    sound =
      reconciled && isSound(report) && report.accepted === options.messages && faults === options.faults;
    return { report, faults, reconciled, sound };
  } finally {
    await services.stop();
    if (sound) await rm(home, { recursive: true, force: true });
  }
}

/** @returns how many processes died. */
async function underFaults(
  services: RunningServices,
  history: HistoryLog,
  { messages, faults, seed }: SmokeOptions,
  say: (line: string) => void,
): Promise<number> {
  const random = seededNumbers(seed);
  const team = await openForWork(services.signInUrl, COST);
  const inbox = await team[0]!.inboxOf('web_form');
  const ended = new AbortController();
  let accepted = 0;
  const killing = killInTurn({
    ...{ services, faults, say, random: seededNumbers(seed + 1) },
    progress: () => accepted / messages,
    signal: ended.signal,
  });
  try {
    await converse({
      formUrl: `${services.url}/f/${inbox.id}`,
      conversations: messages / MESSAGES_EACH,
      messagesEach: MESSAGES_EACH,
      everyMs: EVERY_MS,
      ...{ history, random },
      onAccepted: () => (accepted += 1),
    });
  } finally {
    if (accepted < messages) ended.abort();
  }
  return killing;
}

async function settledReport(services: RunningServices, history: HistoryLog): Promise<HistoryReport> {
  const end = performance.now() + RECOVERY_MS;
  const look = async () => checkHistory(history.entries, await readStoredState(services.databaseUrl));
  for (;;) {
    const late = performance.now() > end;
    if (late || (isSound(await look()) && (await outboxesAreEmpty(services.databaseUrl)))) break;
    await sleep(500);
  }
  await sleep(QUIET_MS);
  return look();
}
