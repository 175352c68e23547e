import { backoffMs, type Clock, type Logger } from '@tributary/runtime';
import { ConsumerRunner } from '../consumer-runner.js';
import type { LogRecord, SubscribeOptions, Subscription } from '../event-log.js';
import { pause } from '../pause.js';
import { Signal } from '../signal.js';
import type { ClaimedLease, GroupMembership, GroupNotice, Lease } from './group-membership.js';
import { OwnedPartition } from './owned-partition.js';
import type { RecordStore } from './record-store.js';
import type { PartitionRow } from './topic-catalog.js';

/** How often a subscription looks for records although nobody rang. */
const SAFETY_POLL_MS = 5000;

export interface EmbeddedSubscriptionDeps {
  readonly store: RecordStore;
  readonly membership: GroupMembership;
  readonly partitions: readonly PartitionRow[];
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * One member of a group on one topic. Three things run: the renewal of its leases, one fetch at a time over all its
 * idle partitions, and at most one batch a partition.
 */
export class EmbeddedSubscription implements Subscription {
  readonly #options: SubscribeOptions;
  readonly #deps: EmbeddedSubscriptionDeps;
  readonly #runner: ConsumerRunner;
  readonly #logger: Logger;
  readonly #owned = new Map<number, OwnedPartition>();
  /** Partitions that went away and whose last batch still runs. */
  readonly #ending = new Map<number, Promise<void>>();
  readonly #records = new Signal();
  readonly #group = new Signal();
  #renewedAt = 0;
  #renewing: Promise<void> = Promise.resolve();
  #draining = false;
  #stopped = false;
  #failed = false;
  #loops: Promise<unknown> = Promise.resolve();
  #stop: Promise<void> | undefined;

  constructor(options: SubscribeOptions, deps: EmbeddedSubscriptionDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#logger = deps.logger.child({ group: options.group, topic: options.topic });
    this.#runner = new ConsumerRunner({ ...options, logger: deps.logger });
  }

  /** Joins the group. Rejects when the log cannot be reached. */
  async start(): Promise<void> {
    await this.#renew();
    await this.#deps.membership.announce();
    this.#loops = Promise.all([this.#renewLoop(), this.#fetchLoop()]);
  }

  /** There may be new records: in these partitions, or in any. */
  recordsAdded(partitionIds?: ReadonlySet<number>): void {
    let mine = false;
    for (const partition of this.#owned.values()) {
      if (partitionIds && !partitionIds.has(partition.row.id)) continue;
      partition.maybeMore = true;
      mine = true;
    }
    if (mine) this.#records.ring();
  }

  /** Members or leases changed: those of the notice's group, or perhaps any. */
  groupChanged(notice?: GroupNotice): void {
    if (!notice || this.#deps.membership.concerns(notice)) this.#group.ring();
  }

  stop(): Promise<void> {
    this.#stop ??= this.#drain();
    return this.#stop;
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    this.#records.ring();
    // A renewal on its way would put us back into the group, and may bring partitions that must be given back.
    await this.#renewing.catch(() => undefined);
    // Out of the group first: what is released then goes to the members that stay.
    await this.#deps.membership.leave().catch((error) => this.#unreachable(error));
    await Promise.all([...this.#owned.values()].map((partition) => this.#giveBack(partition)));
    await Promise.all(this.#ending.values());
    this.#stopped = true;
    this.#group.ring();
    await this.#loops;
  }

  async #renewLoop(): Promise<void> {
    const every = this.#deps.leaseMs / 3;
    let failures = 0;
    while (!this.#stopped) {
      await this.#group.wait(failures === 0 ? every : Math.min(every, backoffMs(failures, Math.random())));
      if (this.#stopped) return;
      try {
        await this.#renew();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#unreachable(error);
        this.#loseWhatRanOut();
      }
    }
  }

  #renew(): Promise<void> {
    this.#renewing = this.#renewOnce();
    return this.#renewing;
  }

  async #renewOnce(): Promise<void> {
    const { membership, clock } = this.#deps;
    const asked = clock.now().getTime();
    const held = [...this.#owned.values()].map((partition): Lease => partition.lease);
    if (this.#draining) {
      await membership.extend(held);
    } else {
      const standing = await membership.renew(held);
      for (const id of standing.lost) this.#lose(this.#owned.get(id));
      for (const lease of standing.claimed) this.#adopt(lease);
      for (const id of standing.surplus) {
        const partition = this.#owned.get(id);
        if (partition) void this.#giveBack(partition);
      }
    }
    this.#renewedAt = asked;
  }

  #adopt(lease: ClaimedLease): void {
    const { partitionId: id, epoch } = lease;
    const partition = new OwnedPartition(
      this.#deps.partitions.find((row) => row.id === id)!,
      lease,
    );
    this.#owned.set(id, partition);
    this.#logger.debug({ partition: partition.row.number, epoch: String(epoch) }, 'partition_assigned');
    partition.occupy(
      this.#guarded(async () => {
        await this.#ending.get(id);
        await this.#options.onAssigned?.(this.#options.topic, partition.row.number, epoch);
      }),
    );
    void partition.settled().then(() => this.#records.ring());
  }

  /** Somebody else may have it: stop, commit nothing. */
  #lose(partition: OwnedPartition | undefined): void {
    if (!partition || partition.gone.signal.aborted) return;
    this.#logger.warn({ partition: partition.row.number }, 'partition_lost');
    this.#owned.delete(partition.row.id);
    void this.#end(partition);
  }

