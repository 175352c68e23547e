import type { MasterKey, SessionService } from '@tributary/directory';
import type { EventLog } from '@tributary/event-log';
import type { ObjectStore } from '@tributary/object-store';
import type { Clock, Health, Logger } from '@tributary/runtime';
import type { DataSource } from 'typeorm';

/**
 * What a service gets from the process it runs in. An app's module is made by `XModule.register(context)`, so that
 * the same module runs alone on Kafka and beside the others in one process.
 */
export interface ServiceContext {
  /** Connected as the service's own role. */
  readonly dataSource: DataSource;
  readonly log: EventLog;
  readonly objects: ObjectStore;
  readonly masterKey: MasterKey;
  readonly sessions: SessionService;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Health;
  /** For what nobody expected: the process drains and ends with 1, and somebody else replays. */
  readonly fail: (error: Error) => void;
}

export const SERVICE_CONTEXT = Symbol('ServiceContext');
