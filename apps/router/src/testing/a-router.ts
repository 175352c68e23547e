import {
  ALWAYS_OPEN,
  encodeRecord,
  type PresenceChanged,
  type RecordOf,
  routingWork,
  type TicketReady,
  type TicketWithdrawn,
} from '@tributary/contracts';
import { connectDataSource, inWorkspace } from '@tributary/database';
import { type PostgresVersion, type TestDatabase, testDatabase } from '@tributary/database/testing';
import {
  DIRECTORY_ENTITIES,
  directoryMigrations,
  PersonEntity,
  PersonSkillEntity,
  publishChannelPolicies,
  SkillEntity,
  TeamEntity,
  TeamMemberEntity,
} from '@tributary/directory';
import { logMigrations, type Outcome, type RecordBatch } from '@tributary/event-log';
import { type Clock, createLogger, newId } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import { OwnedWorkspaces } from '../owned-workspaces.js';
import { ROUTER_ENTITIES } from '../router-entities.js';
import { routerMigrations } from '../routing-migrations.js';
import { RoutingPipeline } from '../routing-pipeline.js';
import { RoutingRepository } from '../routing.repository.js';
import { LEASE, START } from './a-workspace.js';

export interface PersonSketch {
  readonly name: string;
  readonly active?: boolean;
  readonly role?: PersonEntity['role'];
  readonly languages?: readonly string[];
  readonly regions?: readonly string[];
  readonly teams?: readonly TeamEntity[];
  readonly skills?: readonly (readonly [SkillEntity, number])[];
}

export function routingDatabase(version?: PostgresVersion): Promise<TestDatabase> {
  return testDatabase([directoryMigrations, logMigrations, routerMigrations], version);
}

/** A workspace in the directory, and how its set-up is written: as the gateway, whose schema it is. */
export class TestWorkspace {
  readonly id = newId();

  constructor(private readonly gateway: DataSource) {}

  static async create(database: TestDatabase): Promise<TestWorkspace> {
    const gateway = await connectDataSource({
      url: database.url,
      service: 'gateway',
      entities: DIRECTORY_ENTITIES,
      poolSize: 2,
    });
    const workspace = new TestWorkspace(gateway);
    await publishChannelPolicies(
      gateway,
      ['email', 'web_form'].map((channel) => ({ channel, policy: ALWAYS_OPEN })),
    );
    await gateway.query(`INSERT INTO directory.workspace (id, name) VALUES ($1, 'Test')`, [workspace.id]);
    return workspace;
  }

  close(): Promise<void> {
    return this.gateway.destroy();
  }

  team(name: string): Promise<TeamEntity> {
    const team = { id: newId(), workspaceId: this.id, name };
    return inWorkspace(this.gateway, this.id, (manager) => manager.save(TeamEntity, team));
  }

  skill(name: string): Promise<SkillEntity> {
    const skill = { id: newId(), workspaceId: this.id, name };
    return inWorkspace(this.gateway, this.id, (manager) => manager.save(SkillEntity, skill));
  }

  /** @returns the person's id. */
  async person({ teams = [], skills = [], ...sketch }: PersonSketch): Promise<string> {
    const id = newId();
    const workspaceId = this.id;
    await inWorkspace(this.gateway, this.id, async (manager) => {
      await manager.insert(PersonEntity, {
        id,
        workspaceId,
        name: sketch.name,
        email: `${id}@example.org`,
        role: sketch.role ?? 'agent',
        active: sketch.active ?? true,
        locale: 'en',
        timeZone: 'UTC',
        languages: [...(sketch.languages ?? [])],
        regions: [...(sketch.regions ?? [])],
      });
      for (const team of teams) {
        await manager.insert(TeamMemberEntity, { workspaceId, teamId: team.id, personId: id });
      }
      for (const [skill, level] of skills) {
        await manager.insert(PersonSkillEntity, { workspaceId, personId: id, skillId: skill.id, level });
      }
    });
    return id;
  }

  async deactivate(personId: string): Promise<void> {
    await inWorkspace(this.gateway, this.id, (manager) =>
      manager.update(PersonEntity, { id: personId }, { active: false }),
    );
  }
}

export class TestClock implements Clock {
  #now = START;

