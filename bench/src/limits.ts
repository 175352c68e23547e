import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, type ClientConfig } from 'pg';
import { perSecond } from './figures.js';
import { formPosts } from './form-posts.js';
import { load } from './http-load.js';

/** What this machine can do at most, measured beside the product and on the same parts. */
export interface Limit {
  readonly name: string;
  /** One measurement, a rate a second. */
  measure(milliseconds: number): Promise<number>;
  close(): Promise<void>;
}

const BODY = formPosts('0', 'limit')()!.body;

/** Fastify with one route that parses and answers, in a process of its own, with the same bodies. */
export async function echoLimit(connections: number): Promise<Limit> {
  const child = fork(fileURLToPath(new URL('./echo-server.js', import.meta.url)));
  const [port] = (await once(child, 'message')) as [number];
  const post = { path: '/echo', body: BODY };
  return {
    name: `Fastify echo, ${connections} connections`,
    async measure(milliseconds) {
      const url = `http://127.0.0.1:${port}`;
      const echoed = await load({ url, connections, milliseconds, next: () => post });
      return perSecond(echoed.latencies.length, echoed.milliseconds);
    },
    async close() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** One row a transaction, as durable as the server's settings are. */
export async function commitLimit(databaseUrl: string, clients: number): Promise<Limit> {
  const table = await LimitTable.make(databaseUrl, clients);
  const insert = { name: 'one', text: 'INSERT INTO bench.row (body) VALUES ($1)', values: [BODY] };
  return {
    name: `PostgreSQL single-row commits, ${clients} clients`,
    measure: (milliseconds) => table.rate(milliseconds, 1, (client) => client.query(insert)),
    close: () => table.close(),
  };
}

const BATCH = 500;

/** 500 rows a transaction, one client: what a consumer of the log could write if it did nothing else. */
export async function batchLimit(databaseUrl: string): Promise<Limit> {
  const table = await LimitTable.make(databaseUrl, 1);
  const insert = {
    name: 'batch',
    text: 'INSERT INTO bench.row (body) SELECT unnest($1::text[])',
    values: [Array.from({ length: BATCH }, () => BODY)],
  };
  return {
    name: `PostgreSQL ${BATCH}-row inserts, rows`,
    measure: (milliseconds) => table.rate(milliseconds, BATCH, (client) => client.query(insert)),
    close: () => table.close(),
  };
}

class LimitTable {
  private constructor(private readonly clients: readonly Client[]) {}

  static async make(connectionString: string, count: number): Promise<LimitTable> {
    const config: ClientConfig = { connectionString, application_name: 'tributary-bench-limit' };
    const clients = Array.from({ length: count }, () => new Client(config));
    await Promise.all(clients.map((client) => client.connect()));
    await clients[0]!.query(`
      CREATE SCHEMA IF NOT EXISTS bench;
      CREATE TABLE IF NOT EXISTS bench.row (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)`);
    return new LimitTable(clients);
  }

  async rate(milliseconds: number, rows: number, write: (client: Client) => Promise<unknown>) {
    await this.clients[0]!.query('TRUNCATE bench.row');
    const begun = performance.now();
    let written = 0;
    await Promise.all(
      this.clients.map(async (client) => {
        while (performance.now() - begun < milliseconds) {
          await write(client);
          written += rows;
        }
      }),
    );
    return perSecond(written, performance.now() - begun);
  }

  async close(): Promise<void> {
    await this.clients[0]!.query('DROP TABLE IF EXISTS bench.row');
    await Promise.all(this.clients.map((client) => client.end()));
  }
}
