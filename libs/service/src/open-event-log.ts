import type { Service } from '@tributary/database';
import { createEventLog, type EventLog } from '@tributary/event-log';
import { type Logger, systemClock } from '@tributary/runtime';
import type { ServiceConfig } from './service.config.js';

export interface EventLogUser {
  readonly service: Service;
  readonly logger: Logger;
  /** Names the process to Kafka. */
  readonly clientId: string;
}

/** The log that the configuration names: Kafka where it names brokers, else the one in the database. */
export function openEventLog(
  { DATABASE_URL: url, KAFKA_BROKERS }: Pick<ServiceConfig, 'DATABASE_URL' | 'KAFKA_BROKERS'>,
  { service, logger, clientId }: EventLogUser,
): EventLog {
  const shared = { logger, clock: systemClock };
  if (KAFKA_BROKERS === undefined) return createEventLog({ driver: 'embedded', url, service, ...shared });
  return createEventLog({ driver: 'kafka', brokers: KAFKA_BROKERS.split(','), clientId, ...shared });
}
