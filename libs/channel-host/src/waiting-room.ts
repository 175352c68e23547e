import { setTimeout as timer } from 'node:timers/promises';
import type { ChannelModule } from '@tributary/channel-sdk';
import type { Logger } from '@tributary/runtime';
import type { InboxLookup, InboxRef } from './hosted-inbox.js';
import { ProviderFault } from './inbox-breaker.js';
import type { InboxLeases } from './inbox-leases.js';
import type { MessageSender } from './message-sender.js';
import type { SendPace } from './send-pace.js';
import type { WaitingSend, WaitingSends } from './waiting-sends.js';

export interface WaitingRoomParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: InboxLookup;
  readonly messages: MessageSender;
  readonly waiting: WaitingSends;
  readonly leases: InboxLeases;
  readonly pace: Pick<SendPace, 'forget'>;
  readonly logger: Logger;
}

/** How often every inbox is looked at for what a process that died left waiting. */
const SWEEP_MS = 15_000;
/** The longest rest before an inbox is looked at again; a turn may have come sooner than was thought. */
const LONGEST_REST_MS = 1000;
/** While a send is under way; a third of the lease. */
const RENEW_MS = 20_000;
/** Conversations of one inbox at the same time; of each, one message. */
const AT_ONCE = 8;

/** Sends what waits for its turn: each inbox by one replica, each conversation in its order, no inbox behind another. */
export class WaitingRoom {
  readonly #stopping = new AbortController();
  readonly #working = new Map<string, Promise<void>>();
  #sweep: NodeJS.Timeout | undefined;

  constructor(private readonly parts: WaitingRoomParts) {}

  start(): void {
    this.#sweep = setInterval(() => void this.#ringAll(), SWEEP_MS);
    void this.#ringAll();
  }

  /** Resolves when no send is under way any more. */
  async stop(): Promise<void> {
    clearInterval(this.#sweep);
    this.#stopping.abort();
    await Promise.all(this.#working.values());
  }

  /** Something of the inbox waits. */
  ring(inbox: InboxRef): void {
    if (this.#stopping.signal.aborted || this.#working.has(inbox.id)) return;
    const work = this.#empty(inbox)
      .catch((error: unknown) => {
        // The next sweep finds it all again.
        if (!this.#stopping.signal.aborted) {
          this.parts.logger.warn({ err: error, inboxId: inbox.id }, 'waiting_sends_failed');
        }
      })
      .finally(() => this.#working.delete(inbox.id));
    this.#working.set(inbox.id, work);
  }

  async #ringAll(): Promise<void> {
    try {
      for (const { manifest } of this.parts.channels) {
        for (const inbox of await this.parts.inboxes.ofChannel(manifest.channel)) {
          this.ring(inbox);
          await this.parts.pace.forget(inbox);
        }
      }
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'inboxes_unreadable');
    }
  }

  /** Until nothing waits. What somebody else adds meanwhile is found, as the rows are looked at again and again. */
  async #empty(inbox: InboxRef): Promise<void> {
    const { waiting, leases } = this.parts;
    const { signal } = this.#stopping;
    try {
      for (;;) {
        const heads = await waiting.heads(inbox, AT_ONCE);
        if (heads.length === 0 || signal.aborted) return;
        const due = heads.filter(({ waitMs }) => waitMs <= 0);
        if (due.length > 0 && (await leases.take(inbox))) await this.#sendAll(inbox, due);
        else await rest(due.length > 0 ? LONGEST_REST_MS : heads[0]!.waitMs, signal);
      }
    } finally {
      await leases.giveBack(inbox);
    }
  }

  async #sendAll(inbox: InboxRef, due: readonly WaitingSend[]): Promise<void> {
    const renewing = setInterval(() => {
      this.parts.leases.take(inbox).catch((error: unknown) => {
        this.parts.logger.warn({ err: error, inboxId: inbox.id }, 'send_lease_not_renewed');
      });
    }, RENEW_MS);
    try {
      const ends = await Promise.allSettled(due.map((each) => this.#send(inbox, each)));
      const fault = ends.find(({ status }) => status === 'rejected');
      if (fault?.status === 'rejected') throw fault.reason;
    } finally {
      clearInterval(renewing);
    }
  }

  async #send(inbox: InboxRef, { queued, tried }: WaitingSend): Promise<void> {
    const { channels, messages, waiting } = this.parts;
    const channel = channels.find(({ manifest }) => manifest.channel === queued.channel);
    if (!channel) return;
    const work = { signal: this.#stopping.signal, heartbeat: async () => undefined };
    const held = await messages.held(inbox);
    try {
      if (held) await messages.holdBack(inbox, queued, held, work);
      else {
        const end = await messages.send(channel, queued, tried, work);
        if (end.kind === 'later') return await waiting.postpone(inbox, queued, end.tried, end.afterMs);
        await messages.report(inbox, end, work);
      }
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      await messages.holdBack(inbox, queued, error.cause, work);
    }
    await waiting.remove(inbox, queued);
  }
}

async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  await timer(Math.min(Math.max(milliseconds, 1), LONGEST_REST_MS), undefined, { signal }).catch(
    () => undefined,
  );
}
