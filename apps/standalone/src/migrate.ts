import 'reflect-metadata';
import { GatewayConfig, BUILT_CONSOLE } from '@tributary/app-gateway';
import { ROUTER_ENTITIES } from '@tributary/app-router';
import { TOPICS } from '@tributary/contracts';
import type { Service } from '@tributary/database';
import { FolderObjectStore } from '@tributary/object-store';
import { createLogger, Health, parseConfig, processEnvironment, systemClock } from '@tributary/runtime';
import { connectService, openEventLog, ServiceConfig, Teardown } from '@tributary/service';
import { bringUpToDate, demoSignInUrl } from './installation.js';
import { MigrateConfig } from './migrate.config.js';

/** Before the services of a version start: schemas and topics. `--demo` makes a workspace to look around in, too. */
async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== '--demo');
  if (unknown !== undefined) throw new Error(`unknown argument ${unknown}; there is --demo`);
  const teardown = new Teardown();
  try {
    await prepare(teardown);
    if (args.includes('--demo')) say(`sign in once with this link: ${await demo(teardown)}`);
  } finally {
    await teardown.run();
  }
}

async function prepare(teardown: Teardown): Promise<void> {
  const config = parseConfig(MigrateConfig, processEnvironment());
  await bringUpToDate(config.DATABASE_URL, say);
  const log = openEventLog(config, { service: 'tickets', logger: quiet, clientId: 'migrate' });
  teardown.add(() => log.close());
  await log.admin.ensureTopics(TOPICS);
  say(`${TOPICS.length} topics are there`);
}

async function demo(teardown: Teardown): Promise<string> {
  const config = parseConfig(ServiceConfig, processEnvironment());
  const log = openEventLog(config, { service: 'tickets', logger: quiet, clientId: 'migrate' });
  teardown.add(() => log.close());
  const connect = async (service: Service, entities: readonly (new () => object)[] = []) => {
    const { context, close } = await connectService({
      ...{ service, entities, log, logger: quiet, health: new Health(), clock: systemClock },
      databaseUrl: config.DATABASE_URL,
      objects: new FolderObjectStore(config.OBJECT_STORE_DIR),
      masterKey: config.TRIBUTARY_MASTER_KEY,
      fail: (error) => {
        throw error;
      },
    });
    teardown.add(close);
    return context;
  };
  const contexts = {
    gateway: await connect('gateway'),
    tickets: await connect('tickets'),
    router: await connect('router', ROUTER_ENTITIES),
  };
  return demoSignInUrl(contexts, new GatewayConfig(config.TRIBUTARY_PUBLIC_URL, BUILT_CONSOLE), say);
}

const quiet = createLogger('migrate', 'warn', process.stderr);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2)).catch((error: Error & { code?: string }) => {
  process.stderr.write(`${error.code === undefined ? (error.stack ?? error.message) : error.message}\n`);
  process.exitCode = 1;
});
