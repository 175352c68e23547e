import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ChannelError, type ChannelErrorCode, type ChannelModule } from '@tributary/channel-sdk';
import { connectDataSource, inWorkspace } from '@tributary/database';
import { type TestDatabase, testDatabase } from '@tributary/database/testing';
import { createLogger, newId, systemClock } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';
import { InboxBreaker, ProviderFault } from './inbox-breaker.js';
import { InboxHealth, type ProviderWay } from './inbox-health.js';
import { channelMigrations } from './migrations/channel-migrations.js';

const workspaceId = newId();
const SOON = { unavailable: 40, badCredentials: 40 };
const NEVER = { unavailable: 3_600_000, badCredentials: 3_600_000 };
const logger = createLogger('spec', 'silent');

describe('the breaker of an inbox', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let dead: HostedInbox;
  let healthy: HostedInbox;
  /** Codes by inbox while its provider is away. */
  let away: Map<string, ChannelErrorCode>;
  let done: string[];
  let tried: string[];
  const running: InboxBreaker[] = [];

  beforeAll(async () => {
    database = await testDatabase([channelMigrations]);
    dataSource = await connectDataSource({ url: database.url, service: 'ingest' });
  });
  beforeEach(() => {
    const inbox = (name: string): HostedInbox => ({
      ...{ id: newId(), workspaceId, channel: 'line', name, settings: {} },
    });
    [dead, healthy] = [inbox('dead'), inbox('healthy')];
    away = new Map([[dead.id, 'unavailable']]);
    [done, tried] = [[], []];
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((breaker) => breaker.stop()));
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  function aBreaker(longestWaitMs: typeof SOON, way: ProviderWay = 'out', startsNow = true): InboxBreaker {
    const breaker = new InboxBreaker({
      ...{ way, longestWaitMs, dataSource, logger, clock: systemClock, random: () => 1 },
      channels: [{ manifest: { channel: 'line' } } as ChannelModule],
      inboxes: { ofChannel: async () => [dead, healthy] } as unknown as InboxLookup,
      health: new InboxHealth(dataSource, logger),
    });
    running.push(breaker);
    if (startsNow) start(breaker);
    return breaker;
  }

  const start = (breaker: InboxBreaker) =>
    breaker.start(async ({ payload }) => {
      const { inboxId, text } = payload as { inboxId: string; text: string };
      tried.push(text);
      const code = away.get(inboxId) ?? away.get(text);
      if (code) throw new ProviderFault(new ChannelError(code, 'away'));
      done.push(text);
    });
  const item = ({ id: inboxId }: HostedInbox, text: string) => ({
    ...{ key: text, payload: { inboxId, text }, tries: 1, since: new Date() },
  });
  const fault = new ChannelError('unavailable', 'away');
  const health = (inbox: HostedInbox) =>
    inWorkspace(dataSource, workspaceId, async (manager) => {
      const rows: { way: string; failures: number; open_since: Date | null }[] = await manager.query(
        'SELECT way, failures, open_since FROM channels.inbox_health WHERE inbox_id = $1',
        [inbox.id],
      );
      return rows;
    });
  async function until(what: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  it('holds nothing of an inbox whose provider answers', async () => {
    expect(await aBreaker(SOON).holds(healthy)).toBeUndefined();
  });

  it('holds what comes after work that waits, and works it off in order once the provider is back', async () => {
    const breaker = aBreaker(SOON);
    await breaker.wait(dead, item(dead, 'first'), fault);
    expect(await breaker.holds(dead)).toEqual({ code: 'unavailable', detail: 'away' });
    await breaker.wait(dead, item(dead, 'second'));
    await until(() => tried.length >= 3);
    expect(done).toEqual([]);
    away.clear();
    await until(() => done.length === 2);
    expect(done).toEqual(['first', 'second']);
    await until(async () => (await breaker.holds(dead)) === undefined);
  });

  it('is open after three faults in a row, and closed by the first success', async () => {
    const breaker = aBreaker(SOON);
    await breaker.wait(dead, item(dead, 'first'), fault);
    await until(async () => (await health(dead))[0]!.open_since !== null);
    expect((await health(dead))[0]!.failures).toBeGreaterThanOrEqual(3);
    away.clear();
    await until(() => done.length === 1);
    await until(async () => (await health(dead))[0]!.open_since === null);
    expect(await health(dead)).toMatchObject([{ way: 'out', failures: 0 }]);
  });

  it('never touches another inbox: a healthy one goes its way while a dead one rests', async () => {
    const breaker = aBreaker(NEVER);
    await breaker.wait(dead, item(dead, 'stuck'), fault);
    await breaker.wait(healthy, item(healthy, 'flows'));
    await until(() => done.includes('flows'));
    await until(async () => (await breaker.holds(healthy)) === undefined);
    expect(await breaker.holds(dead)).toBeDefined();
    expect(await health(healthy)).toMatchObject([{ failures: 0, open_since: null }]);
  });

  it('holds at once what another replica had let wait, however lately it was free', async () => {
    const [one, other] = [aBreaker(NEVER), aBreaker(NEVER)];
    expect(await one.holds(dead)).toBeUndefined();
    await other.wait(dead, item(dead, 'earlier'), fault);
    expect(await one.holds(dead)).toEqual({ code: 'unavailable', detail: 'away' });
  });

  it('leaves what waits to the process after it', async () => {
    const first = aBreaker(NEVER);
    await first.wait(dead, item(dead, 'kept'), fault);
    await first.stop();
    away.clear();
    await askForRetry(dead);
    aBreaker(SOON);
    await until(() => done.length === 1);
    expect(done).toEqual(['kept']);
  });

  it('tries at once when an administrator asks for it', async () => {
    const breaker = aBreaker(NEVER);
    await breaker.wait(dead, item(dead, 'asked for'), fault);
    away.clear();
    expect(done).toEqual([]);
    await until(async () => {
      await askForRetry(dead);
      breaker.retry(dead.id);
      return done.length === 1;
    });
  });

  it('has each item worked off by one of two replicas', async () => {
    const [first, second] = [aBreaker(SOON), aBreaker(SOON)];
    away.clear();
    const names = Array.from({ length: 20 }, (_, at) => `item ${at}`);
    for (const name of names) await first.wait(dead, item(dead, name));
    await second.wait(dead, item(dead, 'last'));
    await until(() => done.includes('last'));
    expect(done).toEqual([...names, 'last']);
  });

  it('puts a file that fails by itself behind the others', async () => {
    away = new Map([['broken', 'unavailable']]);
    const breaker = aBreaker(SOON, 'files', false);
    await breaker.wait(dead, item(dead, 'broken'));
    await breaker.wait(dead, item(dead, 'sound'));
    start(breaker);
    await until(() => done.length === 1);
    expect(done).toEqual(['sound']);
  });

  /** As the administration does it. */
  const askForRetry = ({ id }: HostedInbox) =>
    inWorkspace(dataSource, workspaceId, (manager) =>
      manager.query('UPDATE channels.inbox_health SET probe_at = now() WHERE inbox_id = $1', [id]),
    );
});
