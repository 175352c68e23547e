import { connectDataSource, inWorkspace } from '@tributary/database';
import { type PostgresVersion, type TestDatabase, testDatabase } from '@tributary/database/testing';
import { newId } from '@tributary/runtime';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { CallKeys } from './call-keys.js';
import { channelMigrations } from './migrations/channel-migrations.js';

const anInbox = () => ({ id: newId(), workspaceId: newId() });
const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

describe.each<PostgresVersion>([15, 18])('the name of a call, on PostgreSQL %i', (version) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let keys: CallKeys;

  beforeAll(async () => {
    database = await testDatabase([channelMigrations], version);
    dataSource = await connectDataSource({ url: database.url, service: 'gateway' });
    keys = new CallKeys(dataSource);
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  it('stands for one body, however often it comes', async () => {
    const inbox = anInbox();
    const bodies = [one, one, other, one, other];
    const claimed: boolean[] = [];
    for (const body of bodies) claimed.push(await keys.claim(inbox, 'k', body));
    expect(claimed).toEqual([true, true, false, true, false]);
  });

  it('is given to one of two bodies that come at once', async () => {
    for (let round = 0; round < 20; round++) {
      const inbox = anInbox();
      const claimed = await Promise.all([one, other].map((body) => keys.claim(inbox, 'k', body)));
      expect(claimed.filter(Boolean)).toHaveLength(1);
    }
  });

  it('is another in another inbox', async () => {
    const [first, second] = [anInbox(), anInbox()];
    await keys.claim(first, 'k', one);
    expect(await keys.claim(second, 'k', other)).toBe(true);
  });

  it('is forgotten when nobody will call again, and not before', async () => {
    const inbox = anInbox();
    await keys.claim(inbox, 'k', one);
    await keys.forget(inbox);
    expect(await keys.claim(inbox, 'k', other)).toBe(false);
    await inWorkspace(dataSource, inbox.workspaceId, (manager) =>
      manager.query(`UPDATE channels.call_key SET claimed_at = now() - interval '31 days'`),
    );
    await keys.forget(inbox);
    expect(await keys.claim(inbox, 'k', other)).toBe(true);
  });
});
