import { listen, type Listener } from '@tributary/database';
import type { DataSource } from 'typeorm';
import type { InboxLookup } from './hosted-inbox.js';

/** Whoever rests after a failure of an inbox's provider. */
export interface Resting {
  /** Tries the inbox at once. */
  retry(inboxId: string): void;
}

/** An administrator asks for it; the payload is the inbox's id. */
export const INBOX_RETRY = 'inbox_retry';

/** Hears that an inbox shall be tried at once, in whatever process it was asked for. */
export class InboxRetries {
  #listener: Listener | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly inboxes: Pick<InboxLookup, 'forget'>,
    private readonly resting: readonly Resting[],
  ) {}

  async start(): Promise<void> {
    this.#listener = await listen(this.dataSource, [INBOX_RETRY], (_channel, inboxId) => {
      this.inboxes.forget(inboxId);
      for (const each of this.resting) each.retry(inboxId);
    });
  }

  async stop(): Promise<void> {
    await this.#listener?.close();
  }
}
