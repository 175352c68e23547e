import { backoffMs, type Clock, type Logger } from '@tributary/runtime';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { ConsumerRunner } from '../consumer-runner.js';
import { EventLogError } from '../event-log.errors.js';
import type { SubscribeOptions, Subscription } from '../event-log.js';
import { pause } from '../pause.js';
import { RETRY } from './kafka-client.js';
import { joinHookAssigner, type JoiningMember } from './group-join-hook.js';
import { KafkaPartition } from './kafka-partition.js';
import { toRecord } from './kafka-record.js';
import { kafkaGroup, type KafkaTopics } from './kafka-topics.js';

export interface KafkaSubscriptionDeps {
  readonly kafka: Kafka;
  readonly topics: KafkaTopics;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A member that is silent for so long loses its partitions. */
  readonly sessionTimeoutMs: number;
  /** The client counts as dead when the group did not answer for so long. */
  readonly deadAfterMs: number;
}

/**
 * How long a batch keeps kafkajs waiting. It fetches from a broker again only when every batch of the last fetch
 * returned, so a longer one is left running with its partition paused: it must not hold up the others.
 */
const PATIENCE_MS = 200;
/** A long poll; bounds how late a resumed partition, a rebalance or a stop is noticed. */
const MAX_WAIT_MS = 500;
/** How long a rebalance waits for batches in flight; the group stands still meanwhile. */
const DRAIN_MS = 25_000;
const DISCONNECT_MS = 15_000;

/**
 * What the group answers to a commit of a member that no longer counts. A rebalance that already assigns refuses
 * commits of the old generation for good as well.
 */
const FENCED: ReadonlySet<string> = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
]);

/**
 * One member of a Kafka group. kafkajs fetches, heartbeats and joins; batches run beside it, at most one a partition,
 * and a rebalance waits for them (up to 25 s) so that they can commit first.
 *
 * The epoch is the group's generation in which the partition came here: it grows with each new owner. It begins anew
 * only when the group is deleted, which Kafka does by itself when the group had no member for
 * `offsets.retention.minutes` (7 days).
 */
export class KafkaSubscription implements Subscription {
  readonly #options: SubscribeOptions;
  readonly #deps: KafkaSubscriptionDeps;
  readonly #topic: string;
  readonly #logger: Logger;
  readonly #runner: ConsumerRunner;
  readonly #consumer: Consumer;
  #owned = new Map<number, KafkaPartition>();
  /** Partitions that went away and whose last batch or hook still runs. */
  readonly #ending = new Map<number, Promise<void>>();
  /** Of the last finished rebalance, and of the one that goes on. */
  #generation = -1;
  #joining = -1;
  #aliveAt = 0;
  #watch: NodeJS.Timeout | undefined;
  #stop: Promise<void> | undefined;
  #left = false;
  #failed: ((error: Error) => void) | undefined;
  #failure: Error | undefined;

  constructor(options: SubscribeOptions, deps: KafkaSubscriptionDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#topic = options.topic;
    this.#logger = deps.logger.child({ group: options.group, topic: options.topic });
    this.#runner = new ConsumerRunner({ ...options, logger: deps.logger });
    this.#consumer = deps.kafka.consumer({
      groupId: kafkaGroup(options.group, options.topic),
      partitionAssigners: [
        joinHookAssigner({
          beforeJoin: (member) => this.#beforeJoin(member),
          joined: (generation) => (this.#joining = generation),
        }),
      ],
      sessionTimeout: deps.sessionTimeoutMs,
      heartbeatInterval: Math.min(3000, Math.round(deps.sessionTimeoutMs / 10)),
      rebalanceTimeout: 60_000,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: 2 * 1024 * 1024,
      maxBytes: 10 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: { ...RETRY, restartOnFailure: async () => this.#stop === undefined },
    });
  }

