import { connectDataSource } from '@tributary/database';
import { type PostgresVersion, type TestDatabase, testDatabase } from '@tributary/database/testing';
import { newId } from '@tributary/runtime';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { HostedInbox } from './hosted-inbox.js';
import { channelMigrations } from './migrations/channel-migrations.js';
import { DatabaseInboxLeases } from './inbox-leases.js';

const anInbox = (): HostedInbox => ({
  ...{ id: newId(), workspaceId: newId(), channel: 'wecom_kf', name: 'Account', settings: {} },
});

describe.each<PostgresVersion>([15, 18])('leases of pulls on PostgreSQL %i', (version) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const aReplica = () => new DatabaseInboxLeases(dataSource, 'channels.pull_lease');

  beforeAll(async () => {
    database = await testDatabase([channelMigrations], version);
    dataSource = await connectDataSource({ url: database.url, service: 'gateway' });
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  it('are one replica’s, of those that ask at once', async () => {
    const inbox = anInbox();
    const taken = await Promise.all(Array.from({ length: 8 }, () => aReplica().take(inbox)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('are kept by the one that has them, and of another inbox are free', async () => {
    const [inbox, replica] = [anInbox(), aReplica()];
    expect([await replica.take(inbox), await replica.take(inbox)]).toEqual([true, true]);
    expect(await aReplica().take(anInbox())).toBe(true);
  });

  it('are free when they were given back, by the one that had them', async () => {
    const [inbox, one, other] = [anInbox(), aReplica(), aReplica()];
    await one.take(inbox);
    await other.giveBack(inbox);
    expect(await other.take(inbox)).toBe(false);
    await one.giveBack(inbox);
    expect(await other.take(inbox)).toBe(true);
  });

  it('of a replica that died run out', async () => {
    const inbox = anInbox();
    await aReplica().take(inbox);
    await dataSource.transaction(async (manager) => {
      await manager.query(`SET LOCAL tributary.scope = '${inbox.workspaceId}'`);
      await manager.query(`UPDATE channels.pull_lease SET ends_at = now() - interval '1 second'`);
    });
    expect(await aReplica().take(inbox)).toBe(true);
  });
});
