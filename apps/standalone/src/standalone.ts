import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EmailIngestModule } from '@tributary/app-email-ingest';
import { GatewayConfig, GatewayModule } from '@tributary/app-gateway';
import { ROUTER_ENTITIES, RouterModule, routerMigrations } from '@tributary/app-router';
import { TicketsModule, ticketsMigrations } from '@tributary/app-tickets';
import { channelMigrations } from '@tributary/channel-host';
import { TOPICS } from '@tributary/contracts';
import { migrate, startEmbeddedServer, type Service } from '@tributary/database';
import { directoryMigrations } from '@tributary/directory';
import { createEventLog, type EventLog, EventLogStrategy, logMigrations } from '@tributary/event-log';
import { FolderObjectStore } from '@tributary/object-store';
import { createLogger, Health, type Logger, logFile, systemClock } from '@tributary/runtime';
import { connectService, createHttpServer, HealthController, type ServiceContext } from '@tributary/service';
import { seedDemoWorkspace } from './demo-workspace.js';
import type { Home } from './home.js';
import type { StandaloneConfig } from './standalone.config.js';

export class PortInUseError extends Error {
  readonly code = 'PORT_IN_USE';
}

export interface RunningStandalone {
  readonly url: string;
  /** Signs the demo's administrator in, once. */
  readonly signInUrl: string;
  /** Drains and ends everything; resolves when nothing is left running. */
  stop(): Promise<void>;
}

type Contexts = Readonly<Record<'gateway' | 'ingest' | 'tickets' | 'router', ServiceContext>>;

const CONSOLE = join(import.meta.dirname, '..', '..', 'console', 'dist');

/** Starts every service in this process, on PostgreSQL and the embedded log. */
export async function startStandalone(
  config: StandaloneConfig,
  home: Home,
  progress: (line: string) => void,
  fail: (error: Error) => void,
): Promise<RunningStandalone> {
  await refuseBusyPort(config.HOST, config.PORT, 'PORT');
  await refuseBusyPort(config.HOST, config.SMTP_PORT, 'SMTP_PORT');
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    return { ...(await bringUp(config, home, progress, fail, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bringUp(
  config: StandaloneConfig,
  home: Home,
  progress: (line: string) => void,
  fail: (error: Error) => void,
  undo: (() => Promise<void>)[],
): Promise<Omit<RunningStandalone, 'stop'>> {
  const url = config.TRIBUTARY_PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`;
  const secrets = await home.secrets();
  const lines = logFile(home.logFile);
  const logger = createLogger('standalone', config.LOG_LEVEL, lines);
  const databaseUrl =
    config.DATABASE_URL ?? (await startDatabase(home, secrets.postgresPassword, progress, undo));
  const ran = await migrate(databaseUrl, [
    logMigrations,
    directoryMigrations,
    channelMigrations,
    routerMigrations,
    ticketsMigrations,
  ]);
  if (ran.length > 0) progress(`database brought up to date (${ran.length} migrations)`);
  const log = createEventLog({
    driver: 'embedded',
    url: databaseUrl,
    service: 'tickets',
    logger,
    clock: systemClock,
  });
  undo.push(() => log.close());
  await log.admin.ensureTopics(TOPICS);

  const health = new Health();
  health.add('log', () => log.ping());
  const connect = async (service: Service, entities: readonly (new () => object)[] = []) => {
    const { context, close } = await connectService({
      ...{ databaseUrl, service, entities, log, health, fail, clock: systemClock },
      objects: new FolderObjectStore(home.objects),
      masterKey: config.TRIBUTARY_MASTER_KEY ?? secrets.masterKey,
      logger: createLogger(service, config.LOG_LEVEL, lines),
    });
    undo.push(close);
    return context;
  };
  const contexts = {
    gateway: await connect('gateway'),
    ingest: await connect('ingest'),
    tickets: await connect('tickets'),
    router: await connect('router', ROUTER_ENTITIES),
  };
  const gatewayConfig = new GatewayConfig(url, CONSOLE);
  const person = await demoPerson(contexts, gatewayConfig, progress);
  await serve(config, contexts, gatewayConfig, { log, logger, health, fail }, undo);
  const link = await contexts.gateway.sessions.createLink(person.workspaceId, person.personId);
  return { url, signInUrl: `${url}/sign-in?token=${link.token}` };
}

async function startDatabase(
  home: Home,
  password: string,
  progress: (line: string) => void,
  undo: (() => Promise<void>)[],
): Promise<string> {
  const existing = await access(home.postgres).then(
    () => true,
    () => false,
  );
  progress(existing ? 'starting PostgreSQL' : 'making a PostgreSQL database');
  const server = await startEmbeddedServer({ dataFolder: home.postgres, password });
  undo.push(() => server.stop());
  return server.url;
}

async function demoPerson(
  contexts: Contexts,
  config: GatewayConfig,
  progress: (line: string) => void,
): Promise<{ readonly workspaceId: string; readonly personId: string }> {
  const found: { workspace_id: string; person_id: string }[] = await contexts.gateway.dataSource.query(
    `SELECT l.workspace_id, l.person_id FROM directory.login l
     JOIN directory.workspace w ON w.id = l.workspace_id WHERE l.email = 'lin.yue@example.com'
     ORDER BY w.created_at LIMIT 1`,
  );
  const first = found[0];
  if (first) return { workspaceId: first.workspace_id, personId: first.person_id };
  progress('making a demo workspace: two teams, six agents, a web form, a mailbox, routing and SLA policies');
  return seedDemoWorkspace(contexts, config);
}

interface SmtpPort {
  readonly host: string;
  readonly port: number;
}

@Module({})
class StandaloneModule {
  static register(contexts: Contexts, config: GatewayConfig, smtp: SmtpPort, health: Health): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        TicketsModule.register(contexts.tickets),
        RouterModule.register(contexts.router),
        EmailIngestModule.register(contexts.ingest, smtp),
        GatewayModule.register(contexts.gateway, config),
      ],
      controllers: [HealthController],
      providers: [{ provide: Health, useValue: health }],
    };
  }
}

interface Shared {
  readonly log: EventLog;
  readonly logger: Logger;
  readonly health: Health;
  readonly fail: (error: Error) => void;
}

async function serve(
  config: StandaloneConfig,
  contexts: Contexts,
  gatewayConfig: GatewayConfig,
  { log, logger, health, fail }: Shared,
  undo: (() => Promise<void>)[],
): Promise<void> {
  const smtp = { host: config.HOST, port: config.SMTP_PORT };
  const module = StandaloneModule.register(contexts, gatewayConfig, smtp, health);
  const app: NestFastifyApplication = await createHttpServer(module, logger);
  undo.push(() => app.close());
  app.connectMicroservice({ strategy: new EventLogStrategy({ log, logger, onFailure: fail }) });
  await app.startAllMicroservices();
  await app.listen(config.PORT, config.HOST);
}

/** Tells before anything is started, not after a minute of work. */
async function refuseBusyPort(host: string, port: number, variable: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new PortInUseError(`port ${port} is in use: stop what listens there, or set ${variable}`)
          : error,
      ),
    );
    probe.listen(port, host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}
