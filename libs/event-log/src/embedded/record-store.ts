import type { Pool } from 'pg';
import type { LogPosition, LogRecord, NewRecord } from '../event-log.js';
import { partitionOf } from '../partition-of.js';
import type { PartitionRow, TopicCatalog } from './topic-catalog.js';

/** Bytes of values one partition gives a batch at most; its first record always comes. */
const BATCH_BYTES = 8 * 1024 * 1024;

export interface FetchFrom {
  readonly partition: PartitionRow;
  readonly offset: bigint;
}

export interface Appended {
  /** In the order of the records. */
  readonly positions: readonly LogPosition[];
  readonly partitionIds: ReadonlySet<number>;
}

interface RecordRow {
  readonly partition_id: number;
  readonly offset: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: string | null;
  readonly appended_ms: number;
}

/** The records' table: written by flushes, read by whole batches. */
export class RecordStore {
  readonly #appender: Pool;
  readonly #consumers: Pool;
  readonly #catalog: TopicCatalog;

  constructor(appender: Pool, consumers: Pool, catalog: TopicCatalog) {
    this.#appender = appender;
    this.#consumers = consumers;
    this.#catalog = catalog;
  }

  /** One transaction, one round trip. */
  async append(records: readonly NewRecord[]): Promise<Appended> {
    const placed = await this.#place(records);
    const heads = new Map<number, number>();
    const positions = placed.map(({ id }) => {
      const position = heads.get(id) ?? 0;
      heads.set(id, position + 1);
      return position;
    });
    let start = 1;
    const starts = records.map((record) => {
      const at = start;
      start += record.value.byteLength;
      return at;
    });
    const { rows } = await this.#appender.query<{ head_id: number; base: string }>({
      name: 'log_append',
      text: 'SELECT head_id, base FROM log.append($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      values: [
        [...heads.keys()],
        [...heads.values()],
        placed.map(({ id }) => id),
        positions,
        records.map((record) => record.key),
        starts,
        records.map((record) => record.value.byteLength),
        Buffer.concat(records.map((record) => record.value)),
        records.map((record) => (record.headers ? JSON.stringify(record.headers) : null)),
      ],
    });
    const bases = new Map(rows.map((row) => [row.head_id, BigInt(row.base)]));
    return {
      partitionIds: new Set(heads.keys()),
      positions: placed.map(({ id, topic, number }, i) => ({
        topic,
        partition: number,
        offset: bases.get(id)! + BigInt(positions[i]!),
      })),
    };
  }

  /**
   * The next records of several partitions in one query.
   *
   * @param limit records a partition at most.
   * @returns by partition id, in offset order; a partition without records is absent.
   */
  async fetch(from: readonly FetchFrom[], limit: number): Promise<ReadonlyMap<number, readonly LogRecord[]>> {
    const { rows } = await this.#consumers.query<RecordRow>({
      name: 'log_fetch',
      text: `SELECT f.id AS partition_id, r."offset"::text AS "offset", r.key, r.value,
               r.headers::text AS headers, extract(epoch FROM r.appended_at)::float8 * 1000 AS appended_ms
             FROM unnest($1::int[], $2::bigint[]) AS f (id, "offset"), LATERAL (
               SELECT *, sum(octet_length(n.value)) OVER (ORDER BY n."offset") - octet_length(n.value) AS before
               FROM (SELECT * FROM log.record WHERE partition_id = f.id AND "offset" >= f."offset"
                     ORDER BY "offset" LIMIT $3) AS n
             ) AS r
             WHERE r.before < $4
             ORDER BY f.id, r."offset"`,
      values: [from.map((f) => f.partition.id), from.map((f) => f.offset), limit, BATCH_BYTES],
    });
    const partitions = new Map(from.map((f) => [f.partition.id, f.partition]));
    const found = new Map<number, LogRecord[]>();
    for (const row of rows) {
      const records = found.get(row.partition_id) ?? [];
      if (records.length === 0) found.set(row.partition_id, records);
      records.push(toRecord(row, partitions.get(row.partition_id)!));
    }
    return found;
  }

  async #place(records: readonly NewRecord[]): Promise<readonly PartitionRow[]> {
    const topics = new Set(records.map((record) => record.topic));
    const partitions = new Map<string, readonly PartitionRow[]>();
    for (const topic of topics) partitions.set(topic, await this.#catalog.partitions(topic));
    return records.map(({ topic, key }) => {
      const all = partitions.get(topic)!;
      return all[partitionOf(key, all.length)]!;
    });
  }
}

function toRecord(row: RecordRow, partition: PartitionRow): LogRecord {
  return {
    topic: partition.topic,
    partition: partition.number,
    offset: BigInt(row.offset),
    key: row.key,
    value: row.value,
    headers: row.headers === null ? {} : (JSON.parse(row.headers) as Record<string, string>),
    appendedAt: new Date(row.appended_ms),
  };
}
