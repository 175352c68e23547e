import { setTimeout as timer } from 'node:timers/promises';
import { ChannelError, type ChannelModule } from '@tributary/channel-sdk';
import type { Clock, Logger } from '@tributary/runtime';
import type { DataSource, EntityManager } from 'typeorm';
import type { InboxLookup, InboxRef } from './hosted-inbox.js';
import type { InboxHealth, ProviderWay } from './inbox-health.js';
import { codeOf, detailOf, type LongestWaits, retryWaitMs } from './retry-wait.js';
import { WaitingWork, type WaitingItem } from './waiting-work.js';

/**
 * What is done with an item that waited. `not_asked` when the provider was not needed for it: that says nothing of how
 * the provider is.
 *
 * @throws ProviderFault when it has to wait on.
 */
export type WorkOff = (
  item: WaitingItem,
  workspaceId: string,
  signal: AbortSignal,
) => Promise<void | 'not_asked'>;

export interface InboxBreakerParts {
  readonly way: ProviderWay;
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: InboxLookup;
  readonly health: InboxHealth;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number in [0, 1) for jitter. */
  readonly random: () => number;
  readonly longestWaitMs?: LongestWaits;
}

/** The fault that others wait for, as the provider's channel told it. */
export interface HeldBack {
  readonly code: string;
  readonly detail: string;
}

/** What those see of a breaker who do the work. */
export interface Breaker {
  /** Why work of the inbox has to wait: the breaker is open, or earlier work waits. Undefined when it need not. */
  holds(inbox: InboxRef): Promise<HeldBack | undefined>;
  /** Lets work wait; with the fault that it met, unless it was not tried. Durable when it resolves. */
  wait(inbox: InboxRef, item: WaitingItem, fault?: ChannelError): Promise<void>;
}

/** The provider could not be reached or does not know us: nothing is wrong with the work itself. */
export class ProviderFault extends Error {
  constructor(override readonly cause: ChannelError) {
    super(cause.message, { cause });
  }
}

const FAULTS: ReadonlySet<string> = new Set(['unavailable', 'bad_credentials', 'unknown_outcome']);

/** True when whatever else is asked of this provider for this inbox is likely to fail as well. */
export function isProviderFault(error: ChannelError): boolean {
  return FAULTS.has(error.code);
}

/** How often all inboxes are looked at, for what a process that died left waiting. */
const SWEEP_MS = 60_000;
/** After a fault of our own (the database, the log). */
const STUMBLED_MS = 5000;
const SHORTEST_WAIT_MS = 50;

/**
 * One breaker an inbox. The first fault of its provider lets the inbox's work wait, in its order and where it survives
 * a restart; others flow on. What waits is tried one by one, later and later, and all of it once the provider is back.
 * After `OPENS_AFTER` faults in a row the breaker counts as open.
 */
