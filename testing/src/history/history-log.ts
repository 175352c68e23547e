import { type FileHandle, open } from 'node:fs/promises';
import type { HistoryEntry } from './history.js';

/**
 * A history that survives its writer: an entry is on the disk before `write` resolves, so that what a generator was
 * told is known also when it is killed. Entries written at one time share a flush.
 */
export class HistoryLog {
  readonly #entries: HistoryEntry[] = [];
  #waiting: string[] = [];
  #flushing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<HistoryLog> {
    return new HistoryLog(await open(path, 'ax'));
  }

  /** In the order in which they were written. */
  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  async write(entry: HistoryEntry): Promise<void> {
    this.#entries.push(entry);
    this.#waiting.push(`${JSON.stringify(entry)}\n`);
    this.#next ??= (this.#flushing ?? Promise.resolve()).then(() => this.#flush());
    await this.#next;
  }

  async close(): Promise<void> {
    await this.#next;
    await this.file.close();
  }

  async #flush(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#flushing = this.#next;
    this.#next = undefined;
    await this.file.appendFile(lines.join(''));
    await this.file.datasync();
  }
}
