import { kafkaLibrary, startKafka, Teardown, testDatabase } from '@tributary/testing';
import { EmbeddedLog } from '../system/embedded-log.js';
import { NetworkLine } from '../system/network-line.js';
import { VendorScene } from './vendor-scene.js';

interface Fault {
  begin(): void | Promise<void>;
  end(): void | Promise<void>;
}

/** An installation, vendors who call it, and faults by name. */
export interface OutageStage {
  readonly scene: VendorScene;
  /** What `reconcile` looks at. */
  readonly stored: { readonly home: string; readonly databaseUrl?: string };
  readonly faults: Readonly<Record<string, Fault>>;
  close(): Promise<void>;
}

export interface Installation {
  readonly installation: string;
  /** Names of the faults that its stage has. */
  readonly outages: readonly string[];
  /** @throws Error when it does not become ready; nothing is left running then. */
  readonly open: (customers: number) => Promise<OutageStage>;
}

/** One process. PostgreSQL holds the log as well: over a line that fails, both are away; the log alone can be taken. */
export const STANDALONE: Installation = {
  installation: 'one process',
  outages: [
    ...['a hang of the database', 'a cut of the database'],
    ...['a hang of the log alone', 'a refusal of the log alone'],
  ],
  open: (customers) =>
    closingInTurn(async (later) => {
      const database = await testDatabase();
      later(() => database.drop());
      const line = await NetworkLine.to(database.url);
      later(() => line.close());
      const log = await EmbeddedLog.of(database.url);
      later(() => log.close());
      const scene = await VendorScene.open({ mode: 'standalone', customers, databaseUrl: line.url });
      later(() => scene.close());
      later(async () => line.mend());
      return {
        scene,
        stored: { home: scene.system.home, databaseUrl: database.url },
        faults: {
          'a hang of the database': { begin: () => line.hang(), end: () => line.mend() },
          'a cut of the database': { begin: () => line.cut(), end: () => line.mend() },
          'a hang of the log alone': { begin: () => log.hold(), end: () => log.release() },
          'a refusal of the log alone': { begin: () => log.refuse(), end: () => log.accept() },
        },
      };
    }),
};

/** A process for each app. The log is a Kafka whose only node dies. */
export const ON_KAFKA: Installation = {
  installation: 'services on Kafka',
  outages: ['a death of the log alone'],
  open: (customers) =>
    closingInTurn(async (later) => {
      const kafka = await startKafka({ library: kafkaLibrary() });
      later(() => kafka.stop());
      const brokers = kafka.brokers.join(',');
      const scene = await VendorScene.open({ mode: 'services', customers, brokers });
      later(() => scene.close());
      return {
        scene,
        stored: { home: scene.system.home },
        faults: {
          'a death of the log alone': { begin: () => kafka.kill(0), end: () => kafka.restart(0) },
        },
      };
    }),
};

/** What was opened is closed in reverse, also when something after it cannot be opened. */
async function closingInTurn(
  open: (later: (closing: () => Promise<void>) => void) => Promise<Omit<OutageStage, 'close'>>,
): Promise<OutageStage> {
  const teardown = new Teardown();
  try {
    return { ...(await open((closing) => teardown.add(closing))), close: () => teardown.run() };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}
