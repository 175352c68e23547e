import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startEmbeddedServer } from '@tributary/database';
import { Desk } from '@tributary/e2e';
import { ServiceProcess, startServices } from '@tributary/testing';
import { beginProfile, endProfile, PROFILED_SETTINGS, profiledEnvironment } from './profile.js';

/** `standalone` is what `npm start` runs: one process and PostgreSQL. `services` is a process an app, on Kafka. */
export type Mode = 'standalone' | 'services';

/** The product itself, with its demo workspace, on data and ports of its own. */
export interface MeasuredSystem {
  readonly url: string;
  /** A login that sees all workspaces. */
  readonly databaseUrl: string;
  /** Undefined when the log is in the database. */
  readonly brokers: string | undefined;
  /** The administrator's. */
  readonly desk: Desk;
  /** Of the web form. */
  readonly inboxId: string;
  /** Processes that died and were started again. */
  restarts(): number;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../apps/standalone/dist/main.js', import.meta.url));
const STOP_MS = 30_000;

export interface MeasuredSystemOptions {
  readonly mode: Mode;
  /** Folder for CPU profiles and the costs of statements; the standalone mode only. */
  readonly profile?: string;
}

export async function startMeasuredSystem(
  { mode, profile }: MeasuredSystemOptions,
  say: (line: string) => void,
): Promise<MeasuredSystem> {
  if (profile !== undefined && mode !== 'standalone')
    throw new Error('only the standalone mode has profiles');
  say(`starting the system (${mode})`);
  const home = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const remove = () => rm(home, { recursive: true, force: true });
  try {
    const system = await (mode === 'standalone' ? standalone(home, profile) : services(home, say));
    const desk = await Desk.signIn(system.signInUrl);
    const { id: inboxId } = await desk.inboxOf('web_form');
    return {
      ...system,
      desk,
      inboxId,
      stop: async () => {
        try {
          await system.stop();
        } finally {
          await remove();
        }
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Started = Omit<MeasuredSystem, 'desk' | 'inboxId'> & { readonly signInUrl: string };

async function standalone(home: string, profile?: string): Promise<Started> {
  const password = 'only-for-this-bench';
  const server = await startEmbeddedServer({
    dataFolder: join(home, 'postgres'),
    password,
    settings: profile === undefined ? {} : PROFILED_SETTINGS,
  });
  const port = await freePort();
  const logFile = join(home, 'standalone.out');
  await mkdir(join(home, 'data'));
  const running = new ServiceProcess({
    name: 'standalone',
    program: MAIN,
    port,
    logFile,
    say: () => undefined,
    environment: {
      PATH: '/usr/bin:/bin',
      PORT: String(port),
      SMTP_PORT: String(await freePort()),
      TRIBUTARY_HOME: join(home, 'data'),
      DATABASE_URL: server.url,
      ...(profile === undefined ? {} : profiledEnvironment(profile)),
    },
  });
  const stop = async () => {
    if (profile !== undefined) await endProfile(server.url, profile);
    await running.stop(STOP_MS);
    await server.stop();
  };
  try {
    await running.start();
    await running.ready();
    const signInUrl = /(\S+\/sign-in\?token=\S+)$/m.exec(await readFile(logFile, 'utf8'))?.[1];
    if (signInUrl === undefined) throw new Error(`no sign-in link in ${logFile}`);
    const { url: databaseUrl } = server;
    if (profile !== undefined) await beginProfile(databaseUrl);
    const url = `http://127.0.0.1:${port}`;
    return { url, databaseUrl, brokers: undefined, signInUrl, restarts: () => running.restarts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function services(home: string, say: (line: string) => void): Promise<Started> {
  const running = await startServices({ home, kafka: 'start', say });
  const { url, databaseUrl, brokers, signInUrl, processes } = running;
  const restarts = () => Object.values(processes).reduce((sum, each) => sum + each.restarts, 0);
  return { url, databaseUrl, brokers, signInUrl, restarts, stop: () => running.stop() };
}
