import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PostgresVersion, TestDatabase } from '@tributary/database/testing';
import { newId, systemClock } from '@tributary/runtime';
import { DecisionsService } from './decisions/decisions.service.js';
import { createQueue, savePolicy } from './index.js';
import {
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
    await router.stop();
    await workspace.close();
  });

  const rows = <T>(sql: string) => router.query<T>(workspace.id, sql);
  const items = () => router.items(workspace.id);
  const outbox = () => router.outbox(workspace.id);

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
    expect(record!.payload).not.toHaveProperty('priority');
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
    expect(await outbox()).toMatchObject([{ payload: { priority: 'high', queueId: queue.id } }]);
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

  it('takes the work of an agent who stays away back to its queue, by its timer', async () => {
    const agentId = await workspace.person({ name: 'Li' });
    const ticketId = newId();
    await router.handle([presence(workspace.id, agentId), ready(workspace.id, ticketId)]);
    clock.advance(20 * MINUTE);
    await router.pipeline.endWhatIsDue();
    expect(await items()).toEqual([{ ticket_id: ticketId, state: 'waiting', agent_id: null }]);
    expect((await outbox()).slice(1)).toMatchObject([
      { type: 'ticket.returned', payload: { ticketId, agentId, reason: 'lease_ended' } },
    ]);
  });

  it('assigns a ticket that came back anew, after the word that it did, with the age it had', async () => {
    const [li, mo] = [await workspace.person({ name: 'Li' }), await workspace.person({ name: 'Mo' })];
    const ticketId = newId();
    await router.handle([presence(workspace.id, li), ready(workspace.id, ticketId)]);
    await router.handle([presence(workspace.id, mo, 'available', START + 30 * MINUTE)]);
    clock.advance(20 * MINUTE);
    await router.pipeline.endWhatIsDue();
    expect((await outbox()).map(({ type }) => type)).toEqual([
      'ticket.assigned',
      'ticket.returned',
      'ticket.assigned',
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

  it('keeps of a customer’s words what PostgreSQL can store', async () => {
    await router.handle([
      ready(workspace.id, newId(), { text: 'my \0 secret and half a \ud83d pair', region: 'c\0n' }),
    ]);
    expect(await rows(`SELECT text, region FROM routing.work_item WHERE workspace_id = $1`)).toEqual([
      { text: 'my  secret and half a \ufffd pair', region: 'cn' },
    ]);
  });
});
