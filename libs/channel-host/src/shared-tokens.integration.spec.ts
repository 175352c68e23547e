import { connectDataSource } from '@tributary/database';
import { type PostgresVersion, type TestDatabase, testDatabase } from '@tributary/database/testing';
import { MasterKey } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import { VirtualClock } from '@tributary/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { HostedInbox } from './hosted-inbox.js';
import { channelMigrations } from './migrations/channel-migrations.js';
import { SharedTokens } from './shared-tokens.js';

const HOUR_MS = 3_600_000;

const anInbox = (settings: object = { secret: 'one' }): HostedInbox => ({
  ...{ id: newId(), workspaceId: newId(), channel: 'wechat_oa', name: 'Account' },
  settings: { ...settings },
});

describe.each<PostgresVersion>([15, 18])('access tokens on PostgreSQL %i', (version) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const clock = new VirtualClock();
  const masterKey = new MasterKey(MasterKey.generate());

  beforeAll(async () => {
    database = await testDatabase([channelMigrations], version);
    dataSource = await connectDataSource({ url: database.url, service: 'gateway' });
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  /** A replica, and a provider that counts what it gave. */
  const aReplica = () => new SharedTokens(dataSource, masterKey, clock);
  function aProvider(expiresInMs = HOUR_MS) {
    const given: string[] = [];
    const obtain = async () => {
      given.push(`token ${given.length + 1}`);
      return { value: given.at(-1)!, expiresInMs };
    };
    return { given, obtain };
  }

  it('are obtained once, and then the same for every replica', async () => {
    const inbox = anInbox();
    const { given, obtain } = aProvider();
    expect(await aReplica().of(inbox).get('api', obtain)).toBe('token 1');
    expect(await aReplica().of(inbox).get('api', obtain)).toBe('token 1');
    expect(given).toHaveLength(1);
  });

  it('are obtained by one when ten replicas, with ten callers each, want one at once', async () => {
    const inbox = anInbox();
    const { given, obtain } = aProvider();
    const callers = Array.from({ length: 10 }, aReplica).flatMap((replica) =>
      Array.from({ length: 10 }, () => replica.of(inbox).get('api', obtain)),
    );
    expect(new Set(await Promise.all(callers))).toEqual(new Set(['token 1']));
    expect(given).toHaveLength(1);
  });

  it('are renewed before they expire', async () => {
    const inbox = anInbox();
    const { obtain } = aProvider();
    const tokens = aReplica().of(inbox);
    await tokens.get('api', obtain);
    clock.advance(HOUR_MS - 5 * 60_000 - 1);
    expect(await tokens.get('api', obtain)).toBe('token 1');
    clock.advance(1);
    expect(await tokens.get('api', obtain)).toBe('token 2');
  });

  it('of a short life are used for most of it', async () => {
    const tokens = aReplica().of(anInbox());
    const { obtain } = aProvider(60_000);
    await tokens.get('api', obtain);
    clock.advance(53_000);
    expect(await tokens.get('api', obtain)).toBe('token 1');
    clock.advance(1000);
    expect(await tokens.get('api', obtain)).toBe('token 2');
  });

  it('that the provider refused are replaced, by one of those that were refused', async () => {
    const inbox = anInbox();
    const { given, obtain } = aProvider();
    const first = await aReplica().of(inbox).get('api', obtain);
    const again = Array.from({ length: 5 }, () => aReplica().of(inbox).get('api', obtain, first));
    expect(new Set(await Promise.all(again))).toEqual(new Set(['token 2']));
    expect(given).toHaveLength(2);
  });

  it('of another account, after the settings changed, are not used', async () => {
    const inbox = anInbox({ appId: 'a' });
    const { obtain } = aProvider();
    await aReplica().of(inbox).get('api', obtain);
    const changed = { ...inbox, settings: { appId: 'b' } };
    expect(await aReplica().of(changed).get('api', obtain)).toBe('token 2');
  });

  it('that could not be obtained leave nothing behind', async () => {
    const tokens = aReplica().of(anInbox());
    const { obtain } = aProvider();
    const refused = async () => {
      throw new Error('wrong secret');
    };
    await expect(tokens.get('api', refused)).rejects.toThrow('wrong secret');
    expect(await tokens.get('api', obtain)).toBe('token 1');
  });

  it('of different names are different', async () => {
    const tokens = aReplica().of(anInbox());
    const { obtain } = aProvider();
    expect([await tokens.get('api', obtain), await tokens.get('jsapi', obtain)]).toEqual([
      'token 1',
      'token 2',
    ]);
  });

  it('lie sealed in the database', async () => {
    const inbox = anInbox();
    await aReplica().of(inbox).get('api', aProvider().obtain);
    await dataSource.transaction(async (manager) => {
      await manager.query(`SET LOCAL tributary.scope = '${inbox.workspaceId}'`);
      const rows = (await manager.query('SELECT sealed FROM channels.access_token')) as { sealed: Buffer }[];
      expect(rows).toHaveLength(1);
      expect(rows[0]!.sealed.includes('token')).toBe(false);
    });
  });
});
