import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startEmbeddedServer } from '@tributary/database';
import { Home, refuseBusyPort, Teardown } from '@tributary/service';
import { kafkaLibrary } from './installed.js';
import { startKafka } from './kafka.js';
import { endLeftovers } from './leftover-processes.js';
import { ServiceProcess } from './service-process.js';

export const SERVICES = [
  ...(['gateway', 'email-ingest', 'voice-ingest', 'wechat-ingest', 'tickets', 'router'] as const),
] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface StartServicesOptions {
  /** Folder of all data; made when missing, used by one process at a time. */
  readonly home: string;
  /** `start` brings up one node of Apache Kafka, `embedded` has the log in the database; else brokers that run. */
  readonly kafka: 'start' | 'embedded' | { readonly brokers: string };
  /** A login that may create roles and schemas; an embedded PostgreSQL in `home` when absent. */
  readonly databaseUrl?: string;
  /** Free ones where absent. `smtp` is email-ingest's. */
  readonly ports?: Readonly<Partial<Record<ServiceName | 'smtp', number>>>;
  /** Address of the gateway and of the SMTP port; 127.0.0.1 by default. */
  readonly host?: string;
  /** Where people reach it; the gateway's port on 127.0.0.1 when absent. */
  readonly publicUrl?: string;
  readonly masterKey?: string;
  /** Simulators that stand for providers: `https://the.provider=http://127.0.0.1:1234`, blanks between. */
  readonly providerOrigins?: string;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  /** Hears what is done and what dies, a line each; nobody by default. */
  readonly say?: (line: string) => void;
}

