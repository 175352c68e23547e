import { backoffMs, type Logger } from '@tributary/runtime';
import { Client, type ClientConfig } from 'pg';
import { pause } from './pause.js';

export interface WakeUpOptions {
  readonly connection: ClientConfig;
  /** Channels to listen on; identifiers, not user input. */
  readonly channels: readonly string[];
  /** Called with each notification. */
  readonly onNotification: (channel: string, payload: string) => void;
  /** Called after each (re)connection: what was notified in between is lost, so look at everything. */
  readonly onConnected: () => void;
  readonly logger: Logger;
}

/** Keeps one PostgreSQL connection listening until it is stopped; comes back by itself when it breaks. */
export class WakeUp {
  readonly #options: WakeUpOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: WakeUpOptions) {
    this.#options = options;
  }

  /** Once; further calls change nothing. */
  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const client = new Client(this.#options.connection);
      const broken = new Promise<void>((resolve) => {
        client.on('error', () => resolve());
        client.on('end', () => resolve());
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      try {
        await this.#listen(client);
        attempt = 0;
        this.#options.onConnected();
        await broken;
      } catch (error) {
        this.#options.logger.debug({ err: error, attempt }, 'listener_failed');
        await pause(backoffMs(attempt, Math.random()), signal);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  async #listen(client: Client): Promise<void> {
    client.on('notification', ({ channel, payload }) => this.#options.onNotification(channel, payload ?? ''));
    await client.connect();
    for (const channel of this.#options.channels) await client.query(`LISTEN ${channel}`);
  }
}
