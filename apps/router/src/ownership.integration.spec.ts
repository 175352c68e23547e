import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inWorkspace } from '@tributary/database';
import type { PostgresVersion, TestDatabase } from '@tributary/database/testing';
import { newId, systemClock } from '@tributary/runtime';
import type { EntityManager } from 'typeorm';
import { RoutingRepository } from './routing.repository.js';
import { WorkspaceMatching } from './matching/workspace-matching.js';
import {
  eventually,
  presence,
  ready,
  routingDatabase,
  TestClock,
  TestRouter,
  TestWorkspace,
  withdrawn,
  workEvent,
} from './testing/a-router.js';
import { MINUTE, START } from './testing/a-workspace.js';

describe.each<PostgresVersion>([15, 18])('the ownership of a workspace on PostgreSQL %i', (version) => {
  let database: TestDatabase;
  let workspace: TestWorkspace;
  let clock: TestClock;
  let router: TestRouter;
  const others: TestRouter[] = [];

  beforeAll(async () => {
    database = await routingDatabase(version);
  });
  afterAll(() => database.drop());

  beforeEach(async () => {
    workspace = await TestWorkspace.create(database);
    clock = new TestClock();
    router = await TestRouter.start(database, clock);
  });
  afterEach(async () => {
    await Promise.all([router, ...others.splice(0)].map((each) => each.stop()));
    await workspace.close();
  });

  const another = async (repository?: RoutingRepository) => {
    const other = await TestRouter.start(database, clock, repository);
    others.push(other);
    return other;
  };
  const rows = <T>(sql: string) => router.query<T>(workspace.id, sql);
  const items = () => router.items(workspace.id);
  const outbox = () => router.outbox(workspace.id);

  const load = (of: TestRouter) =>
    inWorkspace(of.dataSource, workspace.id, async (manager) => {
      const now = clock.now();
      return new WorkspaceMatching({
        configuration: await of.repository.loadConfiguration(manager, workspace.id, now),
        seats: await of.repository.loadSeats(manager, workspace.id),
        items: await of.repository.loadLive(manager, workspace.id),
        now: now.getTime(),
      }).snapshot();
    });

  it('reads the state it had when it starts again', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    const tickets = Array.from({ length: 9 }, newId);
    await router.handle([presence(workspace.id, agentId), ...tickets.map((id) => ready(workspace.id, id))]);
    await router.handle([withdrawn(workspace.id, tickets[0]!)]);
    const before = await load(router);
    const restarted = await another();
    await restarted.handle([workEvent(workspace.id, 'configuration.changed', { what: 'people' })]);
    expect(await load(restarted)).toEqual(before);
    expect((await outbox()).filter((record) => record.type === 'ticket.assigned')).toHaveLength(7);
  });

  it('lets a router that was paused write nothing once another has taken over', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    await router.handle([presence(workspace.id, agentId)]);
    const successor = await another();
    await successor.handle([ready(workspace.id, newId())]);
    const before = [await items(), await outbox()];
    await expect(router.handle([ready(workspace.id, newId())])).rejects.toMatchObject({ code: 'RETRYABLE' });
    expect([await items(), await outbox()]).toEqual(before);
  });

  it('lets a timer of a router that was paused write nothing either', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    await router.handle([presence(workspace.id, agentId), ready(workspace.id, newId())]);
    await (await another()).handle([presence(workspace.id, agentId, 'available', START + 60 * MINUTE)]);
    const before = [await items(), await outbox()];
    clock.advance(30 * MINUTE);
    await router.pipeline.endWhatIsDue();
    expect([await items(), await outbox()]).toEqual(before);
  });

  it('takes over what a paused router had begun but not committed', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    const paused = new PausedRepository();
    const zombie = await another(paused);
    await zombie.handle([presence(workspace.id, agentId)]);
    const event = ready(workspace.id, newId());
    const begun = paused.pauseBeforeSave();
    const handled = zombie.handle([event]);
    await begun;
    const taken = router.handle([event]);
    paused.resume();
    await handled;
    expect(await taken).toEqual(['duplicate']);
    expect(await outbox()).toHaveLength(1);
  });

  it('throws its memory away when the transaction fails, and decides from the database', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    const failing = new PausedRepository();
    const unlucky = await another(failing);
    await unlucky.handle([presence(workspace.id, agentId)]);
    failing.failNextSave(Object.assign(new Error('gone'), { code: '57P01' }));
    const event = ready(workspace.id, newId());
    await expect(unlucky.handle([event])).rejects.toMatchObject({ code: 'RETRYABLE' });
    expect(await items()).toEqual([]);
    expect(await unlucky.handle([event])).toEqual(['done']);
    expect(await load(unlucky)).toMatchObject({ seats: [{ usedUnits: 15 }] });
  });

  it('does not believe in a take-over that was rolled back: another may hold the very same epoch', async () => {
    const failing = new PausedRepository();
    const unlucky = await another(failing);
    failing.failNextSave(Object.assign(new Error('gone'), { code: '57P01' }));
    const event = ready(workspace.id, newId());
    await expect(unlucky.handle([event])).rejects.toMatchObject({ code: 'RETRYABLE' });
    await router.handle([ready(workspace.id, newId())]);
    await unlucky.handle([event]);
    await expect(router.handle([ready(workspace.id, newId())])).rejects.toMatchObject({ code: 'RETRYABLE' });
  });

  it('does not call a bug retryable', async () => {
    const failing = new PausedRepository();
    const unlucky = await another(failing);
    failing.failNextSave(new TypeError('a bug'));
    await expect(unlucky.handle([ready(workspace.id, newId())])).rejects.toThrow(TypeError);
  });

  it('does not begin a batch of a partition that is going away', async () => {
    const handled = router.handle([ready(workspace.id, newId())], AbortSignal.abort());
    await expect(handled).rejects.toMatchObject({ code: 'RETRYABLE' });
    expect(await items()).toEqual([]);
  });

  it('lets a timer wait while a batch of the partition is being stored', async () => {
    const slow = new PausedRepository();
    const busy = await another(slow);
    const agentId = await workspace.person({ name: 'Li' });
    await busy.handle([presence(workspace.id, agentId)]);
    const begun = slow.pauseBeforeSave();
    const handled = busy.handle([ready(workspace.id, newId())]);
    await begun;
    clock.advance(20 * MINUTE);
    const ended = busy.pipeline.endWhatIsDue();
    await router.dataSource.query('SELECT pg_sleep(0.05)');
    slow.resume();
    await Promise.all([handled, ended]);
    expect(slow.mostAtOnce).toBe(1);
    expect(await items()).toMatchObject([{ state: 'waiting' }]);
  });

  it('ends a lease by itself, without another record', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    const alone = await TestRouter.start(database, systemClock);
    others.push(alone);
    await alone.handle([presence(workspace.id, agentId, 'available', Date.now() + 100)]);
    const state = () => rows<{ state: string }>(`SELECT state FROM routing.presence WHERE workspace_id = $1`);
    const ended = await eventually(state, ([seat]) => seat?.state !== 'available');
    expect(ended).toEqual([{ state: 'offline' }]);
    expect(alone.failures).toEqual([]);
  });
});

/** A repository that stops or fails where a transaction is half done. */
class PausedRepository extends RoutingRepository {
  mostAtOnce = 0;
  #saving = 0;
  #failure: Error | undefined;
  #gate: Promise<void> | undefined;
  #open: () => void = () => undefined;
  #begun: () => void = () => undefined;

  failNextSave(error: Error): void {
    this.#failure = error;
  }

  pauseBeforeSave(): Promise<void> {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
    return new Promise((resolve) => (this.#begun = resolve));
  }

  resume(): void {
    this.#open();
  }

  override async saveItems(manager: EntityManager, rows: Parameters<RoutingRepository['saveItems']>[1]) {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
    this.#saving += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#saving);
    this.#begun();
    await this.#gate;
    await super.saveItems(manager, rows);
    this.#saving -= 1;
  }
}
