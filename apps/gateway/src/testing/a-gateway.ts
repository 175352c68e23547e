import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { channelMigrations } from '@tributary/channel-host';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import type { ChannelModule } from '@tributary/channel-sdk';
import {
  type Envelope,
  inboundMessages,
  type InboxRequest,
  type InboxView,
  type MessageReceived,
  type PersonRole,
  routingWork,
  TOPICS,
} from '@tributary/contracts';
import { type TestDatabase, testDatabase } from '@tributary/database/testing';
import {
  directoryMigrations,
  hashPassword,
  InboxService,
  MasterKey,
  SESSION_COOKIE,
} from '@tributary/directory';
import { createEventLog, type EventLog, logMigrations } from '@tributary/event-log';
import { FolderObjectStore } from '@tributary/object-store';
import { createLogger, Health, newId, systemClock } from '@tributary/runtime';
import { VirtualClock } from '@tributary/runtime/testing';
import { connectService, createHttpServer, type ServiceContext } from '@tributary/service';
import { DataSource } from 'typeorm';
import { GatewayConfig } from '../gateway.config.js';
import { GatewayModule } from '../gateway.module.js';
import { InboxesService } from '../inboxes/inboxes.service.js';
import { routingTables, ticketsTables } from './tickets-tables.js';

export const PUBLIC_URL = 'http://desk.example.org';

export interface Answer<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: T;
}

export interface Ask {
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | object;
}

/** The gateway's own application on a database and an embedded log of its own. */
export class TestGateway {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly context: ServiceContext,
    readonly config: GatewayConfig,
    readonly channels: readonly ChannelModule[],
    readonly log: EventLog,
    readonly clock: VirtualClock,
    /** Beyond row-level security. */
    readonly owner: DataSource,
    /** Every line that the gateway has logged. */
    readonly lines: readonly string[],
    private readonly close: () => Promise<void>,
  ) {}

  static async open(
    channels: readonly ChannelModule[] = CHANNEL_MODULES,
    {
      publicUrl = PUBLIC_URL,
      providerOrigins,
    }: { readonly publicUrl?: string; readonly providerOrigins?: ReadonlyMap<string, string> } = {},
  ): Promise<TestGateway> {
    const sets = [logMigrations, directoryMigrations, channelMigrations, ticketsTables, routingTables];
    const database: TestDatabase = await testDatabase(sets);
    const folder = await mkdtemp(join(tmpdir(), 'tributary-gateway-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<script nonce="__CSP_NONCE__"></script>');
    const lines: string[] = [];
    const logger = createLogger('spec', 'debug', { write: (line) => void lines.push(line) });
    // Sessions live by the database's clock as well, so the test's begins now.
    const clock = new VirtualClock(new Date());
    const log = createEventLog({
      driver: 'embedded',
      url: database.url,
      service: 'gateway',
      logger,
      clock: systemClock,
    });
    await log.admin.ensureTopics(TOPICS);
    const { context, close } = await connectService({
      ...{ service: 'gateway', databaseUrl: database.url, log, clock, logger, health: new Health() },
      ...{ objects: new FolderObjectStore(folder), masterKey: MasterKey.generate() },
      fail: (error) => {
        throw error;
      },
    });
    const config = new GatewayConfig(publicUrl, folder);
    const parts = { ...context, ...(providerOrigins ? { providerOrigins } : {}) };
    const app = await createHttpServer(GatewayModule.register(parts, config, channels), logger);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const owner = await new DataSource({
      type: 'postgres',
      url: database.url,
      installExtensions: false,
    }).initialize();
    return new TestGateway(app, context, config, channels, log, clock, owner, lines, async () => {
      await app.close();
      await log.close();
      await close();
      await owner.destroy();
      await database.drop();
      await rm(folder, { recursive: true });
    });
  }

  end(): Promise<void> {
    return this.close();
  }

  async workspace(): Promise<TestWorkspace> {
    const id = newId();
    await this.owner.query(`INSERT INTO directory.workspace (id, name) VALUES ($1, 'Test')`, [id]);
    return new TestWorkspace(this, id);
  }

  async ask<T = { readonly code: string }>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    { cookie, headers, body }: Ask = {},
  ): Promise<Answer<T>> {
    const answer = await this.app.inject({
      ...{ method, url },
      headers: { ...(cookie === undefined ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    const isJson = String(answer.headers['content-type']).includes('json');
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: (isJson ? answer.json<unknown>() : answer.body) as T,
    };
  }

  /** What was appended for the inbox, in the order of its partitions. */
  async accepted(inboxId: string): Promise<MessageReceived[]> {
    const found: MessageReceived[] = [];
    for (let partition = 0; partition < inboundMessages.partitions; partition++) {
      for (const { value } of await this.log.admin.read(inboundMessages.name, partition, 0n, 10_000)) {
        const { payload } = JSON.parse(value.toString()) as Envelope<string, MessageReceived>;
        if (payload.inboxId === inboxId) found.push(payload);
      }
    }
    return found;
  }
}

/** A tenant with people who can sign in. */
export class TestWorkspace {
  constructor(
    private readonly gateway: TestGateway,
    readonly id: string,
  ) {}

  /** @returns id, address and the cookie of a session. */
  async person(
    role: PersonRole = 'agent',
    password?: string,
  ): Promise<{ readonly id: string; readonly email: string; readonly cookie: string }> {
    const id = newId();
    const email = `${id}@example.com`;
    const { owner, context } = this.gateway;
    await owner.query(
      `INSERT INTO directory.person (id, workspace_id, name, email, role, password_hash) VALUES ($1, $2, 'Li', $3, $4, $5)`,
      [id, this.id, email, role, password === undefined ? null : await hashPassword(password)],
    );
    await owner.query(`INSERT INTO directory.login (email, workspace_id, person_id) VALUES ($1, $2, $3)`, [
      email,
      this.id,
      id,
    ]);
    const link = await context.sessions.createLink(this.id, id);
    const session = await context.sessions.signInByLink(link.token);
    return { id, email, cookie: `${SESSION_COOKIE}=${session!.token}` };
  }

  inbox(request: InboxRequest): Promise<InboxView> {
    return this.#inboxes.create(this.id, { name: newId(), ...request });
  }

  changeInbox(id: string, request: InboxRequest): Promise<InboxView> {
    return this.#inboxes.update(this.id, id, request);
  }

  get #inboxes(): InboxesService {
    const { context, config, channels } = this.gateway;
    const inboxes = new InboxService(context.dataSource, context.masterKey);
    return new InboxesService(context.dataSource, inboxes, config, channels);
  }

  /** @returns the id of a new web form. */
  async form(): Promise<string> {
    return (await this.inbox({ channel: 'web_form' })).id;
  }

  /** What the router has been told to read again, once it is in the log. */
  async announced(): Promise<string[]> {
    const { owner, log } = this.gateway;
    const waits = () => owner.query(`SELECT 1 FROM directory.outbox WHERE key = $1`, [this.id]);
    while (((await waits()) as unknown[]).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const told: string[] = [];
    for (let partition = 0; partition < routingWork.partitions; partition++) {
      for (const { key, value } of await log.admin.read(routingWork.name, partition, 0n, 10_000)) {
        const { payload } = JSON.parse(value.toString()) as Envelope<string, { what: string }>;
        if (key === this.id) told.push(payload.what);
      }
    }
    return told;
  }
}
