import { newId } from '@tributary/runtime';
import type { Kafka, KafkaMessage } from 'kafkajs';
import type { LogRecord } from '../event-log.js';
import { toRecord } from './kafka-record.js';

export interface ReadWindow {
  readonly topic: string;
  readonly partition: number;
  readonly start: bigint;
  /** Last offset to look at; it exists, or existed. */
  readonly last: bigint;
  readonly limit: number;
}

/** Reads through a group of its own that commits nothing: kafkajs reads in no other way. Takes a join, up to seconds. */
export async function readWindow(kafka: Kafka, window: ReadWindow): Promise<readonly LogRecord[]> {
  const { topic, partition, start, last, limit } = window;
  const records: LogRecord[] = [];
  const groupId = `tributary-read-${newId()}`;
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 100 });
  const done = Promise.withResolvers<void>();
  // It may be rejected before it is awaited.
  done.promise.catch(() => undefined);
  let crashed = false;
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    crashed = true;
    done.reject(payload.error);
  });
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.partition !== partition) return;
    if (records.length >= limit || BigInt(payload.lastOffset) >= last) done.resolve();
  });
  let next = start;
  const take = (message: KafkaMessage) => {
    // The first fetch may come before the seek, and bring older records, or the same twice.
    if (BigInt(message.offset) < next || records.length >= limit) return;
    records.push(toRecord(topic, partition, message));
    next = BigInt(message.offset) + 1n;
  };
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        if (batch.partition === partition) batch.messages.forEach(take);
      },
    });
    if (!crashed) consumer.seek({ topic, partition, offset: String(start) });
    await done.promise;
  } finally {
    await consumer.disconnect();
    await deleteGroup(kafka, groupId);
  }
  return records;
}

/** It would go by itself, after days. */
async function deleteGroup(kafka: Kafka, groupId: string): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.deleteGroups([groupId]);
  } catch {
    // Nothing depends on it.
  } finally {
    await admin.disconnect();
  }
}