  /** Lets the batch in flight finish and commit, then hands the partition to whoever wants it. */
  async #giveBack(partition: OwnedPartition): Promise<void> {
    if (partition.gone.signal.aborted) return;
    await this.#end(partition);
    this.#owned.delete(partition.row.id);
    await this.#deps.membership.release([partition.lease]).catch((error) => this.#unreachable(error));
  }

  async #end(partition: OwnedPartition): Promise<void> {
    const { id, number } = partition.row;
    partition.gone.abort();
    const ended = this.#guarded(async () => {
      await partition.settled();
      await this.#options.onRevoked?.(this.#options.topic, number);
      this.#logger.debug({ partition: number }, 'partition_revoked');
    }).finally(() => {
      if (this.#ending.get(id) === ended) this.#ending.delete(id);
    });
    this.#ending.set(id, ended);
    await ended;
  }

  /** Unreachable for longer than the leases last: others may own the partitions by now. */
  #loseWhatRanOut(): void {
    if (this.#deps.clock.now().getTime() - this.#renewedAt < this.#deps.leaseMs) return;
    for (const partition of this.#owned.values()) this.#lose(partition);
  }

  async #fetchLoop(): Promise<void> {
    let failures = 0;
    while (!this.#draining) {
      const ready = [...this.#owned.values()].filter((partition) => partition.ready && partition.maybeMore);
      if (ready.length === 0) {
        if (!(await this.#records.wait(SAFETY_POLL_MS))) this.recordsAdded();
        continue;
      }
      try {
        await this.#fetch(ready);
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#unreachable(error);
        for (const partition of ready) partition.maybeMore = true;
        await pause(backoffMs(failures, Math.random()));
      }
    }
  }

  async #fetch(ready: readonly OwnedPartition[]): Promise<void> {
    for (const partition of ready) partition.maybeMore = false;
    const found = await this.#deps.store.fetch(
      ready.map((partition) => ({ partition: partition.row, offset: partition.position })),
      this.#options.maxBatch ?? 500,
    );
    for (const partition of ready) {
      const records = found.get(partition.row.id);
      if (!records || !partition.ready) continue;
      partition.maybeMore = true;
      partition.occupy(this.#guarded(() => this.#handle(partition, records)));
      void partition.settled().then(() => this.#records.ring());
    }
  }

  async #handle(partition: OwnedPartition, records: readonly LogRecord[]): Promise<void> {
    const result = await this.#runner.run({
      topic: this.#options.topic,
      partition: partition.row.number,
      records,
      epoch: partition.lease.epoch,
      signal: partition.gone.signal,
      // The lease is renewed by a timer, whatever the handler does.
      heartbeat: async () => undefined,
    });
    if (result === 'handled') await this.#commit(partition, records.at(-1)!.offset + 1n);
  }

  /** Tries until it is known; after the partition is gone only a few times, as the batch may also be replayed. */
  async #commit(partition: OwnedPartition, next: bigint): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (await this.#deps.membership.commit(partition.lease, next)) partition.position = next;
        else this.#lose(partition);
        return;
      } catch (error) {
        this.#unreachable(error);
        const { aborted } = partition.gone.signal;
        if (aborted && attempt >= 3) return;
        await pause(backoffMs(attempt, Math.random()), aborted ? undefined : partition.gone.signal);
      }
    }
  }

  /** Whatever work throws ends the subscription, and is told once. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#failed) return;
      this.#failed = true;
      this.#logger.error({ err: error }, 'subscription_failed');
      this.#options.onFailure(error instanceof Error ? error : new Error(String(error)));
      void this.stop();
    }
  }

  #unreachable(error: unknown): void {
    this.#logger.warn({ err: error }, 'log_unreachable');
  }
}
