import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelModule, Inbound } from '@tributary/channel-sdk';
import type { Clock, Logger } from '@tributary/runtime';
import type { Acceptance } from './acceptance.js';
import type { CursorStore } from './cursor-store.js';
import type { Pulls } from './hook-door.js';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';
import type { PullInbound } from './inbound-events.js';
import { acceptWindow } from './inbound-window.js';
import type { PollReport } from './poller.js';
import type { PortsOf } from './provider-ports.js';
import type { InboxLeases } from './inbox-leases.js';
import { codeOf, detailOf, type LongestWaits, retryWaitMs } from './retry-wait.js';

export interface PullRunnerParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: InboxLookup;
  readonly acceptance: Acceptance;
  readonly cursors: CursorStore;
  readonly leases: InboxLeases;
  readonly ports: PortsOf;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number in [0, 1) for jitter. */
  readonly random: () => number;
  readonly report?: (inbox: HostedInbox, report: PollReport) => void;
  readonly longestWaitMs?: LongestWaits;
  /** Milliseconds until a lease of another replica is asked for again; 1,000 by default. */
  readonly leaseWaitMs?: number;
}

/** An inbox that is being pulled, or shall be. */
interface Rung {
  /** Somebody called since the pull under way began. */
  again: boolean;
  notice: string | null;
  /** Ends the wait after a failure. */
  wake: AbortController;
  ended: Promise<void>;
}

/** What is asked of a provider beside what it tells by itself. */
type Pulled = Pick<PullInbound, 'fetch' | 'parse'>;

function pullOf(inbound: Inbound): Pulled | undefined {
  switch (inbound.kind) {
    case 'pull':
      return inbound;
    case 'call':
    case 'webhook':
      return inbound.catchUp;
    case 'form':
    case 'poll':
      return undefined;
  }
}

/** How often every inbox is pulled without a call; calls get lost. */
const SWEEP_MS = 5 * 60_000;

/**
 * Pulls an inbox whenever its provider has called: from its cursor to the end, each window appended before its cursor is
 * stored. A pull that fails is begun anew, later and later, each inbox for itself. A call while a pull is under way makes
 * another pull, because the one under way may have asked before.
 */
export class PullRunner implements Pulls {
  readonly #parts: PullRunnerParts;
  readonly #rung = new Map<string, Rung>();
  /** When each inbox was last pulled without a call, and with which settings. */
  readonly #looked = new Map<string, { readonly settings: string; readonly at: number }>();
  readonly #stopping = new AbortController();
  #sweep: NodeJS.Timeout | undefined;

  constructor(parts: PullRunnerParts) {
    this.#parts = parts;
  }

  /** Pulls every inbox now, and again and again. */
  start(): void {
    if (this.#pulled().length === 0) return;
    this.#sweep = setInterval(() => this.ringAll(), SWEEP_MS);
    this.ringAll();
  }

  /** Resolves when all pulls have ended; an append that has begun is finished first. */
  async stop(): Promise<void> {
    clearInterval(this.#sweep);
    this.#stopping.abort();
    await Promise.all([...this.#rung.values()].map(({ ended }) => ended));
  }

  ring(inbox: HostedInbox, notice: string | null): void {
    if (this.#stopping.signal.aborted) return;
    const known = this.#rung.get(inbox.id);
    if (known) {
      known.again = true;
      known.notice = notice ?? known.notice;
      return;
    }
    const rung: Rung = { again: true, notice, wake: new AbortController(), ended: Promise.resolve() };
    this.#rung.set(inbox.id, rung);
    rung.ended = this.#answer(inbox, rung).finally(() => this.#rung.delete(inbox.id));
  }

  /** Pulls at once where a pull rests after a failure. */
  retry(inboxId: string): void {
    this.#rung.get(inboxId)?.wake.abort();
  }

  /** Pulls every inbox, also those that are new. */
  ringAll(): void {
    void this.#ringAll();
  }

  async #ringAll(): Promise<void> {
    try {
      for (const { manifest } of this.#pulled()) {
        for (const inbox of await this.#parts.inboxes.ofChannel(manifest.channel)) {
          if (this.#isDue(inbox)) this.ring(inbox, null);
        }
      }
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'inboxes_unreadable');
    }
  }

  #isDue(inbox: HostedInbox): boolean {
    const now = performance.now();
    // As it is kept in memory anyway; a digest would hide nothing.
    const settings = JSON.stringify(inbox.settings);
    const known = this.#looked.get(inbox.id);
    if (known?.settings === settings && now - known.at < SWEEP_MS) return false;
    this.#looked.set(inbox.id, { settings, at: now });
    return true;
  }

  async #answer(inbox: HostedInbox, rung: Rung): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (rung.again && !signal.aborted) {
      const { notice } = rung;
      Object.assign(rung, { again: false, notice: null });
      try {
        await this.#pull(inbox.id, notice);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        // What the call said is needed again, unless a later one said something else.
        Object.assign(rung, { again: true, notice: rung.notice ?? notice });
        await this.#rest(inbox, error, failures, rung);
      }
    }
  }

  async #pull(inboxId: string, notice: string | null): Promise<void> {
    // As it is now: an administrator may have mended its settings since the call.
    const inbox = await this.#parts.inboxes.byId(inboxId);
    const inbound = inbox && this.#inboundOf(inbox);
    if (!inbound || !(await this.#leased(inbox))) return;
    try {
      await this.#windows(inbound, inbox, notice);
    } finally {
      await this.#parts.leases.giveBack(inbox);
    }
  }

  async #windows(inbound: Pulled, inbox: HostedInbox, notice: string | null): Promise<void> {
    const { acceptance, cursors, leases, ports } = this.#parts;
    const { signal } = this.#stopping;
    const cursor = await cursors.load(inbox);
    let messages = 0;
    for await (const window of inbound.fetch(inbox, cursor, ports(inbox), signal, notice)) {
      messages += await acceptWindow(inbound, acceptance, inbox, window);
      await cursors.save(inbox, window.cursor);
      if (signal.aborted) return;
      // Taken by another replica while a provider was slow: that one goes on from the cursor.
      if (!(await leases.take(inbox))) return;
    }
    this.#parts.report?.(inbox, { kind: 'received', at: this.#parts.clock.now(), messages });
  }

  /** Waits for its turn, because whoever pulls now may have asked the provider before the call. */
  async #leased(inbox: HostedInbox): Promise<boolean> {
    const { leases, leaseWaitMs = 1000 } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (await leases.take(inbox)) return true;
      await sleep(leaseWaitMs, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  async #rest(inbox: HostedInbox, error: unknown, failures: number, rung: Rung): Promise<void> {
    const { clock, logger, random, report, longestWaitMs } = this.#parts;
    const code = codeOf(error);
    logger.warn({ inboxId: inbox.id, code, failures }, 'pull_failed');
    const waitMs = retryWaitMs(error, failures, random(), longestWaitMs);
    report?.(inbox, { kind: 'failed', at: clock.now(), code, detail: detailOf(error), waitMs });
    rung.wake = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, rung.wake.signal]);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }

  #pulled(): readonly ChannelModule[] {
    return this.#parts.channels.filter(({ inbound }) => pullOf(inbound) !== undefined);
  }

  #inboundOf({ channel }: HostedInbox): Pulled | undefined {
    const found = this.#parts.channels.find(({ manifest }) => manifest.channel === channel);
    return found && pullOf(found.inbound);
  }
}
