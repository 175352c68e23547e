import type { EntityManager } from 'typeorm';
import type { Schema } from './roles.js';

/** A record to append to the log once the transaction that wrote it has committed. */
export interface OutboxRecord {
  readonly topic: string;
  readonly key: string;
  /** An encoded envelope. */
  readonly value: Uint8Array;
}

/** Channel on which a committed outbox row wakes the schema's relay. */
export function outboxChannel(schema: Schema): string {
  return `outbox_${schema}`;
}

/**
 * SQL of a schema's outbox, for migrations. `xid` lets the relay read behind the oldest running transaction only:
 * ids are given before commit, so a reader that trusted them alone would skip rows that commit late.
 * The table crosses workspaces: only the relay reads it, and rows live for milliseconds.
 */
export function outboxTable(schema: Schema): string {
  return `
    CREATE TABLE ${schema}.outbox (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
      topic text NOT NULL,
      key text NOT NULL,
      value bytea NOT NULL
    );`;
}

/**
 * Adds records to the outbox in their order, in one statement, inside the effect's transaction. All values go as one
 * binary parameter: an array of them would be written out in hexadecimal, escaped, and read again.
 */
export async function addToOutbox(
  manager: EntityManager,
  schema: Schema,
  records: readonly OutboxRecord[],
): Promise<void> {
  if (records.length === 0) return;
  let start = 1;
  const starts = records.map(({ value }) => {
    const at = start;
    start += value.byteLength;
    return at;
  });
  await manager.query(
    `WITH added AS (
       INSERT INTO ${schema}.outbox (topic, key, value)
       SELECT topic, key, substr($5::bytea, start, length)
       FROM unnest($1::text[], $2::text[], $3::int[], $4::int[])
         WITH ORDINALITY AS r (topic, key, start, length, position)
       ORDER BY position RETURNING 1)
     SELECT pg_notify($6, '') FROM (SELECT count(*) FROM added) AS wake`,
    [
      records.map((r) => r.topic),
      records.map((r) => r.key),
      starts,
      records.map((r) => r.value.byteLength),
      Buffer.concat(records.map((r) => r.value)),
      outboxChannel(schema),
    ],
  );
}
