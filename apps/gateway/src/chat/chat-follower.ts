import type { HostedInbox } from '@tributary/channel-host';
import type { EventStream } from '@tributary/service';
import type { ThreadHub } from '../threads/thread-hub.js';
import type { ChatCustomer } from './chat-session.js';
import { type ChatThread, identityOf } from './chat-thread.js';

export interface FollowerParts {
  readonly inbox: HostedInbox;
  readonly customer: ChatCustomer;
  readonly thread: ChatThread;
  readonly hub: ThreadHub;
  readonly stream: EventStream;
  readonly failed: (error: unknown) => void;
}

/** A reader that has not been told anything for this long may have missed that the desk opened or closed. */
const STATE_MS = 60_000;
const RETRY_MS = 1000;

/**
 * One open page of a customer: tells it every message once, in order, and the state whenever it is another. Reads one
 * after the other, so that two changes at once are not told out of order.
 */
export class ChatFollower {
  #cursor: number;
  /** Told, and behind the cursor still. */
  readonly #told = new Set<string>();
  #state = '';
  #conversationId: string | undefined;
  #leave: (() => void) | undefined;
  #reading = false;
  #again = false;
  #closed = false;

  private constructor(
    private readonly parts: FollowerParts,
    cursor: number,
  ) {
    this.#cursor = cursor;
  }

  /** @param after where an earlier stream of this reader ended; 0 for none. */
  static follow(parts: FollowerParts, conversationId: string | undefined, after: number): void {
    const follower = new ChatFollower(parts, after);
    follower.#watch(conversationId);
    const timer = setInterval(() => follower.#look(), STATE_MS);
    timer.unref();
    parts.stream.whenClosed(() => {
      follower.#closed = true;
      clearInterval(timer);
      follower.#leave?.();
    });
    follower.#look();
  }

  #watch(conversationId: string | undefined): void {
    this.#leave?.();
    this.#conversationId = conversationId;
    const { inbox, customer } = this.parts;
    this.#leave = this.parts.hub.watch(
      inbox.workspaceId,
      conversationId === undefined
        ? { inboxId: inbox.id, ...identityOf(inbox, customer) }
        : { conversationId },
      () => this.#look(),
      (name) => this.parts.stream.send({ event: 'typing', data: { name } }),
    );
  }

  #look(): void {
    if (this.#closed) return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    this.#read().catch((error: unknown) => {
      this.parts.failed(error);
      setTimeout(() => this.#look(), RETRY_MS).unref();
    });
  }

  async #read(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#readOnce();
      } while (this.#again && !this.#closed);
    } finally {
      this.#reading = false;
    }
  }

  async #readOnce(): Promise<void> {
    const { inbox, customer, thread, stream } = this.parts;
    if (this.#conversationId === undefined) {
      const found = await thread.conversationId(inbox, customer);
      if (found !== undefined && !this.#closed) this.#watch(found);
    }
    if (this.#conversationId !== undefined) await this.#readMessages(this.#conversationId);
    const state = await thread.state(inbox, this.#conversationId);
    const told = JSON.stringify(state);
    if (told !== this.#state) stream.send({ event: 'state', data: state });
    this.#state = told;
  }

  async #readMessages(conversationId: string): Promise<void> {
    const { inbox, thread, stream } = this.parts;
    for (let from = this.#cursor; ;) {
      const part = await thread.after(inbox, conversationId, from);
      for (const message of part.messages) {
        const isNew = !this.#told.has(message.id);
        this.#told.add(message.id);
        const id = String(Math.min(message.position, part.cursor));
        if (isNew) stream.send({ id, event: 'message', data: message });
      }
      // What the cursor has passed is not read again.
      if (part.cursor > this.#cursor) {
        for (const { id, position } of part.messages) if (position <= part.cursor) this.#told.delete(id);
        this.#cursor = part.cursor;
      }
      if (!part.full) return;
      from = part.messages.at(-1)?.position ?? part.cursor;
    }
  }
}
