import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aroundTheClock } from '@tributary/business-time';
import {
  ALWAYS_OPEN,
  type Channel,
  type Envelope,
  inboundMessages,
  type PersonRole,
  type SendPolicy,
  type Topic,
} from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import { type PostgresVersion, type TestDatabase, testDatabase } from '@tributary/database/testing';
import {
  directoryMigrations,
  MasterKey,
  publishChannelPolicies,
  type SignedInPerson,
  threadToken,
} from '@tributary/directory';
import { type EventLog, logMigrations, type Outcome, type RecordBatch } from '@tributary/event-log';
import { FolderObjectStore } from '@tributary/object-store';
import { createLogger, Health, newId } from '@tributary/runtime';
import { VirtualClock } from '@tributary/runtime/testing';
import { connectService, type ServiceContext } from '@tributary/service';
import { DataSource } from 'typeorm';
import { DecisionsPipeline } from '../decisions/decisions-pipeline.js';
import { ReceiptsPipeline } from '../delivery/receipts-pipeline.js';
import { InboundPipeline } from '../ingestion/inbound-pipeline.js';
import { createSlaSettings } from '../sla/create-sla-settings.js';
import { SlaClocks } from '../sla/sla-clocks.js';
import { SlaViews } from '../sla/sla-views.js';
import type { SlaPolicy } from '../sla/sla-policy.js';
import { TicketCommandsService } from '../tickets/ticket-commands.service.js';
import { TicketDetailQueries } from '../tickets/ticket-detail-queries.js';
import { TicketListQueries } from '../tickets/ticket-list-queries.js';
import { ticketsMigrations } from '../tickets-migrations.js';
import type { MessageBuilder, TestInbox } from './a-message.js';
import { routingTables } from './routing-tables.js';

type Row = Record<string, unknown>;

const INSTALLED = ['email', 'web_form', 'web_chat', 'sms', 'telegram', 'line'];

/** As the vendors have it; the others are always open. */
export const POLICIES: Partial<Record<Channel, SendPolicy>> = {
  wechat_oa: {
    ...ALWAYS_OPEN,
    windows: [
      { opensOn: 'message', hours: 48, messages: 5 },
      { opensOn: 'event', hours: 1 / 60, messages: 3 },
    ],
  },
  messenger: {
    ...ALWAYS_OPEN,
    windows: [
      { opensOn: 'message', hours: 24, messages: null },
      { opensOn: 'message', hours: 168, messages: null, tag: 'HUMAN_AGENT' },
    ],
  },
  whatsapp: {
    ...ALWAYS_OPEN,
    windows: [{ opensOn: 'message', hours: 24, messages: null }],
    templates: true,
  },
};

/** The pipelines and services of `tickets` on a database of their own; the log's records are handed in by the test. */
export class TestDesk {
  readonly sla = new SlaClocks();
  readonly inbound: InboundPipeline;
  readonly decisions: DecisionsPipeline;
  readonly receipts: ReceiptsPipeline;
  readonly commands: TicketCommandsService;
  readonly lists: TicketListQueries;
  readonly details: TicketDetailQueries;
  readonly #offsets = new Map<string, bigint>();

  private constructor(
    readonly database: TestDatabase,
    readonly clock: VirtualClock,
    readonly context: ServiceContext,
    /** Beyond row-level security. */
    readonly owner: DataSource,
    readonly objectFolder: string,
    private readonly close: () => Promise<void>,
  ) {
    const views = new SlaViews(this.sla);
    this.inbound = new InboundPipeline(context, this.sla);
    this.decisions = new DecisionsPipeline(context, this.sla);
    this.receipts = new ReceiptsPipeline(context, this.sla);
    this.commands = new TicketCommandsService(context, this.sla);
    this.lists = new TicketListQueries(context, views);
    this.details = new TicketDetailQueries(context, this.lists, views);
  }

  static async open(version?: PostgresVersion): Promise<TestDesk> {
    const sets = [logMigrations, directoryMigrations, routingTables, ticketsMigrations];
    const database = await testDatabase(sets, version);
    const clock = new VirtualClock();
    const objects = await mkdtemp(join(tmpdir(), 'tributary-objects-'));
    const { context, close } = await connectService({
      ...{ service: 'tickets', databaseUrl: database.url, log: noLog, clock },
      ...{ objects: new FolderObjectStore(objects), masterKey: MasterKey.generate() },
      ...{ logger: createLogger('spec', 'silent'), health: new Health(), fail: unexpected },
    });
    const owner = await connectOwner(database.url);
    await publishChannelPolicies(
      owner,
      [...INSTALLED, ...Object.keys(POLICIES)].map((channel) => ({
        channel,
        policy: POLICIES[channel] ?? ALWAYS_OPEN,
      })),
    );
    return new TestDesk(database, clock, context, owner, objects, async () => {
      await close();
      await owner.destroy();
      await database.drop();
      await rm(objects, { recursive: true });
    });
  }

  async end(): Promise<void> {
    await this.close();
  }

  async workspace(): Promise<TestWorkspace> {
    const id = newId();
    await this.owner.query(`INSERT INTO directory.workspace (id, name) VALUES ($1, 'Test')`, [id]);
    return new TestWorkspace(this, id);
  }

