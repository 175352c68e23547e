import type { Pool } from 'pg';
import type { Logger } from '@tributary/runtime';
import { pause } from '../pause.js';

/** Channel that says which partitions got records. */
export const APPEND_CHANNEL = 'log_append';

/** A notification carries 8,000 bytes at most (PostgreSQL, NOTIFY). */
const MAX_PAYLOAD = 7900;

/** PostgreSQL wakes every listening session of the database at each notification, whatever it listens for. */
const BETWEEN_MS = 10;

/**
 * Tells other processes about appends, one notification at a time; what is appended meanwhile shares the next.
 *
 * It is sent after the append's commit, not within: a notifying transaction holds a lock over its flush to disk, and
 * all commits that notify would queue behind one another. A crash in between delays readers until their safety poll.
 */
export class AppendNotifier {
  readonly #pool: Pool;
  readonly #source: string;
  readonly #logger: Logger;
  #waiting = new Set<number>();
  #running: Promise<void> | undefined;

  /** @param source names this log instance, so that it can tell its own notifications. */
  constructor(pool: Pool, source: string, logger: Logger) {
    this.#pool = pool;
    this.#source = source;
    this.#logger = logger;
  }

  appended(partitionIds: Iterable<number>): void {
    for (const id of partitionIds) this.#waiting.add(id);
    this.#running ??= this.#run();
  }

  /** Resolves when everything said so far was sent. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const payload = `${this.#source} ${[...this.#waiting].join(',')}`;
      this.#waiting = new Set();
      await this.#pool
        .query('SELECT pg_notify($1, $2)', [
          APPEND_CHANNEL,
          payload.length > MAX_PAYLOAD ? this.#source : payload,
        ])
        .catch((error) => this.#logger.warn({ err: error }, 'append_notification_failed'));
      await pause(BETWEEN_MS);
    }
    this.#running = undefined;
  }
}

/** @returns who appended, and the partitions' ids; no ids mean any. */
export function parseAppend(payload: string): {
  source: string;
  partitionIds: ReadonlySet<number> | undefined;
} {
  const [source = '', ids] = payload.split(' ');
  return { source, partitionIds: ids ? new Set(ids.split(',').map(Number)) : undefined };
}
