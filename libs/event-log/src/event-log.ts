import type { Topic } from '@tributary/contracts';

/** A record to append. `key` chooses the partition: records with one key keep their order. */
export interface NewRecord {
  readonly topic: string;
  readonly key: string;
  /** An encoded envelope; at most 1 MB. */
  readonly value: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
  /** Position in the partition, from 0. The embedded driver's are dense; Kafka's only grow. */
  readonly offset: bigint;
}

export interface LogRecord extends LogPosition {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly appendedAt: Date;
}

/**
 * What became of one record of a batch. Expected ends are values; what nobody expected is thrown and ends the
 * process, and the batch is replayed by whoever takes over.
 */
export type Outcome =
  | { readonly kind: 'done' }
  /** Applied before; nothing was written. */
  | { readonly kind: 'duplicate' }
  /** Could not be understood; the handler has stored bytes and reason. */
  | { readonly kind: 'quarantined'; readonly reason: string }
  /** Understood, and rightly without effect (a decision on an older version of the ticket). */
  | { readonly kind: 'ignored'; readonly reason: string };

/**
 * Thrown by a handler when the whole batch may be tried again as it is: database away, serialisation failure.
 * Nothing of the batch was applied. The runner tries again in place, with jitter.
 */
export class RetryableError extends Error {
  readonly code = 'RETRYABLE';
}

export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  /** In offset order, at least one. */
  readonly records: readonly LogRecord[];
  /** Grows with each new owner of the partition; an effect may fence on it. */
  readonly epoch: bigint;
  /** Says that the work goes on; call it between steps that may take seconds. */
  heartbeat(): Promise<void>;
  /** Aborted when the partition is taken away or the process drains: stop before the next effect. */
  readonly signal: AbortSignal;
}

/** Resolves after the effects of the whole batch are durable, with one outcome a record, in order. */
export type BatchHandler = (batch: RecordBatch) => Promise<readonly Outcome[]>;

/** How many records of a batch ended in one way. `reason` comes from a closed set: it may label a metric. */
export interface OutcomeCount {
  readonly group: string;
  readonly topic: string;
  readonly kind: Outcome['kind'];
  readonly reason: string | undefined;
  readonly count: number;
}

export type OutcomeListener = (outcome: OutcomeCount) => void;

export interface SubscribeOptions {
  readonly group: string;
  readonly topic: string;
  readonly handler: BatchHandler;
  /** Records a batch at most; 500 by default. */
  readonly maxBatch?: number;
  /** Where a group without a committed offset begins; `earliest` by default. */
  readonly from?: 'earliest' | 'latest';
  /** Called once when a partition came to this subscriber, before its first batch. */
  readonly onAssigned?: (topic: string, partition: number, epoch: bigint) => Promise<void> | void;
  /** Called after the last batch of a partition that goes away was finished. */
  readonly onRevoked?: (topic: string, partition: number) => Promise<void> | void;
  /** Called after each batch, once a kind and reason. */
  readonly onOutcome?: OutcomeListener;
  /** The subscription cannot go on (client dead, handler threw what is not retryable): the process should end. */
  readonly onFailure: (error: Error) => void;
}

export interface Subscription {
  /** Stops fetching, lets batches in flight finish, commits, releases the partitions. */
  stop(): Promise<void>;
}

export interface PartitionLag {
  readonly partition: number;
  /** Oldest offset that is kept. */
  readonly start: bigint;
  /** Offset the next record will get. */
  readonly end: bigint;
  /** Next offset the group will read; null when it never committed. */
  readonly committed: bigint | null;
}

export interface LogAdmin {
  /** Makes topics that are missing; a topic that exists keeps its partitions. */
  ensureTopics(topics: readonly Topic[]): Promise<void>;
  lag(group: string, topic: string): Promise<readonly PartitionLag[]>;
  /** Moves a group that has no running member. */
  seek(group: string, topic: string, partition: number, offset: bigint): Promise<void>;
  /** Reads records of a partition without a group, in order, at most `limit`. */
  read(topic: string, partition: number, from: bigint, limit: number): Promise<readonly LogRecord[]>;
}

/** The log: durable, partitioned, ordered by key. Two drivers pass one suite, `logContract()`. */
export interface EventLog {
  /**
   * Resolves when every record is durable (embedded: committed; Kafka: acks=all), with positions in the order
   * given. Rejects when it is not known to be durable: the caller may append again with the same envelope ids.
   */
  append(records: readonly NewRecord[]): Promise<readonly LogPosition[]>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  readonly admin: LogAdmin;
  /** Rejects when the log cannot be reached. */
  ping(): Promise<void>;
  /** Stops all subscriptions, then closes. */
  close(): Promise<void>;
}

export const EVENT_LOG = Symbol('EventLog');
