import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectDataSource, inWorkspace } from '@tributary/database';
import { type TestDatabase, testDatabase } from '@tributary/database/testing';
import { createLogger } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { HostedInbox } from './hosted-inbox.js';
import { InboxHealth } from './inbox-health.js';
import { channelMigrations } from './migrations/channel-migrations.js';

const inbox: HostedInbox = {
  id: '00000000-0000-7000-8000-0000000000b1',
  workspaceId: '00000000-0000-7000-8000-00000000000a',
  channel: 'email',
  name: 'Support',
  settings: {},
};
const at = new Date('2026-11-24T08:00:00Z');

describe('the health of an inbox', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let health: InboxHealth;

  beforeAll(async () => {
    database = await testDatabase([channelMigrations]);
    dataSource = await connectDataSource({ url: database.url, service: 'ingest' });
    health = new InboxHealth(dataSource, createLogger('spec', 'silent'));
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const stored = () =>
    inWorkspace(dataSource, inbox.workspaceId, (manager) =>
      manager.query('SELECT last_error, last_error_at FROM channels.inbox_health'),
    );

  it('shows the last complaint, and none once mail comes in again', async () => {
    await health.record(inbox, { kind: 'failed', at, code: 'bad_credentials', detail: 'login refused' });
    expect(await stored()).toEqual([{ last_error: 'bad_credentials: login refused', last_error_at: at }]);
    await health.record(inbox, { kind: 'received', at, messages: 1 });
    expect(await stored()).toEqual([{ last_error: null, last_error_at: null }]);
  });

  it('never stops the polling when it cannot be written', async () => {
    const broken = new InboxHealth(dataSource, createLogger('spec', 'silent'));
    const stranger = { ...inbox, workspaceId: 'no workspace' };
    await expect(broken.record(stranger, { kind: 'nothing_to_poll', at })).resolves.toBeUndefined();
  });
});
