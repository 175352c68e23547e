import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Schema } from '@tributary/database';
import { OutboxRelay } from '@tributary/event-log';
import type { ServiceContext } from './service-context.js';

/** Carries a schema's outbox to the log while the service runs; it ends after the consumers that fill it. */
export class OutboxLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #relay: OutboxRelay;

  constructor(context: ServiceContext, schema: Schema) {
    this.#relay = new OutboxRelay({ ...context, url: context.databaseUrl, schema, onFailure: context.fail });
  }

  onApplicationBootstrap(): void {
    this.#relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#relay.stop();
  }
}
