import { connectDataSource, type Service } from '@tributary/database';
import { DIRECTORY_ENTITIES, MasterKey, SessionService } from '@tributary/directory';
import type { EventLog } from '@tributary/event-log';
import type { ObjectStore } from '@tributary/object-store';
import type { Clock, Health, Logger } from '@tributary/runtime';
import type { DataSource } from 'typeorm';

/**
 * What a service gets from the process it runs in. An app's module is made by `XModule.register(context)`, so that
 * the same module runs alone on Kafka and beside the others in one process.
 */
export interface ServiceContext {
  readonly service: Service;
  /** For the few who need a connection of their own; holds a password. */
  readonly databaseUrl: string;
  /** Connected as the service's own role. */
  readonly dataSource: DataSource;
  readonly log: EventLog;
  readonly objects: ObjectStore;
  readonly masterKey: MasterKey;
  readonly sessions: SessionService;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Health;
  /** Where requests to a provider's origin go instead; none when absent. */
  readonly providerOrigins?: ReadonlyMap<string, string>;
  /** For what nobody expected: the process drains and ends with 1, and somebody else replays. */
  readonly fail: (error: Error) => void;
}

export const SERVICE_CONTEXT = Symbol('ServiceContext');

export interface ContextParts extends Omit<ServiceContext, 'dataSource' | 'sessions' | 'masterKey'> {
  /** 32 bytes in base64. */
  readonly masterKey: string;
  /** Of the service's own schema; the directory's are always there. */
  readonly entities?: readonly (new () => object)[];
  readonly poolSize?: number;
}

/** Connects as the service's role and puts the context together. `close` ends the connections. */
export async function connectService(
  parts: ContextParts,
): Promise<{ readonly context: ServiceContext; readonly close: () => Promise<void> }> {
  const { masterKey, poolSize, entities = [], ...rest } = parts;
  const { databaseUrl, service } = rest;
  const dataSource = await connectDataSource({
    url: databaseUrl,
    service,
    entities: [...DIRECTORY_ENTITIES, ...entities],
    poolSize,
  });
  rest.health.add(`database:${service}`, async () => {
    await dataSource.query('SELECT 1');
  });
  return {
    context: {
      ...rest,
      dataSource,
      masterKey: new MasterKey(masterKey),
      sessions: new SessionService(dataSource, rest.clock),
    },
    close: () => dataSource.destroy(),
  };
}
