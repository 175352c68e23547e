import type { MigrationSet } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The embedded log's tables. They cross workspaces, as a broker does, so they are not under row-level security; who
 * may write `log` may write all of it.
 */
export class CreateLog1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(APPEND);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION log.append');
    await runner.query('DROP TABLE log.member, log.lease, log.record, log.partition, log.topic');
  }
}

export const logMigrations: MigrationSet = { schema: 'log', migrations: [CreateLog1790000000000] };

/**
 * A partition's `next_offset` is its head: whoever appends locks it until commit, so offsets become visible in their
 * order and without a gap. A record of up to 8 KB stays in its row as it is: it is read once or twice, soon, and
 * compressing it would cost more than writing it. Head and lease rows change with every batch: room on the page keeps those changes HOT.
 */
const TABLES = `
  CREATE TABLE log.topic (
    name text PRIMARY KEY,
    partitions int NOT NULL CHECK (partitions > 0),
    retention_days int NOT NULL
  );
  CREATE TABLE log.partition (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL REFERENCES log.topic,
    number int NOT NULL,
    start_offset bigint NOT NULL DEFAULT 0,
    next_offset bigint NOT NULL DEFAULT 0,
    UNIQUE (topic, number)
  ) WITH (fillfactor = 20);
  CREATE TABLE log.record (
    partition_id int NOT NULL,
    "offset" bigint NOT NULL,
    key text NOT NULL,
    value bytea NOT NULL,
    headers json,
    appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (partition_id, "offset")
  ) WITH (toast_tuple_target = 8160);
  CREATE TABLE log.lease (
    "group" text NOT NULL,
    partition_id int NOT NULL REFERENCES log.partition,
    owner uuid,
    epoch bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    committed bigint,
    PRIMARY KEY ("group", partition_id)
  ) WITH (fillfactor = 20);
  CREATE TABLE log.member (
    "group" text NOT NULL,
    topic text NOT NULL REFERENCES log.topic,
    id uuid NOT NULL,
    lease_until timestamptz NOT NULL,
    PRIMARY KEY ("group", topic, id)
  );`;

/**
 * Appends a flush in one round trip and one transaction. Heads are locked in ascending order, so two flushes never
 * wait for each other in a circle. \`bodies\` holds all values one after another: one binary parameter is an order of
 * magnitude cheaper to send than an array of them.
 */
const APPEND = `
  CREATE FUNCTION log.append(
    head_ids int[], head_counts int[],
    partition_ids int[], positions int[], keys text[], starts int[], lengths int[], bodies bytea,
    header_texts text[]
  ) RETURNS TABLE (head_id int, base bigint) LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM 1 FROM log.partition p WHERE p.id = ANY (head_ids) ORDER BY p.id FOR UPDATE;
    RETURN QUERY
      WITH head AS (
        UPDATE log.partition p SET next_offset = p.next_offset + h.count
        FROM unnest(head_ids, head_counts) AS h (id, count)
        WHERE p.id = h.id
        RETURNING p.id, p.next_offset - h.count AS first
      ), added AS (
        INSERT INTO log.record (partition_id, "offset", key, value, headers)
        SELECT head.id, head.first + r.position, r.key, substr(bodies, r.start, r.length), r.headers::json
        FROM unnest(partition_ids, positions, keys, starts, lengths, header_texts)
          AS r (partition_id, position, key, start, length, headers)
        JOIN head ON head.id = r.partition_id
      )
      SELECT head.id, head.first FROM head;
  END $$`;
