import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { OutboxRelay } from '@tributary/event-log';
import type { ServiceContext } from '@tributary/service';

/** Carries the directory's outbox to the log while the gateway runs. */
export class GatewayLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #relay: OutboxRelay;

  constructor(context: ServiceContext) {
    this.#relay = new OutboxRelay({
      ...context,
      url: context.databaseUrl,
      schema: 'directory',
      onFailure: context.fail,
    });
  }

  onApplicationBootstrap(): void {
    this.#relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#relay.stop();
  }
}
