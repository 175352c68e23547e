import { outboxChannel, type Schema, type Service, SERVICE_ROLES } from '@tributary/database';
import { backoffMs, type Logger } from '@tributary/runtime';
import { Client } from 'pg';
import { EventLogError, type EventLogErrorCode } from './event-log.errors.js';
import type { EventLog, NewRecord } from './event-log.js';
import { pause } from './pause.js';
import { Signal } from './signal.js';

export interface OutboxRelayOptions {
  /** A direct connection: a pooler that shares sessions would lose lock and notifications. */
  readonly url: string;
  /** Whose role may delete from the outbox. */
  readonly service: Service;
  /** The schema whose outbox is emptied. */
  readonly schema: Schema;
  readonly log: EventLog;
  readonly logger: Logger;
  /** A row can never be appended (its topic does not exist): nothing is skipped, so the process should end. */
  readonly onFailure: (error: Error) => void;
}

interface OutboxRow extends NewRecord {
  readonly id: string;
}

/** Rows a round takes at most, and bytes of values; the first row always comes. */
const BATCH_ROWS = 1000;
const BATCH_BYTES = 8 * 1024 * 1024;
const SAFETY_POLL_MS = 5000;
/** A running transaction hides rows; unless it has rows itself, nobody tells when it ends. */
const HIDDEN_POLL_MS = { first: 4, most: 1000 };
const LEADER_POLL_MS = 1000;
/** Payload that says: the leader left, somebody else may lead. */
const RELEASED = 'released';
const HOPELESS: ReadonlySet<EventLogErrorCode> = new Set([
  'UNKNOWN_TOPIC',
  'UNKNOWN_PARTITION',
  'RECORD_TOO_LARGE',
  'RECORD_INVALID',
]);

/**
 * Moves committed outbox rows to the log, in the order of their ids, and deletes them once they are durable there.
 * One relay a schema leads, whatever the number of replicas; the others wait for its lock. At least once: a crash
 * between append and delete appends again, with the same envelope ids, and consumers dedupe by them.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #logger: Logger;
  readonly #bell = new Signal();
  readonly #leaderLeft = new Signal();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
    this.#logger = options.logger.child({ outbox: options.schema });
  }

  /** Returns at once; connects, and comes back, by itself. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Rows were just committed by this process: look now. */
  kick(): void {
    this.#bell.ring();
  }

  /** Finishes the round in flight and lets another relay lead. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#bell.ring();
    this.#leaderLeft.ring();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const client = this.#client();
      try {
        await client.connect();
        await client.query(`LISTEN ${outboxChannel(this.#options.schema)}`);
        attempt = 0;
        await this.#lead(client);
      } catch (error) {
        if (isHopeless(error)) {
          this.#logger.error({ err: error }, 'outbox_blocked');
          this.#options.onFailure(error);
          return;
        }
        this.#logger.warn({ err: error }, 'outbox_relay_interrupted');
        await pause(backoffMs(attempt + 1, Math.random()), signal);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  #client(): Client {
    const { url, service, schema } = this.#options;
    const client = new Client({
      connectionString: url,
      application_name: `tributary-outbox-${schema}`,
      // A delete that a crash of the server takes back only means that its rows are appended again.
      options: `-c role=${SERVICE_ROLES[service].role} -c synchronous_commit=off -c statement_timeout=30000`,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    client.on('notification', ({ payload }) => (payload === RELEASED ? this.#leaderLeft : this.#bell).ring());
    // The query that meets the broken connection says so too; here it only wakes who waits.
    client.on('error', () => this.#bell.ring());
    return client;
  }

  async #lead(client: Client): Promise<void> {
    const { schema } = this.#options;
    const key = `outbox ${schema}`;
    // Tried again and again rather than waited for in the server: a waiting statement keeps its snapshot, and with
    // it every dead row of the database.
    while (!(await tryLock(client, key))) {
      if (this.#stopping.signal.aborted) return;
      await this.#leaderLeft.wait(LEADER_POLL_MS * (0.5 + Math.random()));
    }
    this.#logger.debug('outbox_relay_leads');
    await this.#relay(client);
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0)), pg_notify($2, $3)', [
      key,
      outboxChannel(schema),
      RELEASED,
    ]);
  }

  async #relay(client: Client): Promise<void> {
    const { schema } = this.#options;
    let hidden = 0;
    while (!this.#stopping.signal.aborted) {
      const rows = await readable(client, schema);
      if (rows.length > 0) {
        hidden = 0;
        if (!(await this.#append(rows))) return;
        await client.query(`DELETE FROM ${schema}.outbox WHERE id = ANY ($1)`, [rows.map((row) => row.id)]);
      } else if (await isEmpty(client, schema)) {
        hidden = 0;
        await this.#bell.wait(SAFETY_POLL_MS);
      } else {
        await this.#bell.wait(Math.min(HIDDEN_POLL_MS.most, HIDDEN_POLL_MS.first * 2 ** hidden));
        hidden += 1;
      }
    }
  }

  /** @returns false when the relay was stopped before the rows were known to be durable. */
  async #append(rows: readonly OutboxRow[]): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#options.log.append(rows);
        return true;
      } catch (error) {
        if (isHopeless(error)) throw error;
        if (this.#stopping.signal.aborted) return false;
        this.#logger.warn({ err: error, attempt, rows: rows.length }, 'outbox_append_retried');
        await pause(backoffMs(attempt, Math.random()), this.#stopping.signal);
      }
    }
  }
}

function isHopeless(error: unknown): error is EventLogError {
  return error instanceof EventLogError && HOPELESS.has(error.code);
}

async function tryLock(client: Client, key: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
    [key],
  );
  return rows[0]!.locked;
}

/** Rows of transactions older than the oldest that runs: nothing with a smaller id can still appear among them. */
async function readable(client: Client, schema: Schema): Promise<readonly OutboxRow[]> {
  const { rows } = await client.query<OutboxRow>({
    name: 'outbox_read',
    text: `SELECT id, topic, key, value FROM (
             SELECT *, sum(octet_length(value)) OVER (ORDER BY id) - octet_length(value) AS before FROM (
               SELECT * FROM ${schema}.outbox WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
               ORDER BY id LIMIT $1) AS oldest) AS sized
           WHERE before < $2 ORDER BY id`,
    values: [BATCH_ROWS, BATCH_BYTES],
  });
  return rows;
}

/** By the index, which forgets deleted rows at once; the table keeps them until it is vacuumed. */
async function isEmpty(client: Client, schema: Schema): Promise<boolean> {
  const { rows } = await client.query<{ any: boolean }>(
    `SELECT (SELECT id FROM ${schema}.outbox ORDER BY id LIMIT 1) IS NOT NULL AS any`,
  );
  return !rows[0]!.any;
}