export interface RunningServices {
  readonly url: string;
  /** Signs the demo's administrator in, once. */
  readonly signInUrl: string;
  readonly databaseUrl: string;
  /** Undefined when the log is in the database. */
  readonly brokers: string | undefined;
  readonly smtpPort: number;
  readonly processes: Readonly<Record<ServiceName, ServiceProcess>>;
  /**
   * One more process of a service, ready, beside the first; the gateway sends it no calls. Whoever asks for it may stop
   * it, and `stop` does at the latest.
   */
  replica(name: ServiceName, nodeArgs?: readonly string[]): Promise<ServiceProcess>;
  /** Signals a service and returns its pid; a service that dies of it is started again. Throws when none lives. */
  kill(name: ServiceName, signal?: NodeJS.Signals): number;
  /** Resolves when all services are ready. */
  ready(): Promise<void>;
  /** Drains and ends all within 30 s. Rejects, after everything has ended, when a service did not drain. */
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A service gives itself 20 s. */
const GRACE_MS = 22_000;

/**
 * Runs every app as its own process, from the build, as production does: the migration step first, then the services
 * side by side. Rejects when one is not ready within a minute, and leaves nothing running then.
 */
export async function startServices(options: StartServicesOptions): Promise<RunningServices> {
  const teardown = new Teardown();
  const stop = () => teardown.run();
  try {
    return { ...(await bringUp(options, teardown)), stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function bringUp(
  options: StartServicesOptions,
  teardown: Teardown,
): Promise<Omit<RunningServices, 'stop'>> {
  const { ports = {}, host = '127.0.0.1', say = () => undefined } = options;
  const home = await Home.open(options.home);
  teardown.add(() => home.release());
  await endLeftovers(home.folder);
  if (ports.gateway) await refuseBusyPort(host, ports.gateway, 'PORT');
  if (ports.smtp) await refuseBusyPort(host, ports.smtp, 'SMTP_PORT');
  const secrets = await home.secrets();
  const databaseUrl =
    options.databaseUrl ?? (await startDatabase(home, secrets.postgresPassword, say, teardown));
  const brokers = await provideLog(options.kafka, home, say, teardown);
  if (brokers === undefined) await rm(home.brokersFile, { force: true });
  else await writeFile(home.brokersFile, brokers);
  const port = await choosePorts(ports);
  const url = options.publicUrl ?? `http://127.0.0.1:${port.gateway}`;
  const shared = {
    PATH: '/usr/bin:/bin',
    DATABASE_URL: databaseUrl,
    ...(brokers === undefined ? {} : { KAFKA_BROKERS: brokers }),
    TRIBUTARY_MASTER_KEY: options.masterKey ?? secrets.masterKey,
    TRIBUTARY_PUBLIC_URL: url,
    OBJECT_STORE_DIR: home.objects,
    LOG_LEVEL: options.logLevel ?? 'info',
    ...(options.providerOrigins ? { PROVIDER_ORIGINS: options.providerOrigins } : {}),
  };
  const signInUrl = await prepareInstallation(shared, say);
  const describe = describeProcesses(home, shared, { host, port, say });
  const processes = Object.fromEntries(SERVICES.map((name) => [name, describe(name)])) as Record<
    ServiceName,
    ServiceProcess
  >;
  teardown.add(() => drain(Object.values(processes)));
  await Promise.all(Object.values(processes).map((each) => each.start()));
  const ready = async () => {
    await Promise.all(Object.values(processes).map((each) => each.ready()));
  };
  await ready();
  const kill = (name: ServiceName, signal: NodeJS.Signals = 'SIGKILL') => {
    const pid = processes[name].kill(signal);
    if (pid === undefined) throw new Error(`${name} does not run at this moment`);
    return pid;
  };
  const replica = replicas(describe, teardown);
  return { url, signInUrl, databaseUrl, brokers, smtpPort: port.smtp, processes, replica, kill, ready };
}

type Environment = Readonly<Record<string, string>>;
type Ports = Readonly<Record<ServiceName | 'smtp', number>>;

interface Replica {
  readonly port: number;
  readonly smtp: number;
  readonly nodeArgs?: readonly string[] | undefined;
}

/** How a process of a service is begun: with its own ports, beside what all share; the first of its kind by default. */
function describeProcesses(
  home: Home,
  shared: Environment,
  { host, port, say }: { readonly host: string; readonly port: Ports; readonly say: (line: string) => void },
): (name: ServiceName, replica?: Replica) => ServiceProcess {
  const address = (name: ServiceName) => `http://127.0.0.1:${port[name]}`;
  const own = (smtp: number): Readonly<Record<ServiceName, Environment>> => ({
    gateway: {
      ...{ HOST: host, TICKETS_URL: address('tickets'), ROUTER_URL: address('router') },
      ...{ VOICE_INGEST_URL: address('voice-ingest'), WECHAT_INGEST_URL: address('wechat-ingest') },
    },
    'email-ingest': { SMTP_HOST: host, SMTP_PORT: String(smtp) },
    'voice-ingest': {},
    'wechat-ingest': {},
    tickets: {},
    router: {},
  });
  return (name, replica = { port: port[name], smtp: port.smtp }) => {
    const environment = { ...shared, PORT: String(replica.port), ...own(replica.smtp)[name] };
    const program = join(ROOT, 'apps', name, 'dist', 'main.js');
    const logFile = join(home.folder, 'logs', `${name}.log`);
    return new ServiceProcess({ ...replica, name, program, environment, logFile, say });
  };
}

function replicas(
  describe: (name: ServiceName, replica: Replica) => ServiceProcess,
  teardown: Teardown,
): RunningServices['replica'] {
  return async (name, nodeArgs) => {
    const one = describe(name, { port: await freePort(), smtp: await freePort(), nodeArgs });
    teardown.add(() => drain([one]));
    await one.start();
    await one.ready();
    return one;
  };
}

async function startDatabase(
  home: Home,
  password: string,
  say: (line: string) => void,
  teardown: Teardown,
): Promise<string> {
  say('starting PostgreSQL');
  // Six pools of services and their logs.
  const settings = { max_connections: '200' };
  const server = await startEmbeddedServer({ dataFolder: home.postgres, password, settings });
  teardown.add(() => server.stop());
  return server.url;
}

async function provideLog(
  kafka: StartServicesOptions['kafka'],
  home: Home,
  say: (line: string) => void,
  teardown: Teardown,
): Promise<string | undefined> {
  if (kafka === 'embedded') return undefined;
  if (kafka !== 'start') return kafka.brokers;
  say('starting Apache Kafka');
  const folder = join(home.folder, 'kafka');
  await mkdir(folder, { recursive: true });
  const node = await startKafka({ folder, library: kafkaLibrary(), detached: true });
  teardown.add(() => node.stop());
  return node.brokers.join(',');
}

async function choosePorts(given: Partial<Ports>): Promise<Ports> {
  const chosen = { ...given } as Record<ServiceName | 'smtp', number>;
  for (const name of [...SERVICES, 'smtp'] as const) chosen[name] ??= await freePort();
  return chosen;
}

/** The migration step of a roll-out, with the demo workspace. @returns a one-time link. */
async function prepareInstallation(environment: Environment, say: (line: string) => void): Promise<string> {
  const program = join(ROOT, 'apps', 'standalone', 'dist', 'migrate.js');
  const child = spawn(process.execPath, [program, '--demo'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const printed: string[] = [];
  const refused: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => refused.push(text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the migration step ended with ${code}:\n${refused.join('')}`);
  const lines = printed.join('').trimEnd().split('\n');
  const link = /^sign in once with this link: (\S+)$/.exec(lines.pop() ?? '')?.[1];
  if (link === undefined) throw new Error('the migration step gave no sign-in link');
  for (const line of lines) say(line);
  return link;
}

async function drain(processes: readonly ServiceProcess[]): Promise<void> {
  const ends = await Promise.all(
    processes.map(async (each) => ({ name: each.name, clean: await each.stop(GRACE_MS) })),
  );
  const unclean = ends.filter(({ clean }) => !clean).map(({ name }) => name);
  if (unclean.length > 0) throw new Error(`not drained: ${unclean.join(', ')}`);
}
