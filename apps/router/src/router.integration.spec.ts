import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type {
  AgentAvailability,
  DecisionView,
  DryRunView,
  PresenceView,
  Problem,
  QueueView,
  RoutingPolicyView,
} from '@tributary/contracts';
import { routingDecisions, routingWork } from '@tributary/contracts';
import { connectDataSource } from '@tributary/database';
import type { TestDatabase } from '@tributary/database/testing';
import { MasterKey, SESSION_COOKIE, SessionService } from '@tributary/directory';
import { createEventLog, type EventLog, EventLogStrategy } from '@tributary/event-log';
import { createLogger, Health, newId, systemClock } from '@tributary/runtime';
import { connectService, createHttpServer, type ServiceContext } from '@tributary/service';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { PRESENCE_CHANNEL, ROUTER_ENTITIES, RouterModule } from './index.js';
import { eventually, ready, routingDatabase, TestWorkspace } from './testing/a-router.js';

const logger = createLogger('spec', 'silent');

describe('the router as a service', () => {
  let database: TestDatabase;
  let workspace: TestWorkspace;
  let context: ServiceContext;
  let disconnect: () => Promise<void>;
  let gateway: DataSource;
  let log: EventLog;
  let app: NestFastifyApplication;
  let admin: string;
  let agent: string;
  let agentId: string;

  beforeAll(async () => {
    database = await routingDatabase();
    workspace = await TestWorkspace.create(database);
    const { url } = database;
    log = createEventLog({ driver: 'embedded', url, service: 'router', logger, clock: systemClock });
    await log.admin.ensureTopics([routingWork, routingDecisions]);
    const service = await connectService({
      service: 'router',
      databaseUrl: url,
      log,
      // The router keeps no files: whoever reaches for them in it fails here.
      objects: undefined as never,
      clock: systemClock,
      logger,
      masterKey: MasterKey.generate(),
      health: new Health(),
      entities: ROUTER_ENTITIES,
      fail: (error) => {
        throw error;
      },
    });
    ({ context, close: disconnect } = service);
    gateway = await connectDataSource({ url, service: 'gateway' });
    app = await start();
    admin = await signIn(await workspace.person({ name: 'Ada', role: 'admin' }));
    agentId = await workspace.person({ name: 'Li' });
    agent = await signIn(agentId);
  });

  afterAll(async () => {
    await app.close();
    await log.close();
    await Promise.all([disconnect(), gateway.destroy(), workspace.close()]);
    await database.drop();
  });

  async function start(): Promise<NestFastifyApplication> {
    const nest = await createHttpServer(RouterModule.register(context), logger);
    nest.connectMicroservice({ strategy: new EventLogStrategy({ log, logger, onFailure: context.fail }) });
    await nest.startAllMicroservices();
    await nest.init();
    await nest.getHttpAdapter().getInstance().ready();
    return nest;
  }

  async function signIn(personId: string): Promise<string> {
    const sessions = new SessionService(gateway, systemClock);
    const link = await sessions.createLink(workspace.id, personId);
    return (await sessions.signInByLink(link.token))!.token;
  }

  async function call<T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH',
    url: string,
    token?: string,
    body?: object,
  ) {
    const answer = await app.inject({
      method,
      url,
      ...(token === undefined ? {} : { headers: { cookie: `${SESSION_COOKIE}=${token}` } }),
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.json<T>() };
  }
  const get = <T>(url: string, token = admin) => call<T>('GET', url, token).then(({ body }) => body);

  it.each([
    ['GET', '/api/presence'],
    ['PUT', '/api/presence'],
    ['GET', '/api/agents/availability'],
    ['GET', `/api/tickets/${newId()}/decisions`],
    ['GET', '/api/queues'],
    ['POST', '/api/queues'],
    ['PATCH', `/api/queues/${newId()}`],
    ['GET', '/api/routing/policy'],
    ['PUT', '/api/routing/policy'],
    ['POST', '/api/routing/policy/dry-run'],
  ] as const)('lets nobody call %s %s without a session', async (method, url) => {
    expect(await call(method, url)).toMatchObject({ status: 401, body: { code: 'NOT_SIGNED_IN' } });
  });

  it.each([
    ['POST', '/api/queues'],
    ['PATCH', `/api/queues/${newId()}`],
    ['PUT', '/api/routing/policy'],
    ['POST', '/api/routing/policy/dry-run'],
  ] as const)('lets administrators alone call %s %s', async (method, url) => {
    expect(await call(method, url, agent, {})).toMatchObject({ status: 403, body: { code: 'ROLE_MISSING' } });
  });

  it('gives a ticket to an agent who becomes available, tells their stream, and says why', async () => {
    const heard: unknown[] = [];
    const listener = new Client({ connectionString: database.url });
    await listener.connect();
    listener.on('notification', ({ payload }) => heard.push(JSON.parse(payload!)));
    await listener.query(`LISTEN ${PRESENCE_CHANNEL}`);
    const ticketId = newId();
    await log.append([{ topic: routingWork.name, key: workspace.id, value: ready(workspace.id, ticketId) }]);
    const change = await call<PresenceView>('PUT', '/api/presence', agent, { state: 'available' });
    expect(change).toMatchObject({ status: 200, body: { agentId, state: 'available', capacityTotal: 100 } });
    const busy = (view: PresenceView) => view.capacityUsed['web_form'] === 15;
    expect(await eventually(() => get<PresenceView>('/api/presence', agent), busy)).toEqual({
      agentId,
      state: 'available',
      leaseUntil: expect.any(String),
      capacityUsed: { web_form: 15 },
      capacityTotal: 100,
    });
    await eventually(
      async () => heard.length,
      (count) => count > 0,
    );
    expect(heard).toContainEqual({ workspaceId: workspace.id, agentId });
    await listener.end();
    const decisions = await get<DecisionView[]>(`/api/tickets/${ticketId}/decisions`);
    expect(decisions[0]).toMatchObject({ outcome: 'assigned', agent: { id: agentId, name: 'Li' } });
    expect(await get<AgentAvailability[]>('/api/agents/availability')).toEqual([
      { agentId: expect.any(String), name: 'Ada', state: 'offline', usedUnits: 0, assigned: 0 },
      { agentId, name: 'Li', state: 'available', usedUnits: 15, assigned: 1 },
    ]);
  });

  it('has one queue and a policy for a workspace that nobody has set up', async () => {
    const queues = await get<QueueView[]>('/api/queues');
    const policy = await get<RoutingPolicyView>('/api/routing/policy');
    expect(queues).toContainEqual({ id: policy.defaultQueueId, name: 'General', teamId: null });
    expect(policy).toMatchObject({ version: 1, rules: [], costs: { email: 15, web_form: 15 } });
  });

  it('makes and renames queues, and refuses a name that is taken', async () => {
    const made = await call<QueueView>('POST', '/api/queues', admin, { name: 'Refunds' });
    expect(made).toMatchObject({ status: 201, body: { name: 'Refunds', teamId: null } });
    const { id } = made.body;
    expect((await call<QueueView>('PATCH', `/api/queues/${id}`, admin, { name: 'Money' })).body.name).toBe(
      'Money',
    );
    expect(await call('PATCH', `/api/queues/${id}`, admin, { name: 'General' })).toMatchObject({
      status: 409,
      body: { code: 'QUEUE_NAME_TAKEN' },
    });
    expect(await call('POST', '/api/queues', admin, { name: 'Money' })).toMatchObject({ status: 409 });
    expect(await call('POST', '/api/queues', admin, { name: 'X', teamId: newId() })).toMatchObject({
      status: 422,
    });
    expect(await call('PATCH', `/api/queues/${newId()}`, admin, {})).toMatchObject({ status: 404 });
  });

  it('refuses unknown fields and wrong types by name', async () => {
    const answer = await call<Problem>('PUT', '/api/presence', agent, { state: 'asleep', mood: 1 });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((fault) => fault.field).toSorted()).toEqual(['mood', 'state']);
    expect(await call('POST', '/api/queues', admin, { name: ' ' })).toMatchObject({ status: 400 });
  });

  it('replaces the policy once a version, and the router goes by the new one at once', async () => {
    const { updatedAt: _at, updatedBy: _by, ...policy } = await get<RoutingPolicyView>('/api/routing/policy');
    const queue = (await call<QueueView>('POST', '/api/queues', admin, { name: 'Urgent' })).body;
    const rule = {
      name: 'Urgent first',
      when: [{ field: 'priority', op: 'in', value: ['high', 'urgent'] }],
      queueId: queue.id,
      skills: [],
      matchLanguage: false,
      matchRegion: false,
      priority: 'urgent',
    };
    const changed = await call<RoutingPolicyView>('PUT', '/api/routing/policy', admin, {
      ...policy,
      rules: [rule],
    });
    expect(changed).toMatchObject({ status: 200, body: { version: policy.version + 1, rules: [rule] } });
    expect(await call('PUT', '/api/routing/policy', admin, { ...policy, rules: [] })).toMatchObject({
      status: 412,
      body: { code: 'VERSION_CONFLICT' },
    });
    const ticketId = newId();
    await eventually(
      async () => context.dataSource.query('SELECT 1 FROM routing.outbox'),
      (left: unknown[]) => left.length === 0,
    );
    await log.append([
      {
        topic: routingWork.name,
        key: workspace.id,
        value: ready(workspace.id, ticketId, { priority: 'high' }),
      },
    ]);
    const decisions = await eventually(
      () => get<DecisionView[]>(`/api/tickets/${ticketId}/decisions`),
      (list) => list.length > 0,
    );
    expect(decisions[0]).toMatchObject({
      policyVersion: changed.body.version,
      rule: { position: 1, name: 'Urgent first' },
      queue: { id: queue.id, name: 'Urgent' },
    });
  });

  it('names rule and field of what is wrong with a policy', async () => {
    const policy = await get<RoutingPolicyView>('/api/routing/policy');
    const rule = {
      name: 'Bad',
      queueId: newId(),
      skills: [{ skillId: newId(), minLevel: 2 }],
      when: [{ field: 'text', op: 'contains', value: [] }],
      matchLanguage: false,
      matchRegion: false,
      priority: null,
    };
    const answer = await call<Problem>('PUT', '/api/routing/policy', admin, { ...policy, rules: [rule] });
    expect(answer).toMatchObject({ status: 422, body: { code: 'POLICY_INVALID' } });
    expect(answer.body.errors?.map(({ field, rule: name }) => `${field} ${name}`)).toEqual([
      'rules.0.queueId unknown_queue',
      'rules.0.skills.0.skillId unknown_skill',
      'rules.0.when.0.value empty',
    ]);
  });

  it('says in a dry run which rule a ticket would meet, and who could take it, and decides nothing', async () => {
    const policy = await get<RoutingPolicyView>('/api/routing/policy');
    const draft = { rules: policy.rules, defaultQueueId: policy.defaultQueueId, costs: { web_form: 90 } };
    const ticket = {
      channel: 'web_form',
      type: 'question',
      priority: 'urgent',
      contactTier: 'vip',
      text: 'Help',
    };
    const { status, body } = await call<DryRunView>('POST', '/api/routing/policy/dry-run', admin, {
      policy: draft,
      ticket,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      rule: { position: 1, name: 'Urgent first' },
      requirements: [],
      agent: null,
    });
    expect(body.funnel).toEqual([
      { filter: 'in_queue', left: 2 },
      { filter: 'active', left: 2 },
      { filter: 'present', left: 1 },
      { filter: 'capacity', left: 0 },
    ]);
  });
});
