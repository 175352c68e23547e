import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Topic } from '@tributary/contracts';
import { type PostgresVersion, type TestDatabase, testDatabase } from '@tributary/database/testing';
import { createLogger } from '@tributary/runtime';
import { Pool } from 'pg';
import type { EventLog } from '../event-log.js';
import {
  aRecord,
  aTopic,
  Consumed,
  eventually,
  gate,
  openLog,
  someRecords,
  texts,
} from '../testing/under-test.js';
import { logMigrations } from './log-schema.js';
import { Retention } from './retention.js';

describe.each<PostgresVersion>([15, 18])('the embedded log on PostgreSQL %i, under stress', (version) => {
  let database: TestDatabase;
  let owner: Pool;
  let logs: EventLog[];
  let log: EventLog;

  beforeAll(async () => {
    database = await testDatabase([logMigrations], version);
    owner = new Pool({ connectionString: database.url, max: 4 });
    owner.on('error', () => undefined);
  });

  beforeEach(() => {
    logs = [];
    log = open();
  });

  afterEach(() => Promise.all(logs.map((each) => each.close())));

  afterAll(async () => {
    await owner.end();
    await database.drop();
  });

  function open(leaseMs = 1500): EventLog {
    const opened = openLog({ driver: 'embedded', url: database.url, service: 'tickets', leaseMs });
    logs.push(opened);
    return opened;
  }

  async function killConnections(part: string): Promise<number> {
    const { rowCount } = await owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE $1`,
      [`tributary-log-${part}-%`],
    );
    return rowCount ?? 0;
  }

  it('never shows a gap while 16 writers of 4 processes append to the same partitions', async () => {
    const topic = await aTopic(log, 3);
    const writers = Array.from({ length: 16 }, (_, i) => logs[i % 4] ?? open());
    let writing = true;
    const reading = (async () => {
      let looks = 0;
      for (; writing; looks += 1) expect(await gaps(topic)).toEqual([]);
      return looks;
    })();
    await Promise.all(
      writers.map(async (writer, w) => {
        for (let i = 0; i < 50; i += 1) {
          await writer.append([0, 1, 2, 3].map((k) => aRecord(topic, `key-${k}-${i}`, `${w}/${i}/${k}`)));
        }
      }),
    );
    writing = false;
    expect(await reading).toBeGreaterThan(0);
    const lag = await log.admin.lag('nobody', topic.name);
    expect(lag.reduce((sum, partition) => sum + Number(partition.end), 0)).toBe(16 * 50 * 4);
  });

  /** Partitions whose visible records are not exactly 0, 1, 2, … */
  async function gaps(topic: Topic): Promise<unknown[]> {
    const { rows } = await owner.query(
      `SELECT r.partition_id, count(*), max("offset") FROM log.record r JOIN log.partition p ON p.id = r.partition_id
       WHERE p.topic = $1 GROUP BY r.partition_id HAVING count(*) <> max("offset") + 1`,
      [topic.name],
    );
    return rows;
  }

  it('goes on, losing nothing, when all its connections are cut again and again', async () => {
    const topic = await aTopic(log, 2);
    const consumed = new Consumed();
    const subscription = await log.subscribe(consumed.options(topic, 'g'));
    const writer = open();
    for (let i = 0; i < 60; i += 1) {
      const record = aRecord(topic, `key-${i % 5}`, `${i % 5}:${i}`);
      while (
        !(await writer.append([record]).then(
          () => true,
          () => false,
        ))
      );
      if (i % 20 === 10) await killConnections('%');
    }
    await eventually('all 60', () => new Set(consumed.texts()).size === 60);
    await subscription.stop();
    expect(consumed.failures).toEqual([]);
    for (const key of ['0', '1', '2', '3', '4']) {
      const seen = [...new Set(consumed.texts().filter((text) => text.startsWith(`${key}:`)))];
      expect(seen).toEqual(seen.toSorted((a, b) => Number(a.split(':')[1]) - Number(b.split(':')[1])));
    }
  });

  it('hears of another process’s records again after its listening connection broke', async () => {
    const topic = await aTopic(log);
    const consumed = new Consumed();
    const subscription = await log.subscribe(consumed.options(topic, 'g'));
    const writer = open();
    await eventually('a listener', async () => (await killConnections('listen')) > 0);
    await eventually('a new listener', async () => {
      const { rowCount } = await owner.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN log_group%'`,
      );
      return (rowCount ?? 0) > 0;
    });
    await writer.append([aRecord(topic, 'k', 'heard')]);
    await eventually('the record, before the safety poll', () => consumed.records.length === 1, 3000);
    await subscription.stop();
  });

  it('refuses the commit of an owner that was taken for dead, and tells its handler to stop', async () => {
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 3));
    const started = gate();
    const finish = gate();
    let signal: AbortSignal | undefined;
    const first = new Consumed();
    const second = new Consumed();
    const stale = await log.subscribe(
      first.options(topic, 'g', async (batch) => {
        if (signal) return;
        signal = batch.signal;
        started.open();
        await finish.opened;
      }),
    );
    await started.opened;
    // As if the owner's process had been suspended: its lease ran out, and another member took the partition.
    await owner.query(
      `UPDATE log.lease SET owner = gen_random_uuid(), epoch = epoch + 1, lease_until = now() + interval '1 hour'
       WHERE partition_id IN (SELECT id FROM log.partition WHERE topic = $1)`,
      [topic.name],
    );
    await eventually('the owner to notice', () => signal!.aborted);
    finish.open();
    await eventually('the partition to go', () => first.moves.includes('-0'));
    expect((await log.admin.lag('g', topic.name))[0]!.committed).toBeNull();
    await stale.stop();
    await owner.query(`UPDATE log.lease SET owner = NULL, lease_until = NULL`);
    const next = await open().subscribe(second.options(topic, 'g'));
    await eventually('the batch again', () => second.records.length === 3);
    await next.stop();
    expect(second.epochs[0]! > first.epochs[0]!).toBe(true);
    expect(first.failures).toEqual([]);
  });

  it('deletes what is old and consumed by every group, and nothing else', async () => {
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 10));
    for (const group of ['fast', 'slow']) {
      const consumed = new Consumed();
      const subscription = await log.subscribe(consumed.options(topic, group));
      await eventually('all 10', async () => (await log.admin.lag(group, topic.name))[0]!.committed === 10n);
      await subscription.stop();
    }
    await log.admin.seek('slow', topic.name, 0, 6n);
    const retention = new Retention(owner, createLogger('spec', 'silent'));
    expect(await retention.trim()).toBe(0);
    await owner.query(
      `UPDATE log.record SET appended_at = appended_at - interval '2 days' WHERE "offset" < 8
         AND partition_id IN (SELECT id FROM log.partition WHERE topic = $1)`,
      [topic.name],
    );
    expect(await retention.trim()).toBe(6);
    expect(texts(await log.admin.read(topic.name, 0, 0n, 100))).toEqual(['k:6', 'k:7', 'k:8', 'k:9']);
    expect(await log.admin.lag('slow', topic.name)).toEqual([
      { partition: 0, start: 6n, end: 10n, committed: 6n },
    ]);
    await log.admin.seek('slow', topic.name, 0, 10n);
    expect(await retention.trim()).toBe(2);
    const [position] = await log.append([aRecord(topic, 'k', 'next')]);
    expect(position!.offset).toBe(10n);
  });

  it('begins a group at the oldest record that is kept', async () => {
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 5));
    await owner.query(
      `UPDATE log.record SET appended_at = now() - interval '2 days' WHERE "offset" < 3
         AND partition_id IN (SELECT id FROM log.partition WHERE topic = $1)`,
      [topic.name],
    );
    await new Retention(owner, createLogger('spec', 'silent')).trim();
    const consumed = new Consumed();
    const subscription = await log.subscribe(consumed.options(topic, 'g'));
    await eventually('the two that are kept', () => consumed.records.length === 2);
    await subscription.stop();
    expect(consumed.texts()).toEqual(['k:3', 'k:4']);
  });
});