  now(): Date {
    return new Date(this.#now);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** One router process: its own connections and memory. */
export class TestRouter {
  readonly repository = new RoutingRepository();
  readonly failures: Error[] = [];
  readonly pipeline: RoutingPipeline;
  #offset = 0n;

  constructor(
    readonly dataSource: DataSource,
    readonly clock: Clock,
    /** What the pipeline writes through; the specs put faults here. */
    repository: RoutingRepository = new RoutingRepository(),
  ) {
    const logger = createLogger('spec', 'silent');
    const fail = (error: Error) => void this.failures.push(error);
    this.pipeline = new RoutingPipeline(
      { dataSource, clock, logger, fail },
      repository,
      new OwnedWorkspaces(repository, logger),
    );
  }

  static async start(
    database: TestDatabase,
    clock: Clock,
    repository?: RoutingRepository,
  ): Promise<TestRouter> {
    const dataSource = await connectDataSource({
      url: database.url,
      service: 'router',
      entities: ROUTER_ENTITIES,
      poolSize: 4,
    });
    return new TestRouter(dataSource, clock, repository);
  }

  async stop(): Promise<void> {
    await this.pipeline.stop();
    await this.dataSource.destroy();
  }

  query<T>(workspaceId: string, sql: string): Promise<T[]> {
    return inWorkspace(this.dataSource, workspaceId, (manager) => manager.query(sql, [workspaceId]));
  }

  items(workspaceId: string) {
    return this.query<{ ticket_id: string; state: string; agent_id: string | null }>(
      workspaceId,
      `SELECT ticket_id, state, agent_id FROM routing.work_item WHERE workspace_id = $1 ORDER BY ticket_id`,
    );
  }

  /** What tickets will hear, in order. */
  async outbox(workspaceId: string) {
    const rows: { key: string; value: Buffer }[] = await this.dataSource.query(
      `SELECT key, value FROM routing.outbox WHERE topic = 'routing.decisions' ORDER BY id`,
    );
    const records = rows.map(({ key, value }) => {
      return {
        key,
        ...(JSON.parse(value.toString()) as { workspaceId: string; type: string; payload: object }),
      };
    });
    return records.filter((record) => record.workspaceId === workspaceId);
  }

  /** The outcomes' kinds and reasons: `done`, `ignored stale`. */
  async handle(
    events: readonly Uint8Array[],
    signal: RecordBatch['signal'] = new AbortController().signal,
  ): Promise<string[]> {
    const batch: RecordBatch = {
      topic: routingWork.name,
      partition: 0,
      epoch: 1n,
      signal,
      heartbeat: async () => undefined,
      records: events.map((value) => ({
        topic: routingWork.name,
        partition: 0,
        offset: this.#offset++,
        key: '',
        value: Buffer.from(value),
        headers: {},
        appendedAt: this.clock.now(),
      })),
    };
    const outcomes: readonly Outcome[] = await this.pipeline.handle(batch);
    return outcomes.map((each) => ('reason' in each ? `${each.kind} ${each.reason}` : each.kind));
  }
}

type WorkType = RecordOf<typeof routingWork>['type'];

export function workEvent(workspaceId: string, type: WorkType, payload: object, id = newId()): Buffer {
  return encodeRecord({
    id,
    type,
    version: 1,
    workspaceId,
    occurredAt: new Date(START).toISOString(),
    payload,
  });
}

export function ready(workspaceId: string, ticketId: string, sketch: Partial<TicketReady> = {}): Buffer {
  const payload: TicketReady = {
    ticketId,
    number: '1',
    ticketVersion: 1,
    channel: 'web_form',
    priority: 'normal',
    type: 'question',
    contactTier: 'standard',
    text: 'Hello',
    tags: [],
    waitingSince: new Date(START).toISOString(),
    ...sketch,
  };
  return workEvent(workspaceId, 'ticket.ready', payload);
}

export function withdrawn(
  workspaceId: string,
  ticketId: string,
  sketch: Partial<TicketWithdrawn> = {},
): Buffer {
  const payload: TicketWithdrawn = { ticketId, reason: 'settled', ticketVersion: 2, ...sketch };
  return workEvent(workspaceId, 'ticket.withdrawn', payload);
}

export function presence(
  workspaceId: string,
  agentId: string,
  state: PresenceChanged['state'] = 'available',
  leaseUntil = START + LEASE,
): Buffer {
  const payload: PresenceChanged = { agentId, state, leaseUntil: new Date(leaseUntil).toISOString() };
  return workEvent(workspaceId, 'presence.changed', payload);
}

/** Asks until the answer is as expected; the router works behind the log, so what it decides comes a moment later. */
export async function eventually<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    if (good(answer) || tries === 2400) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
