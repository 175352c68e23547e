import { access } from 'node:fs/promises';
import type { DynamicModule } from '@nestjs/common';
import { EmailIngestModule } from '@tributary/app-email-ingest';
import { BUILT_CONSOLE, GatewayConfig, GatewayModule } from '@tributary/app-gateway';
import { ROUTER_ENTITIES, RouterModule } from '@tributary/app-router';
import { TicketsModule } from '@tributary/app-tickets';
import { TOPICS } from '@tributary/contracts';
import { startEmbeddedServer, type Service } from '@tributary/database';
import { FolderObjectStore } from '@tributary/object-store';
import { createLogger, Health, logFile, systemClock } from '@tributary/runtime';
import {
  connectService,
  type Home,
  openEventLog,
  providerOrigins,
  refuseBusyPort,
  type Running,
  type Secrets,
  serve,
  type ServiceContext,
  Teardown,
} from '@tributary/service';
import { leaveDemoAccess } from './demo-access.js';
import { bringUpToDate, demoSignInUrl } from './installation.js';
import type { StandaloneConfig } from './standalone.config.js';

export interface RunningStandalone extends Running {
  readonly url: string;
  /** Signs the demo's administrator in, once. */
  readonly signInUrl: string;
}

/** Starts every service in this process, on PostgreSQL and the embedded log. */
export async function startStandalone(
  config: StandaloneConfig,
  home: Home,
  progress: (line: string) => void,
  fail: (error: Error) => void,
): Promise<RunningStandalone> {
  await refuseBusyPort(config.HOST, config.PORT, 'PORT');
  await refuseBusyPort(config.HOST, config.SMTP_PORT, 'SMTP_PORT');
  const teardown = new Teardown();
  try {
    return { ...(await bringUp(config, home, progress, fail, teardown)), stop: () => teardown.run() };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function bringUp(
  config: StandaloneConfig,
  home: Home,
  progress: (line: string) => void,
  fail: (error: Error) => void,
  teardown: Teardown,
): Promise<Omit<RunningStandalone, 'stop'>> {
  const url = config.TRIBUTARY_PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`;
  const secrets = await home.secrets();
  const lines = logFile(home.logFile);
  const logger = createLogger('standalone', config.LOG_LEVEL, lines);
  const databaseUrl = config.DATABASE_URL ?? (await startDatabase(home, secrets, progress, teardown));
  await bringUpToDate(databaseUrl, progress);
  const log = openEventLog(
    { DATABASE_URL: databaseUrl },
    { service: 'tickets', logger, clientId: 'standalone' },
  );
  teardown.add(() => log.close());
  await log.admin.ensureTopics(TOPICS);

  const health = new Health();
  health.add('log', () => log.ping());
  const connect = async (service: Service, entities: readonly (new () => object)[] = []) => {
    const { context, close } = await connectService({
      ...{ databaseUrl, service, entities, log, health, fail, clock: systemClock },
      objects: new FolderObjectStore(home.objects),
      masterKey: config.TRIBUTARY_MASTER_KEY ?? secrets.masterKey,
      logger: createLogger(service, config.LOG_LEVEL, lines),
      providerOrigins: providerOrigins(config),
    });
    teardown.add(close);
    return context;
  };
  const contexts = {
    gateway: await connect('gateway'),
    ingest: await connect('ingest'),
    tickets: await connect('tickets'),
    router: await connect('router', ROUTER_ENTITIES),
  };
  const gatewayConfig = new GatewayConfig(url, BUILT_CONSOLE);
  const signInUrl = await demoSignInUrl(contexts, gatewayConfig, progress);
  const { HOST: host, PORT: port } = config;
  const modules = servicesOf(contexts, gatewayConfig, { host, port: config.SMTP_PORT });
  teardown.add(await serve({ modules, log, logger, health, fail, host, port }));
  const demoLink = await demoSignInUrl(contexts, gatewayConfig, progress);
  teardown.add(await leaveDemoAccess(home.folder, { url, smtpPort: config.SMTP_PORT, signInUrl: demoLink }));
  return { url, signInUrl };
}

function servicesOf(
  contexts: Readonly<Record<'gateway' | 'ingest' | 'tickets' | 'router', ServiceContext>>,
  gateway: GatewayConfig,
  smtp: { readonly host: string; readonly port: number },
): readonly DynamicModule[] {
  return [
    TicketsModule.register(contexts.tickets),
    RouterModule.register(contexts.router),
    EmailIngestModule.register(contexts.ingest, smtp),
    GatewayModule.register(contexts.gateway, gateway),
  ];
}

async function startDatabase(
  home: Home,
  { postgresPassword: password }: Secrets,
  progress: (line: string) => void,
  teardown: Teardown,
): Promise<string> {
  const existing = await access(home.postgres).then(
    () => true,
    () => false,
  );
  progress(existing ? 'starting PostgreSQL' : 'making a PostgreSQL database');
  const server = await startEmbeddedServer({ dataFolder: home.postgres, password });
  teardown.add(() => server.stop());
  return server.url;
}
