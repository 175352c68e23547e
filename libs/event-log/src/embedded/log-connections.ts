import { type Service, SERVICE_ROLES } from '@tributary/database';
import type { Logger } from '@tributary/runtime';
import { type ClientConfig, Pool } from 'pg';

export interface LogConnections {
  /** One connection, commits durably: appends only, so that they never wait behind a fetch. */
  readonly appender: Pool;
  /** Everything else, shared by all subscriptions. */
  readonly consumers: Pool;
  /** For the connection that listens. */
  readonly listener: ClientConfig;
  close(): Promise<void>;
}

/** Connections that run as the service's role; made when first used. */
export function openConnections(url: string, service: Service, logger: Logger): LogConnections {
  const config = (part: string, settings = ''): ClientConfig => ({
    connectionString: url,
    application_name: `tributary-log-${part}-${service}`,
    options: `-c role=${SERVICE_ROLES[service].role} -c lock_timeout=10000 -c statement_timeout=30000 ${settings}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  const pool = (part: string, max: number, settings?: string) => {
    const made = new Pool({ ...config(part, settings), max, idleTimeoutMillis: 60_000 });
    // A broken idle connection is replaced at its next use; without a listener it would end the process.
    made.on('error', (error) => logger.debug({ err: error, part }, 'log_connection_lost'));
    return made;
  };
  const appender = pool('append', 1);
  // A committed offset that a crash of the server takes back only means that its batch is read again.
  const consumers = pool('consume', 3, '-c synchronous_commit=off');
  return {
    appender,
    consumers,
    listener: config('listen'),
    async close() {
      await Promise.all([appender.end(), consumers.end()]);
    },
  };
}
