import { connectDataSource } from '@tributary/database';
import { type PostgresVersion, type TestDatabase, testDatabase } from '@tributary/database/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { DatabaseCursorStore } from './cursor-store.js';
import type { HostedInbox } from './hosted-inbox.js';
import { channelMigrations } from './migrations/channel-migrations.js';

const inboxOf = (workspace: string): HostedInbox => ({
  id: '00000000-0000-7000-8000-0000000000e1',
  workspaceId: `00000000-0000-7000-8000-00000000000${workspace}`,
  channel: 'email',
  name: 'Support',
  settings: {},
});

describe.each<PostgresVersion>([15, 18])('cursors on PostgreSQL %i', (version) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let cursors: DatabaseCursorStore;

  beforeAll(async () => {
    database = await testDatabase([channelMigrations], version);
    dataSource = await connectDataSource({ url: database.url, service: 'ingest' });
    cursors = new DatabaseCursorStore(dataSource);
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  it('are null for an inbox that was never read', async () => {
    expect(await cursors.load(inboxOf('a'))).toBeNull();
  });

  it('are the last one that was saved', async () => {
    await cursors.save(inboxOf('a'), '1795490404:7');
    await cursors.save(inboxOf('a'), '1795490404:9');
    expect(await cursors.load(inboxOf('a'))).toBe('1795490404:9');
  });

  it('of one workspace are not seen by another', async () => {
    await cursors.save(inboxOf('b'), 'theirs');
    expect(await cursors.load(inboxOf('c'))).toBeNull();
  });
});