  /** The pipeline of another process, which shares nothing with this one but the database. */
  replica(): InboundPipeline {
    return new InboundPipeline(this.context, new SlaClocks());
  }

  /** Hands records of `inbound.messages` to the pipeline as one batch. @returns `done`, `duplicate`, ... */
  async receive(
    messages: readonly (MessageBuilder | Buffer)[],
    partition = 0,
    pipeline = this.inbound,
  ): Promise<string[]> {
    const values = messages.map((message) => (Buffer.isBuffer(message) ? message : message.encoded()));
    return told(await pipeline.handle(this.batch(inboundMessages, values, partition)));
  }

  /** Holds the locks of a workspace's tickets. @returns lets them go. */
  async holdTickets(workspaceId: string): Promise<() => Promise<void>> {
    const runner = this.owner.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`SELECT 1 FROM tickets.ticket WHERE workspace_id = $1 FOR UPDATE`, [workspaceId]);
    return async () => {
      await runner.rollbackTransaction();
      await runner.release();
    };
  }

  /** Until so many transactions wait for a lock. */
  async untilWaiting(count: number): Promise<void> {
    for (let waiting = 0; waiting < count;) {
      const rows: { n: number }[] = await this.owner.query(
        `SELECT count(*)::int AS n FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      waiting = rows[0]!.n;
    }
  }

  batch(topic: Topic, values: readonly Buffer[], partition = 0): RecordBatch {
    const place = `${topic.name}/${partition}`;
    const first = this.#offsets.get(place) ?? 0n;
    this.#offsets.set(place, first + BigInt(values.length));
    return {
      ...{ topic: topic.name, partition, epoch: 1n },
      signal: new AbortController().signal,
      heartbeat: async () => undefined,
      records: values.map((value, i) => ({
        ...{ topic: topic.name, partition, offset: first + BigInt(i), key: '', value, headers: {} },
        appendedAt: this.clock.now(),
      })),
    };
  }
}

/** A tenant of the desk, with what a test asks of its rows. */
export class TestWorkspace {
  constructor(
    private readonly desk: TestDesk,
    readonly id: string,
  ) {}

  /** An inbox needs no row: `tickets` believes what adapters say of theirs. */
  inbox(channel: TestInbox['channel'] = 'email'): TestInbox {
    return { id: newId(), workspaceId: this.id, channel };
  }

  async person(name: string, role: PersonRole = 'agent'): Promise<SignedInPerson> {
    const id = newId();
    const email = `${id}@example.com`;
    await this.desk.owner.query(
      `INSERT INTO directory.person (id, workspace_id, name, email, role) VALUES ($1, $2, $3, $4, $5)`,
      [id, this.id, name, email, role],
    );
    return { id, workspaceId: this.id, name, email, role, locale: 'en', timeZone: 'UTC' };
  }

  /** Promises on an around-the-clock calendar, in seconds for every priority. */
  async promise(targets: { readonly firstReply?: number; readonly resolution?: number }): Promise<void> {
    const every = (seconds: number | undefined) =>
      seconds === undefined ? {} : { urgent: seconds, high: seconds, normal: seconds, low: seconds };
    const policy: Omit<SlaPolicy, 'id' | 'calendarId' | 'calendarName'> = {
      ...{ name: 'Standard', when: {} },
      targets: { first_reply: every(targets.firstReply), resolution: every(targets.resolution) },
    };
    await inWorkspace(this.desk.context.dataSource, this.id, (manager) =>
      createSlaSettings(manager, this.id, { name: '24×7', definition: aroundTheClock }, [policy]),
    );
  }

  tickets(): Promise<Row[]> {
    return this.rows('ticket', 'number');
  }

  messages(): Promise<Row[]> {
    return this.rows('message', 'position');
  }

  rows(table: string, order: string): Promise<Row[]> {
    return this.desk.owner.query(`SELECT * FROM tickets.${table} WHERE workspace_id = $1 ORDER BY ${order}`, [
      this.id,
    ]);
  }

  /** What waits in the outbox for the log, oldest first. */
  async outbox<P = Row>(topic: Topic): Promise<Envelope<string, P>[]> {
    const rows: { value: Buffer }[] = await this.desk.owner.query(
      `SELECT value FROM tickets.outbox WHERE topic = $1 ORDER BY id`,
      [topic.name],
    );
    return rows
      .map(({ value }) => JSON.parse(value.toString()) as Envelope<string, P>)
      .filter(({ workspaceId }) => workspaceId === this.id);
  }

  async token(conversationId: string): Promise<string> {
    return threadToken(this.desk.context.masterKey.derive('thread-token', this.id), conversationId);
  }
}

/** `done`, `quarantined BROKEN_MIME`. */
export function told(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((each) => ('reason' in each ? `${each.kind} ${each.reason}` : each.kind));
}

function connectOwner(url: string): Promise<DataSource> {
  return new DataSource({ type: 'postgres', url, poolSize: 3, installExtensions: false }).initialize();
}

function unexpected(error: Error): never {
  throw error;
}

/** Nothing here may reach the log but by the outbox. */
const noLog = new Proxy({} as EventLog, {
  get: (_target, name) => {
    throw new Error(`the log's ${String(name)} is not for this test`);
  },
});
