import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inWorkspace } from '@tributary/database';
import type { PostgresVersion, TestDatabase } from '@tributary/database/testing';
import { newId, systemClock } from '@tributary/runtime';
import type { EntityManager } from 'typeorm';
import { DecisionsService } from './decisions/decisions.service.js';
import { RoutingRepository } from './routing.repository.js';
import { createQueue, savePolicy } from './index.js';
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

describe.each<PostgresVersion>([15, 18])('the routing pipeline on PostgreSQL %i', (version) => {
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
  const rows = <T>(sql: string): Promise<T[]> =>
    inWorkspace(router.dataSource, workspace.id, (manager) => manager.query(sql, [workspace.id]));
  const items = () =>
    rows<{ ticket_id: string; state: string; agent_id: string | null }>(
      `SELECT ticket_id, state, agent_id FROM routing.work_item WHERE workspace_id = $1 ORDER BY ticket_id`,
    );
  const outbox = async () => {
    const added: { value: Buffer; key: string }[] = await router.dataSource.query(
      `SELECT key, value FROM routing.outbox WHERE topic = 'routing.decisions' ORDER BY id`,
    );
    return added
      .map(({ key, value }) => ({
        key,
        ...(JSON.parse(value.toString()) as { workspaceId: string; type: string; payload: object }),
      }))
      .filter((record) => record.workspaceId === workspace.id);
  };

  it('assigns a ticket, stores it, and tells tickets through the outbox', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    const ticketId = newId();
    expect(
      await router.handle([
        presence(workspace.id, agentId),
        ready(workspace.id, ticketId, { ticketVersion: 7 }),
      ]),
    ).toEqual(['done', 'done']);
    expect(await items()).toEqual([{ ticket_id: ticketId, state: 'assigned', agent_id: agentId }]);
    const [record, ...more] = await outbox();
    expect(more).toEqual([]);
    expect(record).toMatchObject({
      key: ticketId,
      type: 'ticket.assigned',
      payload: { ticketId, ticketVersion: 7, agentId },
    });
  });

  it('stores why, as the console reads it', async () => {
    const skill = await workspace.skill('Refunds');
    const team = await workspace.team('Money');
    const expert = { languages: ['zh'], regions: ['CN'], teams: [team] };
    const li = await workspace.person({ name: 'Li', ...expert, skills: [[skill, 4]] });
    await workspace.person({ name: 'Mo', ...expert, skills: [[skill, 2]] });
    await workspace.person({ name: 'Outsider' });
    const queue = await createQueue(router.dataSource, systemClock, workspace.id, {
      name: 'Money',
      teamId: team.id,
    });
    await savePolicy(
      router.dataSource,
      systemClock,
      workspace.id,
      {
        rules: [
          {
            name: 'Refunds in Chinese',
            when: [{ field: 'text', op: 'contains', value: ['退款'] }],
            queueId: queue.id,
            skills: [{ skillId: skill.id, minLevel: 3 }],
            matchLanguage: true,
            matchRegion: true,
            priority: 'high',
          },
        ],
        defaultQueueId: queue.id,
        costs: { web_form: 15 },
      },
      'system',
    );
    const ticketId = newId();
    const ticket = {
      text: '我要退款',
      language: 'zh-CN',
      region: 'cn',
      waitingSince: new Date(START - 5000).toISOString(),
    };
    await router.handle([presence(workspace.id, li), ready(workspace.id, ticketId, ticket)]);
    const service = new DecisionsService({ dataSource: router.dataSource } as never);
    const [decision] = await service.ofTicket(workspace.id, ticketId);
    expect(decision).toEqual({
      id: expect.any(String),
      at: new Date(START).toISOString(),
      outcome: 'assigned',
      cause: 'arrival',
      policyVersion: 2,
      rule: { position: 1, name: 'Refunds in Chinese' },
      queue: { id: queue.id, name: 'Money' },
      requirements: [
        { kind: 'skill', text: 'Refunds>=3' },
        { kind: 'language', text: 'zh' },
        { kind: 'region', text: 'cn' },
      ],
      funnel: [
        { filter: 'in_queue', left: 2 },
        { filter: 'active', left: 2 },
        { filter: 'skill:Refunds>=3', left: 1 },
        { filter: 'language:zh', left: 1 },
        { filter: 'region:cn', left: 1 },
        { filter: 'present', left: 1 },
        { filter: 'capacity', left: 1 },
      ],
      best: [{ agentId: li, name: 'Li', idleSeconds: 0, freeUnits: 100 }],
      agent: { id: li, name: 'Li' },
      tieBreak: null,
      waitedSeconds: 5,
      competitors: null,
      epoch: 1,
    });
  });

  it('applies a record once, however often it comes, also twice in one batch', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    const once = ready(workspace.id, newId());
    await router.handle([presence(workspace.id, agentId)]);
    expect(await router.handle([once, once])).toEqual(['done', 'duplicate']);
    expect(await router.handle([once])).toEqual(['duplicate']);
    expect(await outbox()).toHaveLength(1);
  });

  it('ignores a version that is older than what it knows, also of a ticket that was settled', async () => {
    const ticketId = newId();
    await router.handle([ready(workspace.id, ticketId, { ticketVersion: 3 })]);
    await router.handle([withdrawn(workspace.id, ticketId, { ticketVersion: 5 })]);
    expect(await router.handle([ready(workspace.id, ticketId, { ticketVersion: 4 })])).toEqual([
      'ignored stale',
    ]);
    expect(await router.handle([withdrawn(workspace.id, ticketId, { ticketVersion: 4 })])).toEqual([
      'ignored stale',
    ]);
    expect(await items()).toMatchObject([{ state: 'withdrawn' }]);
  });

  it('puts what it cannot understand into quarantine with its bytes, and goes on', async () => {
    const ticketId = newId();
    const broken = Buffer.from('{"not":"an envelope"}');
    expect(await router.handle([broken, ready(workspace.id, ticketId)])).toEqual([
      'quarantined BAD_ENVELOPE',
      'done',
    ]);
    expect(
      await router.dataSource.query(`SELECT value FROM routing.quarantine WHERE reason = 'BAD_ENVELOPE'`),
    ).toEqual([{ value: broken }]);
  });

  it('puts a date that nobody can read into quarantine', async () => {
    const odd = ready(workspace.id, newId(), { waitingSince: '2026-W48' });
    expect(await router.handle([odd])).toEqual(['quarantined BAD_PAYLOAD']);
  });

  it('keeps workspaces of one batch apart', async () => {
    const elsewhere = await TestWorkspace.create(database);
    const agentId = await workspace.person({ name: 'Li' });
    await router.handle([
      presence(workspace.id, agentId),
      ready(elsewhere.id, newId()),
      ready(workspace.id, newId()),
    ]);
    expect((await outbox()).map((record) => record.type)).toEqual(['ticket.assigned']);
    await elsewhere.close();
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
    expect(await items()).toMatchObject([{ state: 'returned' }]);
  });

  it('returns the work of an agent who stays away, by its timer', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    const ticketId = newId();
    await router.handle([presence(workspace.id, agentId), ready(workspace.id, ticketId)]);
    clock.advance(20 * MINUTE);
    await router.pipeline.endWhatIsDue();
    expect(await items()).toEqual([{ ticket_id: ticketId, state: 'returned', agent_id: null }]);
    expect((await outbox()).at(-1)).toMatchObject({
      type: 'ticket.returned',
      payload: { ticketId, agentId, reason: 'lease_ended' },
    });
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

  it('assigns a returned ticket anew with the age it had', async () => {
    const [li, mo] = [await workspace.person({ name: 'Li' }), await workspace.person({ name: 'Mo' })];
    const ticketId = newId();
    await router.handle([presence(workspace.id, li), ready(workspace.id, ticketId)]);
    clock.advance(20 * MINUTE);
    await router.pipeline.endWhatIsDue();
    const waitingSince = clock.now().toISOString();
    await router.handle([
      presence(workspace.id, mo, 'available', START + 30 * MINUTE),
      ready(workspace.id, ticketId, { ticketVersion: 3, waitingSince }),
    ]);
    expect(
      await rows(`SELECT agent_id, waiting_since FROM routing.work_item WHERE workspace_id = $1`),
    ).toEqual([{ agent_id: mo, waiting_since: new Date(START) }]);
  });

  it('reads the set-up again when it changed', async () => {
    await router.handle([ready(workspace.id, newId())]);
    const agentId = await workspace.person({ name: 'Newcomer' });
    await router.handle([
      presence(workspace.id, agentId),
      workEvent(workspace.id, 'configuration.changed', { what: 'people' }),
    ]);
    expect(await items()).toMatchObject([{ state: 'assigned', agent_id: agentId }]);
  });

  it('forgets a customer’s words when the ticket is settled', async () => {
    const ticketId = newId();
    await router.handle([ready(workspace.id, ticketId, { text: 'my secret \0 and half a \ud83d pair' })]);
    const text = () => rows(`SELECT text FROM routing.work_item WHERE workspace_id = $1`);
    expect(await text()).toEqual([{ text: 'my secret  and half a \ufffd pair' }]);
    await router.handle([withdrawn(workspace.id, ticketId)]);
    expect(await text()).toEqual([{ text: null }]);
  });

  const load = (of: TestRouter) =>
    inWorkspace(of.dataSource, workspace.id, async (manager) => {
      const { WorkspaceMatching } = await import('./matching/workspace-matching.js');
      const now = clock.now();
      return new WorkspaceMatching({
        configuration: await of.repository.loadConfiguration(manager, workspace.id, now),
        seats: await of.repository.loadSeats(manager, workspace.id),
        items: await of.repository.loadLive(manager, workspace.id),
        now: now.getTime(),
      }).snapshot();
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
