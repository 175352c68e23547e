import type { ChannelModule } from '@tributary/channel-sdk';
import type { Logger } from '@tributary/runtime';
import type { CallKeys } from './call-keys.js';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';
import type { SentMessages } from './sent-messages.js';

export interface SentUpkeepParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: InboxLookup;
  readonly sent: Pick<SentMessages, 'release' | 'forget'>;
  /** Of a host that has channels with a `keyHeader`. */
  readonly keys?: Pick<CallKeys, 'forget'>;
  readonly logger: Logger;
}

const EVERY_MS = 10 * 60_000;

/** Lets go, now and then, what a process that died left waiting; and forgets what nobody will ask for. */
export class SentUpkeep {
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(private readonly parts: SentUpkeepParts) {}

  start(): void {
    this.#timer = setInterval(() => this.#begin(), EVERY_MS);
    this.#begin();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#working;
  }

  #begin(): void {
    this.#working = this.#working.then(() => this.#all());
  }

  async #all(): Promise<void> {
    const { channels, inboxes, keys, logger } = this.parts;
    try {
      for (const { manifest } of channels) {
        for (const inbox of await inboxes.ofChannel(manifest.channel)) {
          await this.#one(inbox);
          if (manifest.keyHeader !== undefined) await keys?.forget(inbox);
        }
      }
    } catch (error) {
      // The next time finds it all again.
      logger.warn({ err: error }, 'sent_upkeep_failed');
    }
  }

  async #one(inbox: HostedInbox): Promise<void> {
    if (this.#stopped) return;
    const { sent, logger } = this.parts;
    await sent.release(inbox);
    const inVain = await sent.forget(inbox);
    if (inVain > 0) logger.warn({ inboxId: inbox.id, receipts: inVain }, 'receipts_of_strangers_forgotten');
  }
}
