import type { Pool } from 'pg';
import type { Logger } from '@tributary/runtime';

const HOUR_MS = 3_600_000;
/** Rows a statement deletes at most: short transactions, so that nobody waits. */
const CHUNK = 5000;

/** Deletes records that are older than their topic's retention and that every group has consumed. */
export class Retention {
  readonly #pool: Pool;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(pool: Pool, logger: Logger) {
    this.#pool = pool;
    this.#logger = logger;
  }

  /** Trims every hour. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#running = this.trim().catch((error) => this.#logger.warn({ err: error }, 'log_trim_failed'));
    }, HOUR_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** @returns how many records were deleted. */
  async trim(): Promise<number> {
    const { rows } = await this.#pool.query<{ id: number; cut: string }>(
      // A group that never committed on the partition has consumed nothing of it.
      `SELECT p.id, least(
         (SELECT min(coalesce(l.committed, p.start_offset)) FROM log.lease l WHERE l.partition_id = p.id),
         (SELECT r."offset" FROM log.record r
          WHERE r.partition_id = p.id
            AND r.appended_at >= clock_timestamp() - t.retention_days * interval '1 day'
          ORDER BY r."offset" LIMIT 1),
         p.next_offset) AS cut
       FROM log.partition p JOIN log.topic t ON t.name = p.topic`,
    );
    let deleted = 0;
    for (const { id, cut } of rows) deleted += await this.#cut(id, cut);
    if (deleted > 0) this.#logger.info({ deleted }, 'log_trimmed');
    return deleted;
  }

  async #cut(partitionId: number, cut: string): Promise<number> {
    let deleted = 0;
    for (;;) {
      const { rowCount } = await this.#pool.query(
        `WITH old AS (
           SELECT "offset" FROM log.record WHERE partition_id = $1 AND "offset" < $2 ORDER BY "offset" LIMIT $3
         ), cut AS (
           UPDATE log.partition SET start_offset = (SELECT max("offset") + 1 FROM old)
           WHERE id = $1 AND EXISTS (SELECT FROM old)
         )
         DELETE FROM log.record WHERE partition_id = $1 AND "offset" <= (SELECT max("offset") FROM old)`,
        [partitionId, cut, CHUNK],
      );
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) < CHUNK) return deleted;
    }
  }
}
