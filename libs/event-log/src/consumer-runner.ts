import { backoffMs, type Logger } from '@tributary/runtime';
import { EventLogError } from './event-log.errors.js';
import {
  type BatchHandler,
  type Outcome,
  type OutcomeListener,
  type RecordBatch,
  RetryableError,
} from './event-log.js';
import { pause } from './pause.js';

export interface ConsumerRunnerOptions {
  readonly group: string;
  readonly handler: BatchHandler;
  readonly logger: Logger;
  readonly onOutcome?: OutcomeListener;
  /** A number in [0, 1); spreads the retries. */
  readonly random?: () => number;
}

/**
 * `handled`: effects are durable, the offset may be committed. `abandoned`: the partition goes away or the process
 * drains before the batch succeeded; nothing is committed and the next owner gets the batch again.
 */
export type RunResult = 'handled' | 'abandoned';

/**
 * Gives batches to the handler, for both drivers. The driver calls `run` for one batch of a partition at a time and
 * keeps the partition's lease alive while it is pending.
 */
export class ConsumerRunner {
  readonly #options: ConsumerRunnerOptions;
  readonly #random: () => number;

  constructor(options: ConsumerRunnerOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  /**
   * Tries a batch until it is handled; a RetryableError means again, in place, with jitter, until the signal aborts.
   *
   * @throws whatever else the handler threw, and EventLogError HANDLER_CONTRACT when outcomes and records differ in
   * number: the process should end.
   */
  async run(batch: RecordBatch): Promise<RunResult> {
    for (let attempt = 1; !batch.signal.aborted; attempt += 1) {
      try {
        this.#count(batch, await this.#options.handler(batch));
        return 'handled';
      } catch (error) {
        if (batch.signal.aborted) break;
        if (!isRetryable(error)) throw error;
        const waitMs = backoffMs(attempt, this.#random());
        this.#options.logger.warn({ ...this.#place(batch), attempt, waitMs, err: error }, 'batch_retried');
        await pause(waitMs, batch.signal);
      }
    }
    this.#options.logger.info(this.#place(batch), 'batch_abandoned');
    return 'abandoned';
  }

  #count(batch: RecordBatch, outcomes: readonly Outcome[]): void {
    if (!Array.isArray(outcomes) || outcomes.length !== batch.records.length) {
      const got = Array.isArray(outcomes) ? `${outcomes.length} outcomes` : 'no outcomes';
      throw new EventLogError(
        'HANDLER_CONTRACT',
        `the handler of ${this.#options.group} on ${batch.topic} gave ${got} for ${batch.records.length} records`,
      );
    }
    const { onOutcome, group } = this.#options;
    if (!onOutcome) return;
    const counts = new Map<string, { outcome: Outcome; count: number }>();
    for (const outcome of outcomes) {
      const name = `${outcome.kind} ${reasonOf(outcome) ?? ''}`;
      const seen = counts.get(name);
      if (seen) seen.count += 1;
      else counts.set(name, { outcome, count: 1 });
    }
    for (const { outcome, count } of counts.values()) {
      onOutcome({ group, topic: batch.topic, kind: outcome.kind, reason: reasonOf(outcome), count });
    }
  }

  #place(batch: RecordBatch) {
    return {
      group: this.#options.group,
      topic: batch.topic,
      partition: batch.partition,
      offset: String(batch.records[0]?.offset),
      records: batch.records.length,
    };
  }
}

/** By code as well: an application may carry a second copy of this class. */
function isRetryable(error: unknown): boolean {
  return error instanceof RetryableError || (error as RetryableError | undefined)?.code === 'RETRYABLE';
}

function reasonOf(outcome: Outcome): string | undefined {
  return 'reason' in outcome ? outcome.reason : undefined;
}
