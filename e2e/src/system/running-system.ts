import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES, startServices } from '@tributary/testing';
import { freePort, StandaloneProcess, type StandaloneSettings } from './standalone-process.js';

/** A whole system with its demo workspace, on ports and data of its own, seen from outside. */
export interface RunningSystem {
  /** Where people reach it, without a slash at the end. */
  readonly url: string;
  /** Signs the demo workspace's administrator in; works once in the system's life. */
  readonly signInUrl: string;
  /** Takes mail for the demo workspace's mailbox. */
  readonly smtpPort: number;
  /** Folder of its data. */
  readonly home: string;
  /** Ends every process at once, as a power cut would, and starts the system again on the same data. */
  restartAfterKill(): Promise<RunningSystem>;
  /** Ends it in order and removes its data. */
  stop(): Promise<void>;
}

const MODES = ['standalone', 'services'] as const;
type Mode = (typeof MODES)[number];

/** What a caller may want to be so; the rest is found free. */
export interface SystemOptions extends Partial<Omit<StandaloneSettings, 'home' | 'smtpPort'>> {
  /** That of the run when absent. */
  readonly mode?: Mode;
  /** Of a Kafka of the caller's, for `services`; one of its own when absent. */
  readonly brokers?: string;
}

/**
 * Starts the system in the mode that `TRIBUTARY_E2E_MODE` names: `standalone` (one process, the default) or
 * `services` (a process for each app, on Kafka).
 *
 * @throws Error with what the system printed when it does not become ready.
 */
export async function startSystem({
  mode = modeOfThisRun(),
  brokers,
  ...options
}: SystemOptions = {}): Promise<RunningSystem> {
  const home = await mkdtemp(join(tmpdir(), 'tributary-e2e-'));
  switch (mode) {
    case 'standalone':
      return startStandalone({ port: await freePort(), ...options, home, smtpPort: await freePort() });
    case 'services':
      return startOnKafka(home, brokers === undefined ? 'start' : { brokers }, options);
  }
}

function modeOfThisRun(): Mode {
  const name = process.env['TRIBUTARY_E2E_MODE'] || 'standalone';
  const mode = MODES.find((each) => each === name);
  if (!mode) throw new Error(`TRIBUTARY_E2E_MODE is none of ${MODES.join(', ')}: ${name}`);
  return mode;
}

async function startOnKafka(
  home: string,
  kafka: 'start' | { readonly brokers: string },
  { port, ...options }: Omit<SystemOptions, 'mode' | 'brokers'>,
): Promise<RunningSystem> {
  const remove = () => rm(home, { recursive: true, force: true });
  const running = await startServices({
    ...{ ...options, home, kafka },
    ports: port === undefined ? {} : { gateway: port },
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const system: RunningSystem = {
    url: running.url,
    signInUrl: running.signInUrl,
    smtpPort: running.smtpPort,
    home,
    async restartAfterKill() {
      // Their supervisor starts each of them again.
      for (const name of SERVICES) running.kill(name);
      await running.ready();
      return system;
    },
    async stop() {
      await running.stop();
      await remove();
    },
  };
  return system;
}

async function startStandalone(settings: StandaloneSettings): Promise<RunningSystem> {
  const running = new StandaloneProcess(settings);
  const remove = () => rm(settings.home, { recursive: true, force: true });
  const { url, signInUrl } = await running.ready().catch(async (error: unknown) => {
    running.signal('SIGKILL');
    await remove();
    throw error;
  });
  return {
    url,
    signInUrl,
    smtpPort: settings.smtpPort,
    home: settings.home,
    async restartAfterKill() {
      running.signal('SIGKILL');
      await running.ended;
      return startStandalone(settings);
    },
    async stop() {
      running.signal('SIGTERM');
      await running.ended;
      await remove();
    },
  };
}
