import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inWorkspace } from '@tributary/database';
import type { PostgresVersion, TestDatabase } from '@tributary/database/testing';
import { newId } from '@tributary/runtime';
import type { WorkItem } from './matching/work-item.js';
import { RoutingRepository } from './routing.repository.js';
import {
  presence,
  ready,
  routingDatabase,
  TestClock,
  TestRouter,
  TestWorkspace,
} from './testing/a-router.js';
import { START } from './testing/a-workspace.js';

/** What a router would be that does not look at its fence: the database alone stands between two of them. */
class UnfencedRepository extends RoutingRepository {
  override async lostEpochs(): Promise<ReadonlySet<string>> {
    return new Set();
  }
}

describe.each<PostgresVersion>([15, 18])('capacity on PostgreSQL %i', (version) => {
  let database: TestDatabase;
  let workspace: TestWorkspace;
  let clock: TestClock;
  let router: TestRouter;
  let routers: TestRouter[];

  beforeAll(async () => {
    database = await routingDatabase(version);
  });
  afterAll(() => database.drop());

  beforeEach(async () => {
    workspace = await TestWorkspace.create(database);
    clock = new TestClock();
    routers = [];
    router = await start();
  });
  afterEach(async () => {
    await Promise.all(routers.map((each) => each.stop()));
    await workspace.close();
  });

  const start = async (repository?: RoutingRepository) => {
    const started = await TestRouter.start(database, clock, repository);
    routers.push(started);
    return started;
  };
  const query = <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    inWorkspace(router.dataSource, workspace.id, (manager) =>
      manager.query(sql, [workspace.id, ...parameters]),
    );
  const save = (...items: WorkItem[]) =>
    inWorkspace(router.dataSource, workspace.id, (manager) =>
      router.repository.saveItems(
        manager,
        items.map((value) => ({ workspaceId: workspace.id, value })),
      ),
    );
  const load = () => query(`SELECT routed_units, hand_units FROM routing.agent_load WHERE workspace_id = $1`);

  const held = (agentId: string, units: number, sketch: Partial<WorkItem> = {}): WorkItem => ({
    ticketId: newId(),
    ticketVersion: 1,
    readyVersion: 1,
    attributes: null,
    state: 'assigned',
    waitingSince: START,
    queueId: null,
    units,
    agentId,
    assignedAt: START,
    byHand: false,
    excludedAgentId: null,
    excludedUntil: null,
    ...sketch,
  });

  it('is kept by the database for whatever writes: 100 units fit, one more is refused', async () => {
    const agentId = newId();
    await save(held(agentId, 60), held(agentId, 40));
    expect(await load()).toEqual([{ routed_units: 100, hand_units: 0 }]);
    await expect(save(held(agentId, 1))).rejects.toMatchObject({
      code: '23514',
      constraint: 'agent_load_capacity',
    });
  });

  it('lets work given by hand go beyond', async () => {
    const agentId = newId();
    await save(held(agentId, 60), held(agentId, 60, { byHand: true }));
    expect(await load()).toEqual([{ routed_units: 60, hand_units: 60 }]);
  });

  it('lets one statement free an agent and fill them again', async () => {
    const agentId = newId();
    const before = held(agentId, 100);
    await save(before);
    await save(held(agentId, 100), { ...before, state: 'withdrawn', agentId: null, assignedAt: null });
    expect(await load()).toEqual([{ routed_units: 100, hand_units: 0 }]);
  });

  it('is free again when rows are deleted', async () => {
    const agentId = newId();
    await save(held(agentId, 100));
    await query(`DELETE FROM routing.work_item WHERE workspace_id = $1`);
    expect(await load()).toEqual([{ routed_units: 0, hand_units: 0 }]);
  });

  it('refuses to write an older version of a ticket over a newer', async () => {
    const item = held(newId(), 15, { ticketVersion: 5 });
    await save(item);
    await expect(save({ ...item, ticketVersion: 4 })).rejects.toThrow(/newer in the database/);
  });

  it('stands between two routers that both believe they own the workspace', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    await router.handle([presence(workspace.id, agentId)]);
    const zombies = [await start(new UnfencedRepository()), await start(new UnfencedRepository())];
    for (const zombie of zombies) await zombie.handle([ready(workspace.id, newId())]);
    const floods = await Promise.allSettled(
      zombies.map((zombie) => zombie.handle(Array.from({ length: 8 }, () => ready(workspace.id, newId())))),
    );
    expect(floods.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await load()).toEqual([{ routed_units: 90, hand_units: 0 }]);
  });

  it('and every ticket once hold while three routers fight for the workspace', async () => {
    const agents = await Promise.all(['A', 'B', 'C', 'D'].map((name) => workspace.person({ name })));
    await router.handle(agents.map((id) => presence(workspace.id, id)));
    const rivals = [router, await start(), await start()];
    const tickets = Array.from({ length: 60 }, newId);
    const batches = tickets.map((id) => [ready(workspace.id, id)]);
    await Promise.all(
      rivals.map(async (rival, index) => {
        for (const batch of batches.filter((_, n) => n % 3 === index)) await insist(rival, batch);
      }),
    );
    // Every batch comes to every router in the end, as after a rebalance.
    for (const rival of rivals) await insist(rival, batches.flat());
    expect(
      await query(
        `SELECT agent_id, sum(units)::integer AS units FROM routing.work_item
         WHERE workspace_id = $1 AND state = 'assigned' GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual(agents.toSorted().map((agent_id) => ({ agent_id, units: 90 })));
    const decided = await query<{ ticket_id: string }>(
      `SELECT ticket_id FROM routing.decision WHERE workspace_id = $1`,
    );
    expect(decided.map((row) => row.ticket_id).toSorted()).toEqual(tickets.toSorted());
  });
});

/** What the runner does: the same batch again while it is said to be retryable. */
async function insist(router: TestRouter, batch: readonly Buffer[]): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await router.handle(batch);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'RETRYABLE' || attempt > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    }
  }
}
