import { backoffMs } from '@tributary/runtime';
import type { DataSource, QueryRunner } from 'typeorm';

export interface Listener {
  close(): Promise<void>;
}

/** What TypeORM's PostgreSQL driver gives for a connection: a client of `pg`. */
interface NotifyingClient {
  query(text: string): Promise<unknown>;
  on(event: 'notification', handler: (message: { channel: string; payload?: string }) => void): void;
  on(event: 'error' | 'end', handler: (error?: Error) => void): void;
}

/**
 * Holds one connection that LISTENs, and makes a new one when it breaks. Notifications sent in between are lost:
 * whoever listens also looks by itself now and then.
 *
 * @param lost told of each attempt to reconnect, from 1.
 */
export async function listen(
  dataSource: DataSource,
  channels: readonly string[],
  heard: (channel: string, payload: string) => void,
  lost: (attempt: number) => void = () => undefined,
): Promise<Listener> {
  const listener = new ReconnectingListener(dataSource, channels, heard, lost);
  await listener.connect();
  return listener;
}

class ReconnectingListener implements Listener {
  #closed = false;
  #runner: QueryRunner | undefined;
  #attempt = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly channels: readonly string[],
    private readonly heard: (channel: string, payload: string) => void,
    private readonly lost: (attempt: number) => void,
  ) {}

  async connect(): Promise<void> {
    const next = this.dataSource.createQueryRunner();
    const client = (await next.connect()) as NotifyingClient;
    let broken = false;
    const reconnect = () => {
      if (broken || this.#closed) return;
      broken = true;
      void next.release().catch(() => undefined);
      this.#retry();
    };
    client.on('error', reconnect);
    client.on('end', reconnect);
    client.on('notification', (message) => {
      if (!this.#closed) this.heard(message.channel, message.payload ?? '');
    });
    try {
      for (const channel of this.channels) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      broken = true;
      await next.release().catch(() => undefined);
      throw error;
    }
    if (this.#closed) return next.release();
    this.#runner = next;
    this.#attempt = 0;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const runner = this.#runner;
    if (!runner || runner.isReleased) return;
    // The pool gives the connection to somebody else.
    await runner.query('UNLISTEN *').catch(() => undefined);
    await runner.release();
  }

  #retry(): void {
    this.#attempt += 1;
    this.lost(this.#attempt);
    const again = () => {
      if (!this.#closed) this.connect().catch(() => this.#retry());
    };
    setTimeout(again, backoffMs(this.#attempt, Math.random())).unref();
  }
}
