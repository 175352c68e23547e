import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { type EventLog, type OutcomeCount, RetryableError } from '../event-log.js';
import { partitionOf } from '../partition-of.js';
import {
  aRecord,
  aTopic,
  Consumed,
  eventually,
  gate,
  type LogAddress,
  openLog,
  someRecords,
} from './under-test.js';

/** What a subscription promises about batches, outcomes, offsets and failure. */
export function consumeContract(address: () => LogAddress, shared: () => EventLog): void {
  it('gives a group every record once, in the order of each key', async () => {
    const log = shared();
    const topic = await aTopic(log, 3);
    const consumed = new Consumed();
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const before = keys.flatMap((key) => someRecords(topic, key, 20));
    await log.append(before);
    const subscription = await log.subscribe(consumed.options(topic, 'g'));
    const after = keys.flatMap((key) => someRecords(topic, key, 40).slice(20));
    await log.append(after);
    await eventually('all 200', () => consumed.records.length >= 200);
    await subscription.stop();
    for (const key of keys) {
      const got = consumed.texts().filter((text) => text.startsWith(`${key}:`));
      expect(got).toEqual(Array.from({ length: 40 }, (_, i) => `${key}:${i}`));
    }
    expect(consumed.failures).toEqual([]);
  });

  it('gives batches no larger than asked for, of one partition, with its epoch', async () => {
    const log = shared();
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 25));
    const consumed = new Consumed();
    const subscription = await log.subscribe({ ...consumed.options(topic, 'g'), maxBatch: 10 });
    await eventually('all 25', () => consumed.records.length === 25);
    await subscription.stop();
    expect(consumed.batches.every((batch) => batch.records.length <= 10)).toBe(true);
    expect(consumed.batches.map((batch) => batch.epoch)).toEqual(
      consumed.batches.map(() => consumed.epochs[0]),
    );
  });

  it('brings a record to a waiting consumer without delay of a poll', async () => {
    const log = shared();
    const writer = openLog(address());
    try {
      const topic = await aTopic(log);
      const consumed = new Consumed();
      const subscription = await log.subscribe(consumed.options(topic, 'g'));
      await eventually('the assignment', () => consumed.moves.length === 1);
      for (let i = 0; i < 20; i += 1) {
        await writer.append([aRecord(topic, 'k', String(i))]);
        await eventually(`record ${i}`, () => consumed.records.length > i, 2000);
      }
      await subscription.stop();
    } finally {
      await writer.close();
    }
  });

  it('goes on where a group stopped, replaying nothing after a clean stop', async () => {
    const log = shared();
    const topic = await aTopic(log, 2);
    const keys = ['a', 'b', 'c', 'd'];
    const first = new Consumed();
    await log.append(keys.flatMap((key) => someRecords(topic, key, 10)));
    const one = await log.subscribe(first.options(topic, 'g'));
    await eventually('the first 40', () => first.records.length === 40);
    await one.stop();
    await log.append(keys.map((key) => aRecord(topic, key, `${key}:new`)));
    const second = new Consumed();
    const two = await log.subscribe(second.options(topic, 'g'));
    await eventually('the new 4', () => second.records.length >= 4);
    await two.stop();
    expect(second.texts().toSorted()).toEqual(keys.map((key) => `${key}:new`));
  });

  it('lets groups read independently, from the end when asked', async () => {
    const log = shared();
    const topic = await aTopic(log);
    await log.append([aRecord(topic, 'k', 'old')]);
    const all = new Consumed();
    const late = new Consumed();
    const one = await log.subscribe(all.options(topic, 'all'));
    const two = await log.subscribe({ ...late.options(topic, 'late'), from: 'latest' });
    await eventually('both assigned', () => all.moves.length + late.moves.length === 2);
    await log.append([aRecord(topic, 'k', 'new')]);
    await eventually('the new one', () => all.records.length === 2 && late.records.length === 1);
    await Promise.all([one.stop(), two.stop()]);
    expect(late.texts()).toEqual(['new']);
  });

  it('tries a retryable batch again in place, in order, and blocks its own partition only', async () => {
    const log = shared();
    const topic = await aTopic(log, 2);
    const blocked = ['a', 'b', 'c', 'd', 'e'].find((key) => partitionOf(key, 2) === 0)!;
    const free = ['a', 'b', 'c', 'd', 'e'].find((key) => partitionOf(key, 2) === 1)!;
    const consumed = new Consumed();
    let fails = true;
    let attempts = 0;
    const subscription = await log.subscribe(
      consumed.options(topic, 'g', async (batch) => {
        if (batch.partition !== 0 || !fails) return;
        attempts += 1;
        throw new RetryableError('the database is away');
      }),
    );
    await log.append(someRecords(topic, blocked, 3));
    await eventually('a second attempt', () => attempts >= 2);
    await log.append([...someRecords(topic, blocked, 5).slice(3), ...someRecords(topic, free, 5)]);
    await eventually('the free partition', () => consumed.records.length === 5);
    expect(consumed.records.every((record) => record.key === free)).toBe(true);
    fails = false;
    await eventually('the blocked partition', () => consumed.records.length === 10);
    await subscription.stop();
    const order = consumed.texts().filter((text) => text.startsWith(`${blocked}:`));
    expect(order).toEqual([0, 1, 2, 3, 4].map((i) => `${blocked}:${i}`));
    expect(consumed.failures).toEqual([]);
  });

  it('reports what a handler throws once, commits nothing, and gives the batch again to the next', async () => {
    const log = shared();
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 3));
    const failed = new Consumed();
    const subscription = await log.subscribe(
      failed.options(topic, 'g', async () => {
        throw new Error('a bug');
      }),
    );
    await eventually('the failure', () => failed.failures.length > 0);
    await subscription.stop();
    expect(failed.failures.map((error) => error.message)).toEqual(['a bug']);
    expect((await log.admin.lag('g', topic.name))[0]!.committed).toBeNull();
    const next = new Consumed();
    const again = await log.subscribe(next.options(topic, 'g'));
    await eventually('the batch again', () => next.records.length === 3);
    await again.stop();
  });

  it('takes another number of outcomes than records for a failure', async () => {
    const log = shared();
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 2));
    const consumed = new Consumed();
    const subscription = await log.subscribe(consumed.options(topic, 'g', async () => [{ kind: 'done' }]));
    await eventually('the failure', () => consumed.failures.length > 0);
    await subscription.stop();
    expect(consumed.failures[0]).toMatchObject({ code: 'HANDLER_CONTRACT' });
    expect((await log.admin.lag('g', topic.name))[0]!.committed).toBeNull();
  });

  it('counts outcomes by kind and reason', async () => {
    const log = shared();
    const topic = await aTopic(log);
    const counts: OutcomeCount[] = [];
    const consumed = new Consumed();
    await log.append(someRecords(topic, 'k', 4));
    const subscription = await log.subscribe({
      ...consumed.options(topic, 'g', async (batch) =>
        batch.records.map((record) =>
          record.offset < 2n ? { kind: 'done' } : { kind: 'ignored', reason: `offset_${record.offset}` },
        ),
      ),
      onOutcome: (count) => counts.push(count),
    });
    await eventually('the batch', () => counts.reduce((sum, c) => sum + c.count, 0) === 4);
    await subscription.stop();
    const place = { group: 'g', topic: topic.name };
    expect(counts).toContainEqual({ ...place, kind: 'ignored', reason: 'offset_3', count: 1 });
    expect(counts.filter((c) => c.kind === 'done').reduce((sum, c) => sum + c.count, 0)).toBe(2);
  });

  it('waits for the batch in flight when it stops, and commits it', async () => {
    const log = shared();
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 3));
    const consumed = new Consumed();
    const started = gate();
    const finish = gate();
    const subscription = await log.subscribe(
      consumed.options(topic, 'g', async (batch) => {
        started.open();
        await finish.opened;
        expect(batch.signal.aborted).toBe(true);
      }),
    );
    await started.opened;
    let stopped = false;
    const stop = subscription.stop().then(() => (stopped = true));
    await sleep(300);
    expect(stopped).toBe(false);
    finish.open();
    await stop;
    expect(consumed.failures).toEqual([]);
    expect((await log.admin.lag('g', topic.name))[0]!.committed).toBe(3n);
  });

  it('gives up a batch that waits for its next attempt when it stops, and commits nothing of it', async () => {
    const log = shared();
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 3));
    const consumed = new Consumed();
    let attempts = 0;
    const subscription = await log.subscribe(
      consumed.options(topic, 'g', async () => {
        attempts += 1;
        throw new RetryableError('away');
      }),
    );
    await eventually('an attempt', () => attempts > 0);
    await subscription.stop();
    expect(consumed.failures).toEqual([]);
    expect((await log.admin.lag('g', topic.name))[0]!.committed).toBeNull();
  });

  it('tells how far a group is behind', async () => {
    const log = shared();
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 5));
    const [before] = await log.admin.lag('g', topic.name);
    expect(before).toEqual({ partition: 0, start: 0n, end: 5n, committed: null });
    const consumed = new Consumed();
    const subscription = await log.subscribe(consumed.options(topic, 'g'));
    await eventually('the commit', async () => (await log.admin.lag('g', topic.name))[0]!.committed === 5n);
    await subscription.stop();
  });

  it('moves a group back, once nobody of it runs', async () => {
    const log = shared();
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 5));
    const first = new Consumed();
    const one = await log.subscribe(first.options(topic, 'g'));
    await eventually('all 5', () => first.records.length === 5);
    await expect(log.admin.seek('g', topic.name, 0, 3n)).rejects.toMatchObject({ code: 'GROUP_RUNNING' });
    await one.stop();
    await log.admin.seek('g', topic.name, 0, 3n);
    const second = new Consumed();
    const two = await log.subscribe(second.options(topic, 'g'));
    await eventually('the last 2', () => second.records.length === 2);
    await two.stop();
    expect(second.texts()).toEqual(['k:3', 'k:4']);
  });
}
