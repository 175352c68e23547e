import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Topic } from '@tributary/contracts';
import {
  createEventLog,
  type EventLog,
  type LogRecord,
  type Outcome,
  type SubscribeOptions,
} from '@tributary/event-log';
import { createLogger, newId, systemClock } from '@tributary/runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka, type TestKafka } from './kafka.js';

jest.setTimeout(240_000);

describe('the log on three Kafka nodes', () => {
  let kafka: TestKafka;
  let log: EventLog;
  let topic: Topic;

  beforeAll(async () => {
    kafka = await startKafka({ nodes: 3 });
  }, 120_000);

  beforeEach(async () => {
    log = openLog();
    topic = aTopic(6);
    await log.admin.ensureTopics([topic]);
  });

  afterEach(() => log.close());

  afterAll(() => kafka?.stop());

  function openLog(deadAfterMs?: number): EventLog {
    return createEventLog({
      driver: 'kafka',
      brokers: kafka.brokers,
      clientId: 'kafka-faults',
      logger: createLogger('spec', 'silent'),
      clock: systemClock,
      sessionTimeoutMs: 6000,
      ...(deadAfterMs === undefined ? {} : { deadAfterMs }),
    });
  }

  /** Appends `<key>:<n>` with growing n per key, again and again until it is confirmed, as an adapter would. */
  async function appendAll(keys: readonly string[], from: number, to: number): Promise<void> {
    for (let n = from; n < to; n += 1) {
      const records = keys.map((key) => ({ topic: topic.name, key, value: Buffer.from(`${key}:${n}`) }));
      while (
        !(await log.append(records).then(
          () => true,
          () => false,
        ))
      )
        await sleep(100);
    }
  }

  it('loses nothing and keeps each key’s order while every node is killed in turn', async () => {
    const keys = Array.from({ length: 12 }, (_, i) => `key-${i}`);
    const consumed = new Consumed();
    const subscription = await log.subscribe(consumed.options(topic, 'faults'));
    let appended = 0;
    for (const node of [0, 1, 2]) {
      const killed = kafka
        .kill(node)
        .then(() => sleep(1000))
        .then(() => kafka.restart(node));
      await appendAll(keys, appended, appended + 60);
      appended += 60;
      await killed;
      await appendAll(keys, appended, appended + 20);
      appended += 20;
    }
    await eventually('every record', () => consumed.distinct() === keys.length * appended);
    await subscription.stop();
    expect(consumed.failures).toEqual([]);
    for (const key of keys) {
      expect(consumed.firstSeen(key)).toEqual(Array.from({ length: appended }, (_, n) => `${key}:${n}`));
    }
  });

  it('goes on by itself when all nodes were away, and gives a subscription up that waited for too long', async () => {
    const patient = new Consumed();
    const mortal = new Consumed();
    const impatientLog = openLog(4000);
    const subscription = await log.subscribe(patient.options(topic, 'patient'));
    await impatientLog.subscribe(mortal.options(topic, 'mortal'));
    await appendAll(['k'], 0, 5);
    await eventually('the first five', () => patient.distinct() === 5 && mortal.distinct() === 5);
    await Promise.all([0, 1, 2].map((node) => kafka.kill(node)));
    await eventually('the failure', () => mortal.failures.length > 0);
    await Promise.all([0, 1, 2].map((node) => kafka.restart(node)));
    await appendAll(['k'], 5, 10);
    await eventually('the rest', () => patient.distinct() === 10);
    await Promise.all([subscription.stop(), impatientLog.close()]);
    expect(patient.failures).toEqual([]);
    expect(mortal.failures).toEqual([expect.objectContaining({ code: 'CLIENT_DEAD' })]);
  });
});

class Consumed {
  readonly records: LogRecord[] = [];
  readonly failures: Error[] = [];

  options(topic: Topic, group: string): SubscribeOptions {
    return {
      group,
      topic: topic.name,
      handler: async ({ records }) => {
        this.records.push(...records);
        return records.map((): Outcome => ({ kind: 'done' }));
      },
      onFailure: (error) => void this.failures.push(error),
    };
  }

  distinct(): number {
    return new Set(this.records.map((record) => record.value.toString())).size;
  }

  /** Values of a key in the order in which each was seen first: an append may be repeated, and a batch replayed. */
  firstSeen(key: string): string[] {
    return [...new Set(this.records.filter((r) => r.key === key).map((r) => r.value.toString()))];
  }
}

function aTopic(partitions: number): Topic {
  return {
    name: `faults.${newId()}`,
    description: 'of one test',
    key: 'as the test says',
    producers: [],
    consumers: [],
    partitions,
    retentionDays: 1,
    types: {},
  };
}

async function eventually(what: string, condition: () => boolean, timeoutMs = 90_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(20);
  }
}
