import type { Service } from '@tributary/database';
import { createEventLog, type EventLog } from '@tributary/event-log';
import { type Logger, systemClock } from '@tributary/runtime';
import type { ServiceConfig } from './service.config.js';

/** The log that the configuration names: Kafka where it names brokers, else the one in the database. */
export function openEventLog(
  { DATABASE_URL: url }: Pick<ServiceConfig, 'DATABASE_URL' | 'KAFKA_BROKERS'>,
  { service, logger }: { readonly service: Service; readonly logger: Logger; readonly clientId: string },
): EventLog {
  return createEventLog({ driver: 'embedded', url, service, logger, clock: systemClock });
}
