import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addToOutbox, connectDataSource, outboxTable } from '@tributary/database';
import { type PostgresVersion, type TestDatabase, testDatabase } from '@tributary/database/testing';
import { createLogger } from '@tributary/runtime';
import { Client } from 'pg';
import type { DataSource, EntityManager, MigrationInterface, QueryRunner } from 'typeorm';
import { logMigrations } from './embedded/log-schema.js';
import type { EventLog, NewRecord } from './event-log.js';
import { OutboxRelay } from './outbox-relay.js';
import { aTopic, eventually, gate, openLog, texts } from './testing/under-test.js';

class CreateOutbox1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(outboxTable('tickets'));
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tickets.outbox');
  }
}

describe.each<PostgresVersion>([15, 18])('the outbox relay on PostgreSQL %i', (version) => {
  let database: TestDatabase;
  let tickets: DataSource;
  let log: EventLog;
  let topic: string;
  let relays: OutboxRelay[];
  let failures: Error[];

  beforeAll(async () => {
    database = await testDatabase(
      [logMigrations, { schema: 'tickets', migrations: [CreateOutbox1790000000000] }],
      version,
    );
    tickets = await connectDataSource({ url: database.url, service: 'tickets' });
    log = openLog({ driver: 'embedded', url: database.url, service: 'tickets' });
  });

  beforeEach(async () => {
    topic = (await aTopic(log, 1)).name;
    relays = [];
    failures = [];
  });

  afterEach(async () => {
    await Promise.all(relays.map((each) => each.stop()));
    await tickets.query('DELETE FROM tickets.outbox');
  });

  afterAll(async () => {
    await tickets.destroy();
    await log.close();
    await database.drop();
  });

  function relay(into: EventLog = log): OutboxRelay {
    const made = new OutboxRelay({
      url: database.url,
      service: 'tickets',
      schema: 'tickets',
      log: into,
      logger: createLogger('spec', 'silent'),
      onFailure: (error) => void failures.push(error),
    });
    relays.push(made);
    made.start();
    return made;
  }

  async function appended(): Promise<string[]> {
    return texts(await log.admin.read(topic, 0, 0n, 10_000));
  }

  function add(manager: EntityManager, ...values: string[]): Promise<void> {
    return addToOutbox(
      manager,
      'tickets',
      values.map((value) => ({ topic, key: value[0]!, value: Buffer.from(value) })),
    );
  }

  async function backlog(): Promise<number> {
    const rows: { n: number }[] = await tickets.query('SELECT count(*)::int AS n FROM tickets.outbox');
    return rows[0]!.n;
  }

  it('moves committed rows in their order and leaves none', async () => {
    relay();
    await tickets.transaction((manager) => add(manager, 'a1', 'a2', 'b1'));
    await tickets.transaction((manager) => add(manager, 'a3'));
    await eventually('an empty outbox', async () => (await backlog()) === 0);
    expect(await appended()).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('does not skip a transaction that commits after later ones', async () => {
    relay();
    const written = gate();
    const commit = gate();
    const early = tickets.transaction(async (manager) => {
      await add(manager, 'a1', 'a2');
      written.open();
      await commit.opened;
    });
    await written.opened;
    for (const value of ['b1', 'b2', 'b3']) await tickets.transaction((manager) => add(manager, value));
    commit.open();
    await early;
    await tickets.transaction((manager) => add(manager, 'a3'));
    await eventually('an empty outbox', async () => (await backlog()) === 0);
    const values = await appended();
    expect(values.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
    for (const key of ['a', 'b']) {
      expect(values.filter((value) => value[0] === key)).toEqual([1, 2, 3].map((i) => `${key}${i}`));
    }
  });

  it('finds rows that a stranger’s transaction hid, although nobody rings when that ends', async () => {
    relay();
    const stranger = new Client({ connectionString: database.url });
    await stranger.connect();
    await stranger.query('BEGIN; SELECT pg_current_xact_id()');
    await tickets.transaction((manager) => add(manager, 'a1'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await appended()).toEqual([]);
    await stranger.query('COMMIT');
    await stranger.end();
    await eventually('the row', async () => (await appended()).length === 1, 3000);
  });

  it('tries a failing append again and skips nothing', async () => {
    let fails = 3;
    const flaky: EventLog = Object.assign(Object.create(log) as EventLog, {
      append: async (records: readonly NewRecord[]) => {
        if (fails > 0) {
          fails -= 1;
          throw new Error('the log is away');
        }
        return log.append(records);
      },
    });
    await tickets.transaction((manager) => add(manager, 'a1', 'a2'));
    relay(flaky);
    await eventually('an empty outbox', async () => (await backlog()) === 0);
    expect(await appended()).toEqual(['a1', 'a2']);
    expect(fails).toBe(0);
  });

  it('stops with a failure at a row that can never be appended, and keeps it', async () => {
    await tickets.transaction((manager) =>
      addToOutbox(manager, 'tickets', [{ topic: 'no.such.topic', key: 'k', value: Buffer.from('x') }]),
    );
    relay();
    await eventually('the failure', () => failures.length === 1);
    expect(failures[0]).toMatchObject({ code: 'UNKNOWN_TOPIC' });
    expect(await backlog()).toBe(1);
  });

  it('has one leader: rows go once, in order, with two relays running', async () => {
    relay();
    relay();
    const values = Array.from({ length: 200 }, (_, i) => `a${i}`);
    for (const value of values) await tickets.transaction((manager) => add(manager, value));
    await eventually('an empty outbox', async () => (await backlog()) === 0);
    expect(await appended()).toEqual(values);
  });

  it('hands over at once when the leader stops', async () => {
    const first = relay();
    await tickets.transaction((manager) => add(manager, 'a1'));
    await eventually('the first row', async () => (await backlog()) === 0);
    relay();
    await first.stop();
    await tickets.transaction((manager) => add(manager, 'a2'));
    await eventually('the second row', async () => (await backlog()) === 0);
    expect(await appended()).toEqual(['a1', 'a2']);
  });

  it('goes on when the leader’s connection is killed, losing nothing and keeping order', async () => {
    relay();
    relay();
    const values = Array.from({ length: 120 }, (_, i) => `a${i}`);
    for (const [i, value] of values.entries()) {
      await tickets.transaction((manager) => add(manager, value));
      if (i === 40 || i === 80) await killLeader();
    }
    await eventually('an empty outbox', async () => (await backlog()) === 0);
    // A kill between append and delete repeats rows; the first time each is seen is in order.
    expect([...new Set(await appended())]).toEqual(values);
  });

  async function killLeader(): Promise<void> {
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    await eventually('a leader', async () => {
      const { rowCount } = await owner.query(
        `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
         JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
           AND a.application_name = 'tributary-outbox-tickets'`,
      );
      return rowCount === 1;
    });
    await owner.end();
  }
});
