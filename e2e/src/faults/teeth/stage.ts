import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FaultRule,
  type HistoryLog,
  markerOf,
  NOTES_FILE,
  releaseOf,
  type RunningServices,
  type WorkNote,
} from '@tributary/testing';
import type { Desk } from '../../system/desk.js';
import { eventually } from '../../system/eventually.js';
import { mail } from '../../system/mail-handover.js';
import { deliver } from '../conversations.js';

export interface StageOptions {
  readonly services: RunningServices;
  readonly team: readonly Desk[];
  readonly formUrl: string;
  /** Number of the run's first conversation; no other run has one within 100. */
  readonly first: number;
  readonly history: HistoryLog;
  /** Where the processes of the run leave what they met. */
  readonly folder: string;
  /** What Node is told so that a process is under the run's plan. */
  readonly nodeArgs: readonly string[];
}

/** What a play can do in one run: write as customers do, work as agents do, and see what the processes have met. */
export class Stage {
  readonly services: RunningServices;
  readonly team: readonly Desk[];
  readonly history: HistoryLog;
  readonly nodeArgs: readonly string[];
  readonly #options: StageOptions;

  constructor(options: StageOptions) {
    this.#options = options;
    ({ services: this.services, team: this.team, history: this.history, nodeArgs: this.nodeArgs } = options);
  }

  /** Numbers of the run's conversations begin here. */
  get first(): number {
    return this.#options.first;
  }

  /**
   * Sends message `n` of the run's conversation `i` until it is accepted.
   *
   * @param page that of the conversation, from its second message on.
   * @returns the page.
   */
  write(i: number, n = 1, page: string = this.#options.formUrl): Promise<string> {
    const { history, first } = this.#options;
    return deliver({ history, formUrl: this.#options.formUrl, random: Math.random }, first + i, n, page);
  }

  /** A mail as the run's customer `i` sends it, their only message; from here on it is as good as accepted. */
  async mail(i: number, to: string, deliver: (raw: Buffer) => Promise<void>): Promise<void> {
    const { history, first } = this.#options;
    const id = `${first + i}-1`;
    await history.write({ kind: 'invoke', id, conversation: String(first + i), n: 1 });
    await deliver(
      mail(
        ...[`From: <customer-${first + i}@faults.example>`, `To: <${to}>`, `Subject: ${id}`],
        ...[`Message-ID: <${id}@faults.example>`, 'Content-Type: text/plain; charset=utf-8', ''],
        ...[`This is what I wanted to tell you. ${mark(first, i)}`, ''],
      ),
    );
    // Its server has it, and nobody will send it again.
    await history.write({ kind: 'ok', id });
  }

  /** Waits until a rule of the run was met. @returns the process that met it. */
  met(rule: number): Promise<number> {
    return eventually(`fault point of rule ${rule} is reached`, async () => {
      const marker = await readFile(markerOf(this.#options.folder, rule), 'utf8').catch(() => '');
      return marker === '' ? undefined : Number(marker);
    });
  }

  /** Waits until the process that met a rule is dead, and whoever takes its place is ready. */
  async died(rule: number): Promise<void> {
    const pid = await this.met(rule);
    await eventually(`process ${pid} is dead`, async () => (isAlive(pid) ? undefined : true));
    await this.services.ready();
  }

  /** Lets the process go on that stands still by a rule of the run. */
  async release(rule: number): Promise<void> {
    await writeFile(releaseOf(this.#options.folder, rule), '');
  }

  /** What the consumers of the run have told so far. */
  async notes(): Promise<readonly WorkNote[]> {
    const text = await readFile(join(this.#options.folder, NOTES_FILE), 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as WorkNote);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** As it stands in the text of message `n` of conversation `first + i`. */
export function mark(first: number, i: number, n = 1): string {
  return `[message ${first + i}-${n}]`;
}

/** The process dies when it gets there with the message. */
export function dies(point: string, what: readonly string[], afterMs = 0): FaultRule {
  return { point, when: what, action: { kind: 'kill', afterMs } };
}

/** The process stands still there with the message, for so long at most. */
export function holds(point: string, what: readonly string[], ms: number): FaultRule {
  return { point, when: what, action: { kind: 'hold', ms } };
}
