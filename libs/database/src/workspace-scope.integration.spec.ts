import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import {
  addToOutbox,
  claimReceipts,
  connectDataSource,
  inWorkspace,
  inWorkspaces,
  outboxTable,
  receiptTable,
  workspaceScoped,
} from './index.js';
import { type PostgresVersion, type TestDatabase, testDatabase } from './testing/index.js';

class CreateNote1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE tickets.note (workspace_id uuid NOT NULL, text text NOT NULL)`);
    await runner.query(workspaceScoped('tickets.note'));
    await runner.query(receiptTable('tickets'));
    await runner.query(outboxTable('tickets'));
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE tickets.note, tickets.receipt, tickets.outbox`);
  }
}

const A = '00000000-0000-7000-8000-00000000000a';
const B = '00000000-0000-7000-8000-00000000000b';

describe.each<PostgresVersion>([15, 18])('workspace scope on PostgreSQL %i', (version) => {
  let database: TestDatabase;
  let tickets: DataSource;

  beforeAll(async () => {
    database = await testDatabase([{ schema: 'tickets', migrations: [CreateNote1790000000000] }], version);
    tickets = await connectDataSource({ url: database.url, service: 'tickets' });
    for (const id of [A, B]) {
      await inWorkspace(tickets, id, (manager) =>
        manager.query('INSERT INTO tickets.note VALUES ($1, $2)', [id, `of ${id.at(-1)}`]),
      );
    }
  });

  afterAll(async () => {
    await tickets.destroy();
    await database.drop();
  });

  it('shows the rows of the named workspaces and no others', async () => {
    const read = (ids: string[]) =>
      inWorkspaces(tickets, ids, (manager) => manager.query('SELECT text FROM tickets.note ORDER BY text'));
    expect(await read([A])).toEqual([{ text: 'of a' }]);
    expect(await read([A, B])).toEqual([{ text: 'of a' }, { text: 'of b' }]);
  });

  it('shows nothing outside a scope', async () => {
    expect(await tickets.query('SELECT text FROM tickets.note')).toEqual([]);
  });

  it('refuses a row of a workspace that is not in scope', async () => {
    const write = inWorkspace(tickets, A, (manager) =>
      manager.query('INSERT INTO tickets.note VALUES ($1, $2)', [B, 'smuggled']),
    );
    await expect(write).rejects.toThrow(/row-level security/);
  });

  it('lets a service write its own schema only', async () => {
    const router = await connectDataSource({ url: database.url, service: 'router' });
    try {
      const write = inWorkspace(router, A, (manager) =>
        manager.query('INSERT INTO tickets.note VALUES ($1, $2)', [A, 'not mine']),
      );
      await expect(write).rejects.toThrow(/permission denied/);
    } finally {
      await router.destroy();
    }
  });

  it('claims an event once, also when two transactions race', async () => {
    const id = '00000000-0000-7000-8000-0000000000e1';
    const claim = () =>
      inWorkspace(tickets, A, (manager) =>
        claimReceipts(manager, 'tickets', 'spec', [{ workspaceId: A, eventId: id }]),
      );
    const claimed = await Promise.all([claim(), claim(), claim()]);
    expect(claimed.map((set) => set.size).toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
  });

  it('keeps outbox records in the order they were added, and none of a rolled-back transaction', async () => {
    await inWorkspace(tickets, A, (manager) =>
      addToOutbox(
        manager,
        'tickets',
        ['one', 'two', 'three'].map((key) => ({ topic: 't', key, value: Buffer.from(key) })),
      ),
    );
    const lost = inWorkspace(tickets, A, async (manager) => {
      await addToOutbox(manager, 'tickets', [{ topic: 't', key: 'four', value: Buffer.from('four') }]);
      throw new Error('the effect failed');
    });
    await expect(lost).rejects.toThrow('the effect failed');
    const rows: { key: string }[] = await tickets.query('SELECT key FROM tickets.outbox ORDER BY id');
    expect(rows.map((row) => row.key)).toEqual(['one', 'two', 'three']);
  });
});
