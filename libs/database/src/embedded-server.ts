import { type ChildProcess, spawn } from 'node:child_process';
import { chown, lstat, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { EmbeddedPostgresError, postgresBinaries, reachableByOthers } from './postgres-binaries.js';

export interface EmbeddedServerOptions {
  /** Cluster folder; made when missing. */
  readonly dataFolder: string;
  /** Superuser's password; the server listens on 127.0.0.1 only and asks for it. */
  readonly password: string;
  /** Folder with `bin/postgres` to use instead of the shipped one (Debian's `/usr/lib/postgresql/15`). */
  readonly installation?: string;
  /** Extra `name=value` settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Skip fsync while the cluster is made; for clusters that live for one test run. */
  readonly throwAway?: boolean;
}

export interface EmbeddedServer {
  /** URL of the superuser on database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** @param mode `fast` ends sessions and checkpoints; `immediate` is a crash, for fault tests. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

/** `nobody` everywhere: PostgreSQL refuses to run as root, and this account owns nothing. */
const UNPRIVILEGED = 65534;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '120',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  checkpoint_timeout: '15min',
  log_checkpoints: 'off',
  timezone: 'UTC',
  jit: 'off',
  // Data of a laptop is in memory or on a disk without a head to move.
  random_page_cost: '1.1',
};

/**
 * Starts PostgreSQL on a folder, making the cluster first when there is none. A server that an earlier process
 * left running on the folder (killed before it could stop it) is taken over.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const running = await runningServer(options);
  if (running) return running;
  const account = await accountFor(options.dataFolder);
  const installation = options.installation ?? (await postgresBinaries(account.other));
  await mkdir(options.dataFolder, { recursive: true, mode: 0o700 });
  if (account.other) await chown(options.dataFolder, UNPRIVILEGED, UNPRIVILEGED);
  const fresh = await lstat(join(options.dataFolder, 'PG_VERSION')).then(
    () => false,
    () => true,
  );
  if (fresh) await initialise(installation, options, account);
  await rm(join(options.dataFolder, 'postmaster.pid'), { force: true });
  const port = await freePort();
  const settings = { ...SETTINGS, ...options.settings, port: String(port) };
  const log = await open(join(options.dataFolder, 'server.log'), 'a', 0o600);
  const child = account.spawn(
    join(installation, 'bin', 'postgres'),
    ['-D', options.dataFolder, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
    log.fd,
  );
  await log.close();
  const url = superuserUrl(options.password, port);
  await answering(url, options.dataFolder, () => child.exitCode !== null || child.signalCode !== null);
  child.unref();
  return handle(url, port, child.pid!);
}

/** @returns the superuser's URL of the server that runs on the folder, undefined when none does. */
export async function findEmbeddedServer(
  options: Pick<EmbeddedServerOptions, 'dataFolder' | 'password'>,
): Promise<string | undefined> {
  return (await runningServer(options))?.url;
}

function superuserUrl(password: string, port: number): string {
  return `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

function handle(url: string, port: number, pid: number): EmbeddedServer {
  return {
    url,
    port,
    pid,
    async stop(mode = 'fast') {
      signal(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      while (alive(pid)) await sleep(20);
    },
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** postmaster.pid: line 1 the process, line 4 the port (PostgreSQL, "Data directory lock file"). */
async function runningServer(
  options: Pick<EmbeddedServerOptions, 'dataFolder' | 'password'>,
): Promise<EmbeddedServer | undefined> {
  const text = await readFile(join(options.dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port] = text.split('\n').map(Number);
  if (!pid || !port || !alive(pid)) return undefined;
  const url = superuserUrl(options.password, port);
  // The pid may belong to a stranger by now: only a server that takes our password is ours.
  const ours = await ping(url).then(
    () => true,
    () => false,
  );
  return ours ? handle(url, port, pid) : undefined;
}

interface Account {
  /** The server runs as another account than this process. */
  readonly other: boolean;
  spawn(command: string, args: readonly string[], output: number | 'pipe'): ChildProcess;
}

/**
 * Who runs the server: we ourselves, or `nobody` when we are root. Below a folder that `nobody` may not enter (a
 * private home), the server keeps the one capability to pass folders; everything else of root is dropped.
 */
async function accountFor(dataFolder: string): Promise<Account> {
  const stdio = (output: number | 'pipe') => ['ignore', output, output] as ('ignore' | number | 'pipe')[];
  if (process.getuid?.() !== 0) {
    return {
      other: false,
      spawn: (command, args, output) =>
        spawn(command, args, { stdio: stdio(output), detached: true, env: cleanEnvironment() }),
    };
  }
  const parent = await nearestExisting(dataFolder);
  if (await reachableByOthers(parent)) {
    return {
      other: true,
      spawn: (command, args, output) =>
        spawn(command, args, {
          stdio: stdio(output),
          detached: true,
          uid: UNPRIVILEGED,
          gid: UNPRIVILEGED,
          cwd: '/',
          env: cleanEnvironment(),
        }),
    };
  }
  const drop = ['--reuid', UNPRIVILEGED, '--regid', UNPRIVILEGED, '--clear-groups'].map(String);
  const keep = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override', '--'];
  return {
    other: true,
    spawn: (command, args, output) =>
      spawn('setpriv', [...drop, ...keep, command, ...args], {
        stdio: stdio(output),
        detached: true,
        cwd: '/',
        env: cleanEnvironment(),
      }),
  };
}

/** PGDATA, PGPORT and friends of the caller's shell must not reach the server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
}

async function nearestExisting(folder: string): Promise<string> {
  for (let at = folder; ; at = join(at, '..')) {
    if (await stat(at).catch(() => undefined)) return at === folder ? join(at, '..') : at;
  }
}

async function initialise(
  installation: string,
  options: EmbeddedServerOptions,
  account: Account,
): Promise<void> {
  const passwordFile = join(options.dataFolder, '..', `.initdb-${process.pid}`);
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (account.other) await chown(passwordFile, UNPRIVILEGED, UNPRIVILEGED);
  try {
    await run(account, join(installation, 'bin', 'initdb'), [
      ...['-D', options.dataFolder, '-U', 'postgres', '--pwfile', passwordFile, '-A', 'scram-sha-256'],
      ...['-E', 'UTF8', '--locale', 'C.UTF-8', ...(options.throwAway ? ['--no-sync'] : [])],
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function run(account: Account, command: string, args: readonly string[]): Promise<void> {
  const child = account.spawn(command, args, 'pipe');
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit, name) => resolve(exit ?? name ?? 'unknown'));
  }).catch((error: NodeJS.ErrnoException) => {
    throw new EmbeddedPostgresError('POSTGRES_UNREACHABLE', unreachable(error), { cause: error });
  });
  if (code !== 0) {
    throw new EmbeddedPostgresError('POSTGRES_FAILED', `initdb ended with ${code}: ${output.slice(-2000)}`);
  }
}

function unreachable(error: NodeJS.ErrnoException): string {
  return error.code === 'ENOENT' && error.path === 'setpriv'
    ? 'PostgreSQL cannot run as root, and other accounts cannot enter this folder: install util-linux (setpriv), ' +
        'set TRIBUTARY_HOME to a folder that others may enter, or start as an ordinary user'
    : `cannot start PostgreSQL: ${error.message}`;
}

async function answering(url: string, dataFolder: string, ended: () => boolean): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 25) {
    if (ended()) {
      const log = await readFile(join(dataFolder, 'server.log'), 'utf8').catch(() => '');
      throw new EmbeddedPostgresError('POSTGRES_FAILED', `PostgreSQL ended: ${log.slice(-2000)}`);
    }
    const up = await ping(url).then(
      () => true,
      () => false,
    );
    if (up) return;
    await sleep(25);
  }
  throw new EmbeddedPostgresError('POSTGRES_FAILED', 'PostgreSQL did not answer within 60 s');
}

async function ping(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
