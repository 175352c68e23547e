import type { Topic } from '@tributary/contracts';
import type { Pool } from 'pg';
import { EventLogError } from '../event-log.errors.js';
import type { LogAdmin, LogRecord, PartitionLag } from '../event-log.js';
import type { RecordStore } from './record-store.js';
import type { TopicCatalog } from './topic-catalog.js';

export class EmbeddedAdmin implements LogAdmin {
  readonly #pool: Pool;
  readonly #catalog: TopicCatalog;
  readonly #store: RecordStore;

  constructor(pool: Pool, catalog: TopicCatalog, store: RecordStore) {
    this.#pool = pool;
    this.#catalog = catalog;
    this.#store = store;
  }

  ensureTopics(topics: readonly Topic[]): Promise<void> {
    return this.#catalog.ensure(topics);
  }

  async lag(group: string, topic: string): Promise<readonly PartitionLag[]> {
    await this.#catalog.partitions(topic);
    const { rows } = await this.#pool.query<{
      number: number;
      start: string;
      end: string;
      committed: string | null;
    }>(
      `SELECT p.number, p.start_offset AS start, p.next_offset AS "end", l.committed
       FROM log.partition p LEFT JOIN log.lease l ON l.partition_id = p.id AND l."group" = $1
       WHERE p.topic = $2 ORDER BY p.number`,
      [group, topic],
    );
    return rows.map((row) => ({
      partition: row.number,
      start: BigInt(row.start),
      end: BigInt(row.end),
      committed: row.committed === null ? null : BigInt(row.committed),
    }));
  }

  async seek(group: string, topic: string, partition: number, offset: bigint): Promise<void> {
    const { id } = await this.#catalog.partition(topic, partition);
    const { rowCount } = await this.#pool.query(
      `INSERT INTO log.lease AS l ("group", partition_id, committed)
       SELECT $1, $2, $3 WHERE NOT EXISTS (
         SELECT FROM log.member m WHERE m."group" = $1 AND m.topic = $4 AND m.lease_until > clock_timestamp())
       ON CONFLICT ("group", partition_id) DO UPDATE SET committed = excluded.committed
       WHERE l.owner IS NULL OR l.lease_until <= clock_timestamp()`,
      [group, id, offset, topic],
    );
    if (rowCount === 0)
      throw new EventLogError('GROUP_RUNNING', `group ${group} has a running member on ${topic}`);
  }

  async read(topic: string, partition: number, from: bigint, limit: number): Promise<readonly LogRecord[]> {
    const row = await this.#catalog.partition(topic, partition);
    const records: LogRecord[] = [];
    // A fetch is bounded in bytes as well as in records, so it may take several.
    while (records.length < limit) {
      const offset = records.length === 0 ? from : records.at(-1)!.offset + 1n;
      const found = (await this.#store.fetch([{ partition: row, offset }], limit - records.length)).get(
        row.id,
      );
      if (!found) break;
      records.push(...found);
    }
    return records;
  }
}
