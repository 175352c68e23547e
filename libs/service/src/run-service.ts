import type { DynamicModule } from '@nestjs/common';
import type { Service } from '@tributary/database';
import { FolderObjectStore } from '@tributary/object-store';
import { createLogger, Health, parseConfig, processEnvironment, systemClock } from '@tributary/runtime';
import { openEventLog } from './open-event-log.js';
import { providerOrigins } from './provider-origins.js';
import { type Running, runProcess } from './run-process.js';
import { serve } from './serve.js';
import { connectService, type ServiceContext } from './service-context.js';
import type { ServiceConfig } from './service.config.js';
import { Teardown } from './teardown.js';

/** The manifests in k8s/base wait a minute longer than this before they kill. */
const DRAIN_MS = 20_000;

export interface ServiceDefinition<Config extends ServiceConfig> {
  /** The app's folder; on each log line. */
  readonly name: string;
  /** Whose role in the database it has. */
  readonly service: Service;
  /** The whole configuration of the process. */
  readonly config: new () => Config;
  /** Of the service's own schema. */
  readonly entities?: readonly (new () => object)[];
  module(context: ServiceContext, config: Readonly<Config>): DynamicModule;
  /** Addresses of services whose API this one shows as its own; none by default. */
  upstreams?(config: Readonly<Config>): readonly string[];
}

/** Runs one service as this process; the whole of an app's `main.ts`. */
export function runService<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
): Promise<never> {
  return runProcess({ drainMs: DRAIN_MS, start: (fail) => startService(definition, fail) });
}

async function startService<Config extends ServiceConfig>(
  { name, service, entities, config: schema, ...definition }: ServiceDefinition<Config>,
  fail: (error: Error) => void,
): Promise<Running> {
  const config = parseConfig(schema, processEnvironment(), { ownPrefix: 'TRIBUTARY_' });
  const logger = createLogger(name, config.LOG_LEVEL);
  const teardown = new Teardown();
  try {
    const log = openEventLog(config, { service, logger, clientId: name });
    teardown.add(() => log.close());
    const health = new Health();
    health.add('log', () => log.ping());
    const { context, close } = await connectService({
      ...{ service, entities, log, logger, health, fail, clock: systemClock },
      databaseUrl: config.DATABASE_URL,
      objects: new FolderObjectStore(config.OBJECT_STORE_DIR),
      masterKey: config.TRIBUTARY_MASTER_KEY,
      providerOrigins: providerOrigins(config),
    });
    teardown.add(close);
    const { HOST: host, PORT: port } = config;
    const modules = [definition.module(context, config)];
    const upstreams = definition.upstreams?.(config);
    teardown.add(await serve({ modules, log, logger, health, fail, host, port, upstreams }));
    logger.info({ host, port }, 'service_started');
  } catch (error) {
    await teardown.run();
    throw error;
  }
  return { stop: () => teardown.run() };
}
