import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { SlaTimer } from './sla/sla-timer.js';
import type { OpenPages } from './stream/open-pages.js';
import type { StreamHub } from './stream/stream-hub.js';

/** Starts what runs by itself once the service is up, and ends it when the service drains. */
export class TicketsLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly hub: StreamHub,
    private readonly pages: OpenPages,
    private readonly timer: SlaTimer,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.hub.start();
    this.pages.start();
    this.timer.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.timer.stop();
    await this.hub.stop();
    await this.pages.stop();
  }
}
