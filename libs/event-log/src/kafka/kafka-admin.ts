import type { Topic } from '@tributary/contracts';
import type { ITopicConfig, Kafka } from 'kafkajs';
import { EventLogError } from '../event-log.errors.js';
import type { LogAdmin, LogRecord, PartitionLag } from '../event-log.js';
import { kafkaGroup, type KafkaTopics, patiently } from './kafka-topics.js';
import { readWindow } from './read-window.js';

/** A value of 1 MB with key, headers and the batch around it. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
const DAY_MS = 86_400_000;

export class KafkaAdmin implements LogAdmin {
  readonly #kafka: Kafka;
  readonly #topics: KafkaTopics;

  constructor(kafka: Kafka, topics: KafkaTopics) {
    this.#kafka = kafka;
    this.#topics = topics;
  }

  /** Three replicas of which two must have a record, or as many as there are brokers. */
  ensureTopics(topics: readonly Topic[]): Promise<void> {
    return this.#topics.ask(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = topics.filter((topic) => !existing.has(topic.name));
      if (missing.length === 0) return;
      const { brokers } = await admin.describeCluster();
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((topic) => topicConfig(topic, Math.min(3, brokers.length))),
      });
    });
  }

  async lag(group: string, topic: string): Promise<readonly PartitionLag[]> {
    await this.#topics.partitions(topic);
    const [ends, committed] = await Promise.all([
      this.#topics.ask((admin) => admin.fetchTopicOffsets(topic)),
      this.#topics.committed(group, topic),
    ]);
    return ends
      .map(({ partition, low, high }) => ({
        partition,
        start: BigInt(low),
        end: BigInt(high),
        committed: committed.get(partition) ?? null,
      }))
      .toSorted((a, b) => a.partition - b.partition);
  }

  async seek(group: string, topic: string, partition: number, offset: bigint): Promise<void> {
    await this.#topics.checkPartition(topic, partition);
    const groupId = kafkaGroup(group, topic);
    const { groups } = await this.#topics.ask((admin) => admin.describeGroups([groupId]));
    if (groups.some(({ members }) => members.length > 0)) {
      throw new EventLogError('GROUP_RUNNING', `group ${group} has a running member on ${topic}`);
    }
    await this.#topics.ask((admin) =>
      admin.setOffsets({ groupId, topic, partitions: [{ partition, offset: String(offset) }] }),
    );
  }

  async read(topic: string, partition: number, from: bigint, limit: number): Promise<readonly LogRecord[]> {
    await this.#topics.checkPartition(topic, partition);
    const { low, high } = await this.#topics.window(topic, partition);
    const start = from < low ? low : from;
    if (start >= high || limit <= 0) return [];
    return patiently(() => readWindow(this.#kafka, { topic, partition, start, last: high - 1n, limit }));
  }
}

function topicConfig(topic: Topic, replicationFactor: number): ITopicConfig {
  return {
    topic: topic.name,
    numPartitions: topic.partitions,
    replicationFactor,
    configEntries: [
      { name: 'retention.ms', value: String(topic.retentionDays * DAY_MS) },
      { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
      { name: 'min.insync.replicas', value: replicationFactor === 3 ? '2' : '1' },
    ],
  };
}
