import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reconcile, type ReconcileOptions, type ReconcileReport, reportText } from '@tributary/app-tickets';
import { connectDataSource, findEmbeddedServer } from '@tributary/database';
import { FolderObjectStore } from '@tributary/object-store';
import { createLogger, parseConfig, processEnvironment, systemClock } from '@tributary/runtime';
import { Home, openEventLog, Teardown } from '@tributary/service';
import { ReconcileConfig } from './reconcile.config.js';

const USAGE = `npm run reconcile -- [--objects none|sample|all] [--settle <seconds>] [--json]`;

interface Installation {
  readonly DATABASE_URL: string;
  readonly KAFKA_BROKERS?: string;
  readonly objects: string;
}

class NotRunningError extends Error {
  readonly code = 'NOT_RUNNING';
}

class UsageError extends Error {
  readonly code = 'USAGE';

  constructor(argument: string) {
    super(`${argument} is not understood\n${USAGE}`);
  }
}

/** What was accepted against what is stored. Ends with 0 without a difference, 1 with one, 2 when it cannot tell. */
async function main(args: readonly string[]): Promise<number> {
  const { json, ...options } = parseArguments(args);
  const report = await run(options);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : reportText(report));
  return report.differenceCount === 0 ? 0 : 1;
}

async function run(options: ReconcileOptions): Promise<ReconcileReport> {
  const installation = await findInstallation(parseConfig(ReconcileConfig, processEnvironment()));
  const teardown = new Teardown();
  try {
    const logger = createLogger('reconcile', 'warn', process.stderr);
    const log = openEventLog(installation, { service: 'tickets', logger, clientId: 'reconcile' });
    teardown.add(() => log.close());
    const url = installation.DATABASE_URL;
    const dataSource = await connectDataSource({ url, service: 'tickets', poolSize: 2 });
    teardown.add(() => dataSource.destroy());
    const objects = new FolderObjectStore(installation.objects);
    return await reconcile({ dataSource, log, objects, clock: systemClock }, options);
  } finally {
    await teardown.run();
  }
}

async function findInstallation(config: Readonly<ReconcileConfig>): Promise<Installation> {
  const { TRIBUTARY_HOME, DATABASE_URL, KAFKA_BROKERS, OBJECT_STORE_DIR } = config;
  const objects = OBJECT_STORE_DIR ?? join(TRIBUTARY_HOME, 'objects');
  if (DATABASE_URL !== undefined) return withLog({ DATABASE_URL, objects }, KAFKA_BROKERS);
  const found = await Home.look(TRIBUTARY_HOME);
  const url =
    found &&
    (await findEmbeddedServer({ dataFolder: found.home.postgres, password: found.secrets.postgresPassword }));
  if (url === undefined) {
    throw new NotRunningError(
      `nothing runs on ${TRIBUTARY_HOME}: start it, or set TRIBUTARY_HOME or DATABASE_URL`,
    );
  }
  const told = await readFile(found!.home.brokersFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return withLog({ DATABASE_URL: url, objects }, KAFKA_BROKERS ?? told?.trim());
}

function withLog(installation: Installation, brokers: string | undefined): Installation {
  return brokers === undefined ? installation : { ...installation, KAFKA_BROKERS: brokers };
}

function parseArguments(args: readonly string[]): ReconcileOptions & { readonly json: boolean } {
  let json = false;
  let objects: ReconcileOptions['objects'] = 'sample';
  let settleMs = 10_000;
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]!;
    if (argument === '--json') json = true;
    else if (argument === '--objects') objects = objectsFrom(args[++i]);
    else if (argument === '--settle') settleMs = secondsFrom(args[++i]) * 1000;
    else throw new UsageError(argument);
  }
  return { json, objects, settleMs };
}

function objectsFrom(value: string | undefined): ReconcileOptions['objects'] {
  if (value === 'none' || value === 'sample' || value === 'all') return value;
  throw new UsageError(`--objects ${value ?? ''}`);
}

function secondsFrom(value: string | undefined): number {
  if (value !== undefined && /^\d{1,6}$/.test(value)) return Number(value);
  throw new UsageError(`--settle ${value ?? ''}`);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error & { code?: string }) => {
    process.stderr.write(`${error.code === undefined ? (error.stack ?? error.message) : error.message}\n`);
    process.exitCode = 2;
  },
);
