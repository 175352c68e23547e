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

  const stored = (columns: string) =>
    inWorkspace(dataSource, inbox.workspaceId, (manager) =>
      manager.query(`SELECT ${columns} FROM channels.inbox_health ORDER BY way`),
    );

  it('shows the last complaint, and none once mail comes in again', async () => {
    const failed = {
      kind: 'failed',
      at,
      code: 'bad_credentials',
      detail: 'login refused',
      waitMs: 60_000,
    } as const;
    await health.record(inbox, failed);
    expect(await stored('last_error, last_error_at')).toEqual([
      { last_error: 'bad_credentials: login refused', last_error_at: at },
    ]);
    await health.record(inbox, { kind: 'received', at, messages: 1 });
    expect(await stored('last_error, last_error_at')).toEqual([{ last_error: null, last_error_at: null }]);
  });

  it('calls a way closed to traffic after three failures in a row, and no other way with it', async () => {
    const fail = () => health.failed(inbox, 'out', { at, code: 'unavailable', detail: 'away' }, () => 1000);
    expect([await fail(), await fail()]).toEqual([1, 2]);
    expect(await stored('way, open_since')).toEqual([
      { way: 'in', open_since: null },
      { way: 'out', open_since: null },
    ]);
    expect(await fail()).toBe(3);
    expect(await stored('way, failures, open_since')).toEqual([
      { way: 'in', failures: 0, open_since: null },
      { way: 'out', failures: 3, open_since: at },
    ]);
    await health.passed(inbox, 'out');
    expect(await stored('way, failures, open_since, probe_at')).toContainEqual({
      ...{ way: 'out', failures: 0, open_since: null, probe_at: null },
    });
  });

  it('never stops the polling when it cannot be written', async () => {
    const broken = new InboxHealth(dataSource, createLogger('spec', 'silent'));
    const stranger = { ...inbox, workspaceId: 'no workspace' };
    await expect(broken.record(stranger, { kind: 'nothing_to_poll', at })).resolves.toBeUndefined();
  });
});
