import type { Clock, Logger } from '@tributary/runtime';
import type { Kafka } from 'kafkajs';
import { EventLogError } from '../event-log.errors.js';
import type { EventLog, LogPosition, NewRecord, SubscribeOptions, Subscription } from '../event-log.js';
import { GroupCommit } from '../group-commit.js';
import { KafkaAdmin } from './kafka-admin.js';
import { KafkaAppender } from './kafka-appender.js';
import { createKafka, type KafkaConnection } from './kafka-client.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { KafkaTopics } from './kafka-topics.js';

export interface KafkaEventLogOptions extends KafkaConnection {
  readonly logger: Logger;
  readonly clock: Clock;
  /** How long a member that died keeps its partitions; 15,000 by default, at least what the brokers allow (6,000). */
  readonly sessionTimeoutMs?: number;
  /** A subscription fails when its group did not answer for so long; 60,000 by default. */
  readonly deadAfterMs?: number;
}

/** The log on Kafka 3.5 or newer. Connects when it is first used. */
export class KafkaEventLog implements EventLog {
  readonly admin: KafkaAdmin;
  readonly #options: KafkaEventLogOptions;
  readonly #kafka: Kafka;
  readonly #topics: KafkaTopics;
  readonly #appender: KafkaAppender;
  readonly #commits: GroupCommit;
  readonly #subscriptions = new Set<KafkaSubscription>();
  #closed: Promise<void> | undefined;

  constructor(options: KafkaEventLogOptions) {
    this.#options = options;
    this.#kafka = createKafka(options, options.logger);
    this.#topics = new KafkaTopics(this.#kafka);
    this.#appender = new KafkaAppender(this.#kafka, this.#topics, options.logger);
    this.#commits = new GroupCommit({
      checkTopic: (topic) => this.#topics.partitions(topic),
      flush: (records) => this.#appender.append(records),
    });
    this.admin = new KafkaAdmin(this.#kafka, this.#topics);
  }

  append(records: readonly NewRecord[]): Promise<readonly LogPosition[]> {
    return this.#commits.append(records);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    if (this.#closed) throw new EventLogError('LOG_CLOSED', 'the log was closed');
    const { clock, logger, sessionTimeoutMs = 15_000, deadAfterMs = 60_000 } = this.#options;
    const subscription = new KafkaSubscription(options, {
      kafka: this.#kafka,
      topics: this.#topics,
      clock,
      logger,
      sessionTimeoutMs,
      deadAfterMs,
    });
    this.#subscriptions.add(subscription);
    try {
      await subscription.start();
    } catch (error) {
      this.#subscriptions.delete(subscription);
      throw error;
    }
    return {
      stop: async () => {
        await subscription.stop();
        this.#subscriptions.delete(subscription);
      },
    };
  }

  async ping(): Promise<void> {
    await this.#topics.ask((admin) => admin.describeCluster());
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // Handlers that drain may still append.
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()));
    await this.#commits.close();
    await this.#appender.close();
    await this.#topics.close();
  }
}
