import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { OutboxRelay } from '@tributary/event-log';
import type { ServiceContext } from '@tributary/service';
import type { SlaTimer } from './sla/sla-timer.js';
import type { StreamHub } from './stream/stream-hub.js';

/** Starts what runs by itself once the service is up, and ends it when the service drains. */
export class TicketsLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #relay: OutboxRelay;

  constructor(
    context: ServiceContext,
    private readonly hub: StreamHub,
    private readonly timer: SlaTimer,
  ) {
    this.#relay = new OutboxRelay({
      ...context,
      url: context.databaseUrl,
      schema: 'tickets',
      onFailure: context.fail,
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.hub.start();
    this.#relay.start();
    this.timer.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.timer.stop();
    await this.#relay.stop();
    await this.hub.stop();
  }
}
