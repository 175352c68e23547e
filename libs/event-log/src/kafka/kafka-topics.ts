import { backoffMs } from '@tributary/runtime';
import type { Admin, Kafka } from 'kafkajs';
import { EventLogError, unknownTopic } from '../event-log.errors.js';
import { pause } from '../pause.js';

/** Attempts until a retriable error is passed on; about 10 s. */
const MAX_ATTEMPTS = 12;

/**
 * Kafka's name of a group on a topic. One Kafka group a topic: kafkajs shares out only the leader's topics, so members
 * of one group that read different topics would leave some unread.
 */
export function kafkaGroup(group: string, topic: string): string {
  return `${group}.${topic}`;
}

/** The admin connection, made when first used, and which partitions a topic has. */
export class KafkaTopics {
  readonly #admin: Admin;
  #connected: Promise<void> | undefined;
  readonly #known = new Map<string, Promise<number>>();

  constructor(kafka: Kafka) {
    this.#admin = kafka.admin();
  }

  /** Asks the cluster, with patience. */
  ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    return patiently(async () => {
      this.#connected ??= this.#admin.connect().catch((error: unknown) => {
        this.#connected = undefined;
        throw error;
      });
      await this.#connected;
      return question(this.#admin);
    });
  }

  /** How many partitions a topic has; asked once. @throws EventLogError UNKNOWN_TOPIC */
  partitions(topic: string): Promise<number> {
    const known = this.#known.get(topic);
    if (known) return known;
    const asked = this.#askPartitions(topic);
    this.#known.set(topic, asked);
    asked.catch(() => this.#known.delete(topic));
    return asked;
  }

  /** @throws EventLogError UNKNOWN_TOPIC, UNKNOWN_PARTITION */
  async checkPartition(topic: string, partition: number): Promise<void> {
    if (partition >= (await this.partitions(topic))) {
      throw new EventLogError('UNKNOWN_PARTITION', `topic ${topic} has no partition ${partition}`);
    }
  }

  /** First offset that is kept, and the one the next record will get. */
  async window(topic: string, partition: number): Promise<{ low: bigint; high: bigint }> {
    const offsets = await this.ask((admin) => admin.fetchTopicOffsets(topic));
    const { low, high } = offsets.find((each) => each.partition === partition)!;
    return { low: BigInt(low), high: BigInt(high) };
  }

  /** Next offset a group will read, by partition; one where it never committed is absent. */
  async committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    const groupId = kafkaGroup(group, topic);
    const answers = await this.ask((admin) => admin.fetchOffsets({ groupId, topics: [topic] }));
    const offsets = answers.flatMap(({ partitions }) => partitions);
    return new Map(
      offsets
        .filter(({ offset }) => BigInt(offset) >= 0n)
        .map((each) => [each.partition, BigInt(each.offset)]),
    );
  }

  async close(): Promise<void> {
    if (this.#connected) await this.#admin.disconnect();
  }

  #askPartitions(topic: string): Promise<number> {
    return this.ask(async (admin) => {
      // The list first: asking for a topic's metadata would make it on clusters that create topics by themselves.
      if (!(await admin.listTopics()).includes(topic)) throw unknownTopic(topic);
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]!.partitions.length;
    });
  }
}

/** Tries again what kafkajs calls retriable and does not try again itself: a group's coordinator loads, or moves. */
export async function patiently<T>(question: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await question();
    } catch (error) {
      const retriable = (error as { retriable?: boolean } | undefined)?.retriable === true;
      if (attempt === MAX_ATTEMPTS || !retriable) throw error;
      await pause(backoffMs(attempt, Math.random(), 100, 2000));
    }
  }
}
