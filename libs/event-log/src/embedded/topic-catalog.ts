import type { Topic } from '@tributary/contracts';
import type { Pool } from 'pg';
import { EventLogError, unknownTopic } from '../event-log.errors.js';

export interface PartitionRow {
  readonly id: number;
  readonly topic: string;
  readonly number: number;
}

/** Which partitions a topic has. They never change once made, so they are read once. */
export class TopicCatalog {
  readonly #pool: Pool;
  readonly #known = new Map<string, readonly PartitionRow[]>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** @throws EventLogError UNKNOWN_TOPIC */
  async partitions(topic: string): Promise<readonly PartitionRow[]> {
    const known = this.#known.get(topic);
    if (known) return known;
    const { rows } = await this.#pool.query<PartitionRow>(
      'SELECT id, topic, number FROM log.partition WHERE topic = $1 ORDER BY number',
      [topic],
    );
    if (rows.length === 0) throw unknownTopic(topic);
    this.#known.set(topic, rows);
    return rows;
  }

  /** @throws EventLogError UNKNOWN_TOPIC, UNKNOWN_PARTITION */
  async partition(topic: string, number: number): Promise<PartitionRow> {
    const found = (await this.partitions(topic))[number];
    if (!found) throw new EventLogError('UNKNOWN_PARTITION', `topic ${topic} has no partition ${number}`);
    return found;
  }

  /** A topic that exists keeps its partitions and takes the new retention. */
  async ensure(topics: readonly Topic[]): Promise<void> {
    await this.#pool.query(
      `WITH wanted AS (
         SELECT * FROM unnest($1::text[], $2::int[], $3::int[]) AS t (name, partitions, retention_days)
       ), made AS (
         INSERT INTO log.topic AS t SELECT * FROM wanted ORDER BY name
         ON CONFLICT (name) DO UPDATE SET retention_days = excluded.retention_days
         RETURNING t.name, t.partitions
       )
       INSERT INTO log.partition (topic, number)
       SELECT name, number FROM made, generate_series(0, partitions - 1) AS number ORDER BY name, number
       ON CONFLICT DO NOTHING`,
      [topics.map((t) => t.name), topics.map((t) => t.partitions), topics.map((t) => t.retentionDays)],
    );
  }
}
