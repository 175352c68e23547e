import type { LogRecord } from '@tributary/event-log';
import type { DataSource } from 'typeorm';

export interface UnreadableRecord {
  readonly record: LogRecord;
  readonly reason: string;
  readonly detail: string;
}

/**
 * Keeps the bytes of records that are no envelope of the topic. It names no workspace, so nobody's ticket can hold
 * it: operators see it, and `reconcile` counts it.
 */
export async function quarantineRecords(
  dataSource: DataSource,
  unreadable: readonly UnreadableRecord[],
): Promise<void> {
  if (unreadable.length === 0) return;
  await dataSource.query(
    `INSERT INTO tickets.quarantined_record (partition, log_offset, reason, detail, value)
     SELECT * FROM unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::bytea[])
     ON CONFLICT DO NOTHING`,
    [
      unreadable.map(({ record }) => record.partition),
      unreadable.map(({ record }) => record.offset.toString()),
      unreadable.map(({ reason }) => reason),
      unreadable.map(({ detail }) => detail),
      unreadable.map(({ record }) => record.value),
    ],
  );
}
