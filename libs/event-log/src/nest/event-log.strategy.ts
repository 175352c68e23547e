import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import type { Logger } from '@tributary/runtime';
import { isObservable, lastValueFrom } from 'rxjs';
import type { EventLog, Outcome, OutcomeListener, SubscribeOptions, Subscription } from '../event-log.js';
import { EVENT_LOG_TRANSPORT, type HandlerRole, type PartitionMove } from './consumes.decorator.js';

export interface EventLogStrategyOptions {
  /** Stays open when the application closes: who made it closes it. */
  readonly log: EventLog;
  readonly logger: Logger;
  /** A subscription cannot go on: the process should end. Called once a subscription. */
  readonly onFailure: (error: Error) => void;
  readonly onOutcome?: OutcomeListener;
}

/** Runs a Nest application's `@Consumes` methods on the event log, whichever its driver. */
export class EventLogStrategy extends Server implements CustomTransportStrategy {
  override transportId = EVENT_LOG_TRANSPORT;
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: EventLogStrategyOptions;
  #subscriptions: Subscription[] = [];

  constructor(options: EventLogStrategyOptions) {
    super();
    this.#options = options;
  }

  /** @throws Error when two methods would handle one group's records: each would see a part of them. */
  override addHandler(
    pattern: string,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    if (this.messageHandlers.has(pattern)) throw new Error(`two handlers for "${pattern}"`);
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  /** Subscribes every handler; `callback` gets the first error, and then nothing runs. */
  listen(callback: (error?: unknown) => void): void {
    this.#subscribeAll().then(
      () => callback(),
      async (error: unknown) => {
        await this.close();
        callback(error);
      },
    );
  }

  /** Finishes the batches in flight, commits, and gives the partitions back. */
  async close(): Promise<void> {
    const subscriptions = this.#subscriptions;
    this.#subscriptions = [];
    await Promise.all(subscriptions.map((subscription) => subscription.stop()));
  }

  override on(): never {
    throw new Error('the event log has no events of its own');
  }

  /** @returns the EventLog. */
  override unwrap<T>(): T {
    return this.#options.log as T;
  }

  async #subscribeAll(): Promise<void> {
    for (const handler of this.messageHandlers.values()) {
      const extras = handler.extras as HandlerRole;
      if (extras.role !== 'batches') continue;
      this.#subscriptions.push(await this.#options.log.subscribe(this.#subscription(handler, extras)));
    }
  }

  #subscription(handler: MessageHandler, extras: HandlerRole & { role: 'batches' }): SubscribeOptions {
    const { topic, group, maxBatch, from } = extras;
    const assigned = this.messageHandlers.get(`assigned ${group} ${topic}`);
    const revoked = this.messageHandlers.get(`revoked ${group} ${topic}`);
    return {
      group,
      topic,
      maxBatch,
      from,
      handler: (batch) => call<readonly Outcome[]>(handler, batch),
      onAssigned: assigned && ((_, partition, epoch) => tell(assigned, { topic, partition, epoch })),
      onRevoked: revoked && ((_, partition) => tell(revoked, { topic, partition })),
      onOutcome: this.#options.onOutcome,
      onFailure: this.#options.onFailure,
    };
  }
}

function tell(handler: MessageHandler, move: PartitionMove): Promise<void> {
  return call<void>(handler, move);
}

/** Nest answers with the value, or with a stream of it when an interceptor or a filter took part. */
async function call<T>(handler: MessageHandler, argument: unknown): Promise<T> {
  const answer: unknown = await handler(argument);
  return (isObservable(answer) ? await lastValueFrom(answer, { defaultValue: undefined }) : answer) as T;
}
