import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelError } from '@tributary/channel-sdk';
import type { Clock, Logger } from '@tributary/runtime';
import type { Acceptance } from './acceptance.js';
import type { CursorStore } from './cursor-store.js';
import type { HostedInbox } from './hosted-inbox.js';
import type { PollInbound } from './inbound-events.js';
import { acceptWindow } from './inbound-window.js';
import type { PortsOf } from './provider-ports.js';
import { codeOf, detailOf, type LongestWaits, retryWaitMs } from './retry-wait.js';

/** What became of an inbox's session; for the administrator's page. */
export type PollReport =
  | { readonly kind: 'received'; readonly at: Date; readonly messages: number }
  | {
      readonly kind: 'failed';
      readonly at: Date;
      readonly code: string;
      readonly detail: string;
      /** Milliseconds until it is tried again. */
      readonly waitMs: number;
    }
  /** The inbox has nothing to poll (its mail is handed over to us): no session until it changes. */
  | { readonly kind: 'nothing_to_poll'; readonly at: Date };

export interface PollerParts {
  readonly inbound: PollInbound;
  readonly acceptance: Acceptance;
  readonly cursors: CursorStore;
  readonly ports: PortsOf;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number in [0, 1) for jitter. */
  readonly random: () => number;
  readonly report?: (inbox: HostedInbox, report: PollReport) => void;
  readonly longestWaitMs?: LongestWaits;
}

interface Session {
  readonly stopping: AbortController;
  /** Ends the wait after a failure. */
  wake: AbortController;
  ended: Promise<void>;
}

/**
 * Keeps one session with the provider for each polled inbox. A window is appended, then its cursor is stored, then
 * the next is asked for: whatever dies in between, its mails are read again under the same ids. A session that
 * ends by a fault is opened anew, later and later, each inbox for itself.
 */
export class Poller {
  readonly #parts: PollerParts;
  readonly #sessions = new Map<string, Session>();

  constructor(parts: PollerParts) {
    this.#parts = parts;
  }

  /** Begins to poll an inbox; one that is polled already goes on with its new settings. */
  async watch(inbox: HostedInbox): Promise<void> {
    await this.unwatch(inbox.id);
    const session = {
      ...{ stopping: new AbortController(), wake: new AbortController() },
      ended: Promise.resolve(),
    };
    this.#sessions.set(inbox.id, session);
    session.ended = this.#supervise(inbox, session);
  }

  /** Opens a session at once where one rests after a failure. */
  retry(inboxId: string): void {
    this.#sessions.get(inboxId)?.wake.abort();
  }

  /** Resolves when the inbox's session has ended; an append that has begun is finished first. */
  async unwatch(inboxId: string): Promise<void> {
    const session = this.#sessions.get(inboxId);
    this.#sessions.delete(inboxId);
    session?.stopping.abort();
    await session?.ended;
  }

  /** Ends all sessions. */
  async stop(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((id) => this.unwatch(id)));
  }

  async #supervise(inbox: HostedInbox, session: Session): Promise<void> {
    const { signal } = session.stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#session(inbox, signal, () => (failures = 0));
        if (signal.aborted) return;
        throw new ChannelError('unavailable', 'The session ended.');
      } catch (error) {
        if (signal.aborted) return;
        const code = codeOf(error);
        if (code === 'unsupported') return this.#report(inbox, { kind: 'nothing_to_poll', at: this.#now() });
        failures++;
        this.#parts.logger.warn({ inboxId: inbox.id, code, failures }, 'poll_failed');
        const waitMs = retryWaitMs(error, failures, this.#parts.random(), this.#parts.longestWaitMs);
        this.#report(inbox, { kind: 'failed', at: this.#now(), code, detail: detailOf(error), waitMs });
        await this.#wait(waitMs, session);
      }
    }
  }

  async #session(inbox: HostedInbox, signal: AbortSignal, progressed: () => void): Promise<void> {
    const cursor = await this.#parts.cursors.load(inbox);
    const ports = this.#parts.ports(inbox);
    for await (const window of this.#parts.inbound.fetch(inbox, cursor, ports, signal)) {
      const messages = await acceptWindow(this.#parts.inbound, this.#parts.acceptance, inbox, window);
      await this.#parts.cursors.save(inbox, window.cursor);
      progressed();
      if (window.items.length > 0) this.#report(inbox, { kind: 'received', at: this.#now(), messages });
      if (signal.aborted) return;
    }
  }

  async #wait(milliseconds: number, session: Session): Promise<void> {
    session.wake = new AbortController();
    const signal = AbortSignal.any([session.stopping.signal, session.wake.signal]);
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  }

  #now(): Date {
    return this.#parts.clock.now();
  }

  #report(inbox: HostedInbox, report: PollReport): void {
    this.#parts.report?.(inbox, report);
  }
}