  /** Joins the group. Rejects when that does not succeed within `deadAfterMs`. */
  async start(): Promise<void> {
    const { events } = this.#consumer;
    const partitions = await this.#deps.topics.partitions(this.#topic);
    const joined = new Promise<void>((resolve, reject) => {
      this.#failed = reject;
      this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
        this.#joined(payload.memberAssignment[this.#topic] ?? []);
        resolve();
      });
    });
    this.#consumer.on(events.HEARTBEAT, () => this.#alive());
    this.#consumer.on(events.CRASH, ({ payload }) => this.#crashed(payload.error, payload.restart));
    this.#alive();
    this.#watch = setInterval(() => this.#checkAlive(), this.#deps.deadAfterMs / 12);
    try {
      await this.#consumer.connect();
      // Where a group begins is settled by us at its first assignment; to kafkajs this says what to do when the
      // committed offset is gone (retention): go on with the oldest record, skip none that is there.
      await this.#consumer.subscribe({ topic: this.#topic, fromBeginning: true });
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: partitions,
        eachBatch: (payload) => this.#eachBatch(payload),
      });
      await joined;
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      this.#failed = undefined;
    }
  }

  stop(): Promise<void> {
    this.#stop ??= this.#drain();
    return this.#stop;
  }

  async #drain(): Promise<void> {
    this.#pause();
    const owned = [...this.#owned.values()];
    for (const partition of owned) partition.gone.abort();
    await Promise.all(owned.map((partition) => partition.settled()));
    await Promise.all([...this.#owned.values()].map((partition) => this.#end(partition)));
    await Promise.all(this.#ending.values());
    clearInterval(this.#watch);
    // A dead client may never come back from its farewell.
    this.#left = true;
    const disconnected = new AbortController();
    void this.#consumer
      .disconnect()
      .catch((error: unknown) => this.#logger.debug({ err: error }, 'kafka_consumer_not_closed'))
      .finally(() => disconnected.abort());
    await pause(DISCONNECT_MS, disconnected.signal);
  }

  /** Lets batches in flight finish and commit, heartbeating meanwhile; what takes too long is fenced. */
  async #beforeJoin(member: JoiningMember | undefined): Promise<void> {
    const owned = [...this.#owned.values()];
    for (const partition of owned) {
      if (member) partition.gone.abort();
      else partition.fence();
    }
    if (!member) return;
    const beat = setInterval(
      () => void member.heartbeat(this.#generation).catch(() => undefined),
      this.#deps.sessionTimeoutMs / 6,
    );
    await Promise.all(
      owned.map(async (partition) => {
        if (!(await partition.settled(DRAIN_MS))) partition.fence();
      }),
    );
    clearInterval(beat);
  }

  #joined(assigned: readonly number[]): void {
    this.#alive();
    // A restart of kafkajs that was under way when it was told to disconnect goes on: it would hold partitions for ever.
    if (this.#left) return void this.#consumer.disconnect().catch(() => undefined);
    // A generation that this member was not part of may have given its partitions to others.
    const consecutive = this.#joining === this.#generation + 1;
    this.#generation = this.#joining;
    const before = this.#owned;
    this.#owned = new Map();
    for (const partition of before.values()) {
      const keeps = consecutive && assigned.includes(partition.number) && !partition.fenced;
      if (keeps) this.#owned.set(partition.number, partition.kept());
      else void this.#end(partition);
    }
    if (this.#stop) return;
    for (const number of assigned) if (!this.#owned.has(number)) this.#adopt(number);
    this.#resume(assigned);
  }

  #adopt(number: number): void {
    const partition = new KafkaPartition(number, BigInt(this.#generation));
    this.#owned.set(number, partition);
    this.#logger.debug({ partition: number, epoch: String(partition.epoch) }, 'partition_assigned');
    partition.occupy(
      this.#guarded(async () => {
        await this.#ending.get(number);
        if (this.#options.from === 'latest') await this.#beginAtEnd(partition);
        await this.#options.onAssigned?.(this.#topic, number, partition.epoch);
      }),
    );
  }

  /** The group never committed here: its beginning is the end as it is now, also for whoever takes over. */
  async #beginAtEnd(partition: KafkaPartition): Promise<void> {
    const { topics } = this.#deps;
    const committed = await topics.committed(this.#options.group, this.#topic);
    if (committed.has(partition.number)) return;
    const { high } = await topics.window(this.#topic, partition.number);
    if (!(await this.#commit(partition, high))) return;
    const end = { topic: this.#topic, partition: partition.number, offset: String(high) };
    this.#whileRunning(() => this.#consumer.seek(end));
  }

  async #end(partition: KafkaPartition): Promise<void> {
    const { number } = partition;
    partition.gone.abort();
    if (this.#owned.get(number) === partition) this.#owned.delete(number);
    const ended = this.#guarded(async () => {
      await partition.settled();
      await this.#options.onRevoked?.(this.#topic, number);
      this.#logger.debug({ partition: number }, 'partition_revoked');
    }).finally(() => {
      if (this.#ending.get(number) === ended) this.#ending.delete(number);
    });
    this.#ending.set(number, ended);
    await ended;
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    this.#alive();
    const partition = this.#owned.get(payload.batch.partition);
    if (!partition || this.#stop) return;
    if (!(await this.#free(partition))) return;
    partition.occupy(this.#guarded(() => this.#consume(partition, payload)));
    await this.#free(partition);
  }

  /** Waits a moment for what runs on the partition; then pauses it until that is over. */
  async #free(partition: KafkaPartition): Promise<boolean> {
    if (await partition.settled(PATIENCE_MS)) return partition.ready;
    this.#pause([partition.number]);
    void partition.settled().then(() => {
      if (this.#owned.get(partition.number) === partition && !this.#stop) this.#resume([partition.number]);
    });
    return false;
  }

  async #consume(partition: KafkaPartition, payload: EachBatchPayload): Promise<void> {
    const messages = payload.batch.messages.filter((message) => BigInt(message.offset) >= partition.position);
    const size = this.#options.maxBatch ?? 500;
    for (let at = 0; at < messages.length; at += size) {
      if (partition.gone.signal.aborted || !payload.isRunning() || payload.isStale()) return;
      const chunk = messages.slice(at, at + size);
      if (!(await this.#handle(partition, chunk))) return;
      payload.resolveOffset(chunk.at(-1)!.offset);
    }
  }

  /** @returns false when the offset did not move. */
  async #handle(partition: KafkaPartition, messages: readonly KafkaMessage[]): Promise<boolean> {
    const result = await this.#runner.run({
      topic: this.#topic,
      partition: partition.number,
      records: messages.map((message) => toRecord(this.#topic, partition.number, message)),
      epoch: partition.epoch,
      signal: partition.gone.signal,
      // kafkajs goes on fetching, and with that heartbeating, beside the handler.
      heartbeat: async () => undefined,
    });
    return result === 'handled' && this.#commit(partition, BigInt(messages.at(-1)!.offset) + 1n);
  }

  /** Tries until it is known; after the partition is gone only a few times, as the batch may also be replayed. */
  async #commit(partition: KafkaPartition, next: bigint): Promise<boolean> {
    const { signal } = partition.gone;
    for (let attempt = 1; !partition.fenced; attempt += 1) {
      try {
        const where = { topic: this.#topic, partition: partition.number, offset: String(next) };
        await this.#consumer.commitOffsets([where]);
        partition.position = next;
        return true;
      } catch (error) {
        this.#logger.warn({ err: error, partition: partition.number, attempt }, 'commit_failed');
        if (isFenced(error)) partition.fence();
        else if (signal.aborted && attempt >= 3) return false;
        else await pause(backoffMs(attempt, Math.random()), signal.aborted ? undefined : signal);
      }
    }
    return false;
  }

  #crashed(error: Error, restarts: boolean): void {
    for (const partition of this.#owned.values()) partition.fence();
    if (restarts) this.#logger.warn({ err: error }, 'kafka_consumer_restarts');
    // On its way out a request in flight breaks when the connection is closed: what was not committed is read again.
    else if (this.#stop && !this.#failed) this.#logger.warn({ err: error }, 'kafka_consumer_ended_early');
    else this.#fail(error);
  }

  #alive(): void {
    this.#aliveAt = this.#deps.clock.now().getTime();
  }

  #checkAlive(): void {
    const silentMs = this.#deps.clock.now().getTime() - this.#aliveAt;
    if (silentMs < this.#deps.deadAfterMs) return;
    this.#fail(new EventLogError('CLIENT_DEAD', `no answer from the group for ${silentMs} ms`));
  }

  #pause(partitions?: number[]): void {
    this.#whileRunning(() => this.#consumer.pause([{ topic: this.#topic, partitions }]));
  }

  #resume(partitions: readonly number[]): void {
    this.#whileRunning(() => this.#consumer.resume([{ topic: this.#topic, partitions: [...partitions] }]));
  }

  /** kafkajs throws when it is just about to restart; then it fetches nothing, and the next join resumes. */
  #whileRunning(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#logger.debug({ err: error }, 'kafka_consumer_not_running');
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Ends the subscription, and is told once: to `start` while that runs, else to the subscriber. */
  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#logger.error({ err: error }, 'subscription_failed');
    (this.#failed ?? this.#options.onFailure)(error);
    void this.stop();
  }
}

function isFenced(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (FENCED.has((at as Error & { type?: string }).type ?? '')) return true;
  }
  return false;
}
