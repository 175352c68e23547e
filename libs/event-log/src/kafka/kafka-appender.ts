import type { Logger } from '@tributary/runtime';
import { type Kafka, type Message, Partitioners, type Producer, type RecordMetadata } from 'kafkajs';
import { EventLogError } from '../event-log.errors.js';
import type { LogPosition, NewRecord } from '../event-log.js';
import { partitionOf } from '../partition-of.js';
import type { KafkaTopics } from './kafka-topics.js';

/**
 * Bytes of one partition's batch at most, unless a single record is larger: below Kafka's default
 * `max.message.bytes`, which limits the batch and not the record.
 */
const BATCH_BYTES = 900 * 1024;
/** Sends of what a send left out, before the append counts as failed. */
const MAX_SENDS = 5;

interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: Message[];
  /** Of each message, where its record stands in the flush. */
  readonly indexes: number[];
  bytes: number;
}

/**
 * Writes flushes, one at a time: acks=all with an idempotent producer and one request in flight, so that a request
 * that is sent again neither doubles nor reorders (tulios/kafkajs 598).
 */
export class KafkaAppender {
  readonly #kafka: Kafka;
  readonly #topics: KafkaTopics;
  readonly #logger: Logger;
  #producer: Promise<Producer> | undefined;

  constructor(kafka: Kafka, topics: KafkaTopics, logger: Logger) {
    this.#kafka = kafka;
    this.#topics = topics;
    this.#logger = logger;
  }

  /** @returns positions in the order of the records. @throws when it is not known that all are durable. */
  async append(records: readonly NewRecord[]): Promise<readonly LogPosition[]> {
    const positions: LogPosition[] = Array.from({ length: records.length });
    try {
      for (const round of await this.#rounds(records)) await this.#sendRound(round, positions);
    } catch (error) {
      await this.#discardProducer();
      throw error;
    }
    return positions;
  }

  async close(): Promise<void> {
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    await producer?.disconnect();
  }

  /** Batches by partition, in rounds: a partition with more than one batch sends them one after another. */
  async #rounds(records: readonly NewRecord[]): Promise<readonly PartitionBatch[][]> {
    const rounds: Map<string, PartitionBatch>[] = [];
    const roundOf = new Map<string, number>();
    for (const [index, record] of records.entries()) {
      const { topic } = record;
      const partition = partitionOf(record.key, await this.#topics.partitions(topic));
      const place = `${topic} ${partition}`;
      const size = record.value.byteLength + record.key.length + 100;
      let round = roundOf.get(place) ?? 0;
      const open = rounds[round]?.get(place);
      if (open && open.bytes + size > BATCH_BYTES) round += 1;
      roundOf.set(place, round);
      rounds[round] ??= new Map();
      const batch = rounds[round]!.get(place) ?? { topic, partition, messages: [], indexes: [], bytes: 0 };
      rounds[round]!.set(place, batch);
      batch.messages.push(toMessage(record, partition));
      batch.indexes.push(index);
      batch.bytes += size;
    }
    return rounds.map((round) => [...round.values()]);
  }

  /**
   * Sends until every batch has its offset. kafkajs 2.2.4 resolves a send although it left a partition out: when one
   * broker has answered, another fails, and the failed partition's new leader is the one that has answered.
   */
  async #sendRound(round: readonly PartitionBatch[], positions: LogPosition[]): Promise<void> {
    let pending = round;
    for (let sends = 0; pending.length > 0; sends += 1) {
      if (sends === MAX_SENDS) throw new EventLogError('NOT_CONFIRMED', 'Kafka did not confirm the append');
      const answers = await this.#send(pending);
      pending = pending.filter((batch) => {
        const answer = answers.find((a) => a.topicName === batch.topic && a.partition === batch.partition);
        if (!answer || answer.errorCode !== 0) return true;
        place(batch, BigInt(answer.baseOffset ?? answer.offset ?? -1), positions);
        return false;
      });
    }
  }

  async #send(batches: readonly PartitionBatch[]): Promise<RecordMetadata[]> {
    this.#producer ??= this.#connect();
    const messages = Map.groupBy(batches, (batch) => batch.topic);
    return (await this.#producer).sendBatch({
      acks: -1,
      topicMessages: [...messages].map(([topic, of]) => ({
        topic,
        messages: of.flatMap((batch) => batch.messages),
      })),
    });
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    return producer;
  }

  /**
   * After a failed send nobody knows which sequence numbers the brokers have seen, and kafkajs counts as if none: the
   * next batch could pass for the failed one, be answered as a duplicate, and be lost. A new producer starts anew.
   */
  async #discardProducer(): Promise<void> {
    const failed = this.#producer;
    this.#producer = undefined;
    await failed
      ?.then((producer) => producer.disconnect())
      .catch((error: unknown) => this.#logger.debug({ err: error }, 'kafka_producer_not_closed'));
  }
}

function toMessage(record: NewRecord, partition: number): Message {
  const { key, value, headers } = record;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return { key, value: bytes, partition, ...(headers ? { headers: { ...headers } } : {}) };
}

function place(batch: PartitionBatch, base: bigint, positions: LogPosition[]): void {
  for (const [i, index] of batch.indexes.entries()) {
    positions[index] = { topic: batch.topic, partition: batch.partition, offset: base + BigInt(i) };
  }
}
