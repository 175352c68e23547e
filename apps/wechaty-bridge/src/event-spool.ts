import { setTimeout as pause } from 'node:timers/promises';
import type { DurableFiles } from './durable-files.js';

/** What became of an attempt to tell the desk. `refused`: it never takes this one, and keeps nothing behind it waiting. */
export type Told = 'taken' | 'refused' | 'later';

export interface EventSpoolParts {
  readonly waiting: DurableFiles;
  readonly refused: DurableFiles;
  readonly tell: (body: string) => Promise<Told>;
  /** Milliseconds until the next attempt, by how many have failed. */
  readonly waitMs: (failures: number) => number;
}

/**
 * What the account received, until the desk has it: on disk before anything else, told in the order it came, again and
 * again. WeChat keeps no history that could be asked for afterwards.
 */
export class EventSpool {
  readonly #stopping = new AbortController();
  #last = 0n;
  #telling: Promise<void> | undefined;
  #rung = false;

  constructor(private readonly parts: EventSpoolParts) {}

  /** Goes on with what a process before this one left. */
  async start(): Promise<void> {
    const names = await this.parts.waiting.names();
    this.#last = BigInt(names.at(-1) ?? 0);
    this.#ring();
  }

  /** Resolves when the call under way has ended; the rest stays on disk. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#telling;
  }

  /** Durable when it resolves; told in the order of the calls. */
  async put(body: string): Promise<void> {
    this.#last += 1n;
    await this.parts.waiting.write(String(this.#last).padStart(20, '0'), body);
    this.#ring();
  }

  #ring(): void {
    this.#rung = true;
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
      if (this.#rung && !this.#stopping.signal.aborted) this.#ring();
    });
  }

  async #tellAll(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (this.#rung && !signal.aborted) {
      this.#rung = false;
      for (const name of await this.parts.waiting.names()) {
        while (!signal.aborted && !(await this.#one(name))) {
          await pause(this.parts.waitMs(++failures), undefined, { signal }).catch(() => undefined);
        }
        if (signal.aborted) return;
        failures = 0;
      }
    }
  }

  /** @returns true when it is settled. */
  async #one(name: string): Promise<boolean> {
    const { waiting, refused, tell } = this.parts;
    const body = (await waiting.read(name))?.toString();
    if (body === undefined) return true;
    const told = await tell(body);
    if (told === 'later') return false;
    if (told === 'refused') await refused.write(name, body);
    await waiting.remove(name);
    return true;
  }
}
