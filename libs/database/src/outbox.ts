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

/** Adds records to the outbox in their order, in one statement, inside the effect's transaction. */
export async function addToOutbox(
  manager: EntityManager,
  schema: Schema,
  records: readonly OutboxRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await manager.query(
    `WITH added AS (
       INSERT INTO ${schema}.outbox (topic, key, value)
       SELECT topic, key, value
       FROM unnest($1::text[], $2::text[], $3::bytea[]) WITH ORDINALITY AS r (topic, key, value, position)
       ORDER BY position RETURNING 1)
     SELECT pg_notify($4, '') FROM (SELECT count(*) FROM added) AS wake`,
    [
      records.map((r) => r.topic),
      records.map((r) => r.key),
      records.map((r) => Buffer.from(r.value)),
      outboxChannel(schema),
    ],
  );
}