export class InboxBreaker implements Breaker {
  readonly #waiting: WaitingWork;
  readonly #watched = new Map<string, { wake: AbortController; readonly ended: Promise<void> }>();
  readonly #stopping = new AbortController();
  #workOff: WorkOff = async () => undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(private readonly parts: InboxBreakerParts) {
    this.#waiting = new WaitingWork(parts.dataSource, parts.way);
  }

  /** For a life cycle: `start` with this work. */
  working(workOff: WorkOff): { start(): void; stop(): Promise<void> } {
    return { start: () => this.start(workOff), stop: () => this.stop() };
  }

  /** Begins to work off what waits, of earlier processes as well. */
  start(workOff: WorkOff): void {
    this.#workOff = workOff;
    this.#sweep = setInterval(() => void this.#watchAll(), SWEEP_MS);
    void this.#watchAll();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#sweep);
    for (const { wake } of this.#watched.values()) wake.abort();
    await Promise.all([...this.#watched.values()].map(({ ended }) => ended));
  }

  /** Looks at once whether what waits may be tried. */
  retry(inboxId: string): void {
    this.#watched.get(inboxId)?.wake.abort();
  }

  /** Asked anew each time: another replica may have let an earlier message of the conversation wait just now. */
  async holds(inbox: InboxRef): Promise<HeldBack | undefined> {
    const fault = await this.#waiting.holds(inbox);
    if (fault === undefined) return undefined;
    const [, code = 'unavailable', detail = fault] = /^(\w+): (.*)$/s.exec(fault) ?? [];
    return { code, detail };
  }

  async wait(inbox: InboxRef, item: WaitingItem, fault?: ChannelError): Promise<void> {
    await this.#waiting.put(inbox, item);
    if (fault) await this.#failed(inbox, fault);
    this.#watch(inbox);
  }

  /** `wait` in the caller's transaction, for work that was not tried; `ring` when it has committed. */
  waitWith(manager: EntityManager, inbox: InboxRef, items: readonly WaitingItem[]): Promise<void> {
    return this.#waiting.putWith(manager, inbox, items);
  }

  /** Something of the inbox waits: what another replica has begun is left to it. */
  ring(inbox: InboxRef): void {
    this.#watch(inbox);
  }

  async #failed(inbox: InboxRef, fault: ChannelError): Promise<void> {
    const { clock, health, logger, random, way, longestWaitMs } = this.parts;
    const failure = { at: clock.now(), code: codeOf(fault), detail: detailOf(fault) };
    const failures = await health.failed(inbox, way, failure, (inARow) =>
      retryWaitMs(fault, inARow, random(), longestWaitMs),
    );
    logger.warn({ inboxId: inbox.id, way, code: failure.code, failures }, 'provider_failed');
  }

  async #watchAll(): Promise<void> {
    const { channels, inboxes, logger } = this.parts;
    try {
      for (const { manifest } of channels) {
        for (const inbox of await inboxes.ofChannel(manifest.channel)) {
          if (this.#stopping.signal.aborted) return;
          if (await this.#waiting.next(inbox)) this.#watch(inbox);
        }
      }
    } catch (error) {
      // The next sweep finds it all again.
      logger.warn({ err: error }, 'waiting_work_unread');
    }
  }

  #watch({ id, workspaceId }: InboxRef): void {
    if (this.#stopping.signal.aborted || this.#watched.has(id)) return;
    const watched = { wake: new AbortController(), ended: Promise.resolve() };
    this.#watched.set(id, watched);
    watched.ended = this.#follow({ id, workspaceId }, watched);
  }

  /** Until nothing of the inbox waits. */
  async #follow(inbox: InboxRef, watched: { wake: AbortController }): Promise<void> {
    let next: number | undefined = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        next = await this.#pass(inbox);
      } catch (error) {
        this.parts.logger.warn({ err: error, inboxId: inbox.id }, 'waiting_work_stumbled');
        next = STUMBLED_MS;
      }
      if (next === undefined) {
        this.#watched.delete(inbox.id);
        // Something may have come to wait since the last look.
        if (await this.#waiting.next(inbox).catch(() => undefined)) this.#watch(inbox);
        return;
      }
      const { signal } = watched.wake;
      await timer(Math.max(next, SHORTEST_WAIT_MS), undefined, { signal }).catch(() => undefined);
      watched.wake = new AbortController();
    }
  }

  /** @returns milliseconds until the next pass; undefined when nothing waits. */
  async #pass(inbox: InboxRef): Promise<number | undefined> {
    if (!(await this.#waiting.next(inbox))) return undefined;
    if (!(await this.#waiting.takeTurn(inbox))) return this.#waiting.untilTurn(inbox);
    try {
      for (;;) {
        const item = await this.#waiting.next(inbox);
        if (!item) return undefined;
        if (this.#stopping.signal.aborted) return 0;
        if (!(await this.#done(inbox, item))) return await this.#waiting.untilTurn(inbox);
        await this.#waiting.takeTurn(inbox, true);
      }
    } finally {
      await this.#waiting.giveTurnBack(inbox);
    }
  }

  async #done(inbox: InboxRef, item: WaitingItem): Promise<boolean> {
    const { health, way } = this.parts;
    let end: void | 'not_asked';
    try {
      end = await this.#workOff(item, inbox.workspaceId, this.#stopping.signal);
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      await this.#waiting.tried(inbox, item, way === 'files');
      await this.#failed(inbox, error.cause);
      return false;
    }
    await this.#waiting.done(inbox, item);
    if (end !== 'not_asked') await health.passed(inbox, way);
    return true;
  }
}
