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
  let closed = false;
  let runner: QueryRunner | undefined;
  let attempt = 0;

  const connect = async (): Promise<void> => {
    const next = dataSource.createQueryRunner();
    const client = (await next.connect()) as NotifyingClient;
    let broken = false;
    const reconnect = () => {
      if (broken || closed) return;
      broken = true;
      void next.release().catch(() => undefined);
      retry();
    };
    client.on('error', reconnect);
    client.on('end', reconnect);
    client.on('notification', (message) => {
      if (!closed) heard(message.channel, message.payload ?? '');
    });
    try {
      for (const channel of channels) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      broken = true;
      await next.release().catch(() => undefined);
      throw error;
    }
    if (closed) return next.release();
    runner = next;
    attempt = 0;
  };
  const retry = (): void => {
    attempt += 1;
    lost(attempt);
    setTimeout(
      () => {
        if (!closed) connect().catch(retry);
      },
      backoffMs(attempt, Math.random()),
    ).unref();
  };

  await connect();
  return {
    async close() {
      closed = true;
      if (!runner || runner.isReleased) return;
      // The pool gives the connection to somebody else.
      await runner.query('UNLISTEN *').catch(() => undefined);
      await runner.release();
    },
  };
}
