import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import {
  type ChannelHostParts,
  InboxBreaker,
  InboxHealth,
  InboxRetries,
  providerPorts,
} from '@tributary/channel-host';
import { ColleagueNotices } from './colleague-notices.js';

/** A notice is of use for minutes: a way that was mended by hand is tried soon, also when WeCom had refused us. */
const LONGEST_WAIT_MS = { unavailable: 60_000, badCredentials: 60_000 };

/** Tells what waits once the service is up, and ends it when the service drains. */
export class NoticesLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly notices: ColleagueNotices;
  readonly #breaker: InboxBreaker;
  readonly #retries: InboxRetries;

  /** @param parts with all channels that are installed. */
  constructor(parts: ChannelHostParts) {
    const channels = parts.channels.filter(({ colleagues }) => colleagues !== undefined);
    const health = new InboxHealth(parts.dataSource, parts.logger);
    const way = { way: 'notices', health, random: Math.random, longestWaitMs: LONGEST_WAIT_MS } as const;
    this.#breaker = new InboxBreaker({ ...parts, ...way, channels });
    this.notices = new ColleagueNotices({
      ...{ ...parts, channels, breaker: this.#breaker },
      ports: providerPorts(parts),
    });
    this.#retries = new InboxRetries(parts.dataSource, parts.inboxes, [this.#breaker]);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#breaker.start((item, workspaceId, signal) => this.notices.tell(item, workspaceId, signal));
    await this.#retries.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#retries.stop();
    await this.#breaker.stop();
  }
}
