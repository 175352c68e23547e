import { Catch, type ExceptionFilter, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Topic } from '@tributary/contracts';
import { type Observable, throwError } from 'rxjs';
import type { Outcome, RecordBatch } from '../event-log.js';

/** Only `EventLogStrategy` takes handlers of this transport, also in an application with several. */
export const EVENT_LOG_TRANSPORT = Symbol('EventLogTransport');

export interface ConsumesOptions {
  /** Consumer group; one handler a group and topic in a process. */
  readonly group: string;
  /** Records a batch at most; 500 by default. */
  readonly maxBatch?: number;
  /** Where the group begins that never committed; `earliest` by default. */
  readonly from?: 'earliest' | 'latest';
}

/** A partition that came or went. */
export interface PartitionMove {
  readonly topic: string;
  readonly partition: number;
  /** Of the ownership; present when the partition came. */
  readonly epoch?: bigint;
}

/** What a decorated method is for; the strategy reads it from the handler's extras. */
export type HandlerRole =
  | ({ readonly role: 'batches'; readonly topic: string } & ConsumesOptions)
  | { readonly role: 'assigned' | 'revoked'; readonly topic: string; readonly group: string };

/**
 * Makes a controller's method the handler of a group's batches of a topic. It resolves with one outcome a record, in
 * order, after all effects are durable; a RetryableError means the same batch again, anything else ends the process.
 */
export function Consumes(topic: Topic, options: ConsumesOptions) {
  return handler<(batch: RecordBatch) => Promise<readonly Outcome[]>>({
    ...options,
    role: 'batches',
    topic: topic.name,
  });
}

/** Makes a method hear of each partition that comes to this group's handler, before its first batch. */
export function OnAssigned(topic: Topic, group: string) {
  return handler<(move: Required<PartitionMove>) => Promise<void> | void>({
    role: 'assigned',
    topic: topic.name,
    group,
  });
}

/** Makes a method hear of each partition that went away, after its last batch. */
export function OnRevoked(topic: Topic, group: string) {
  return handler<(move: PartitionMove) => Promise<void> | void>({
    role: 'revoked',
    topic: topic.name,
    group,
  });
}

/**
 * Nest's layer for RPC answers an unknown error as `{ status: 'error' }` and logs the rest away; the runner has to
 * tell a RetryableError from a bug, so errors pass as they are.
 */
@Catch()
class PassErrors implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

function handler<Method extends (argument: never) => unknown>(extras: HandlerRole) {
  const pattern = EventPattern(`${extras.role} ${extras.group} ${extras.topic}`, EVENT_LOG_TRANSPORT, extras);
  const passErrors = UseFilters(new PassErrors());
  return <M extends Method>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>): void => {
    (pattern as MethodDecorator)(target, key, descriptor);
    passErrors(target, key, descriptor);
  };
}
