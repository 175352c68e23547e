import { EmbeddedEventLog, type EmbeddedEventLogOptions } from './embedded/embedded-event-log.js';
import type { EventLog } from './event-log.js';
import { KafkaEventLog, type KafkaEventLogOptions } from './kafka/kafka-event-log.js';

export type EventLogOptions =
  | ({ readonly driver: 'embedded' } & EmbeddedEventLogOptions)
  | ({ readonly driver: 'kafka' } & KafkaEventLogOptions);

/** The log by the driver that configuration names. It connects when it is first used. */
export function createEventLog(options: EventLogOptions): EventLog {
  switch (options.driver) {
    case 'embedded':
      return new EmbeddedEventLog(options);
    case 'kafka':
      return new KafkaEventLog(options);
  }
}
