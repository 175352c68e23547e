import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { EventLog } from '../event-log.js';
import { partitionOf } from '../partition-of.js';
import { aRecord, aTopic, type LogAddress, openLog, someRecords, texts } from './under-test.js';

/** What appending, reading and administering promise. */
export function appendContract(address: () => LogAddress, shared: () => EventLog): void {
  it('gives positions in the order of the records, growing in each partition', async () => {
    const log = shared();
    const topic = await aTopic(log, 3);
    const records = Array.from({ length: 30 }, (_, i) => aRecord(topic, `key-${i}`, `value-${i}`));
    const positions = [...(await log.append(records)), ...(await log.append(records))];
    expect(positions.map((p) => p.partition)).toEqual(
      [...records, ...records].map((record) => partitionOf(record.key, 3)),
    );
    for (const partition of [0, 1, 2]) {
      const offsets = positions.filter((p) => p.partition === partition).map((p) => p.offset);
      expect(offsets).toEqual(offsets.map((_, i) => BigInt(i)));
    }
  });

  it('keeps the order of the calls for a key', async () => {
    const log = shared();
    const topic = await aTopic(log);
    const records = someRecords(topic, 'k', 200);
    await Promise.all(records.map((record) => log.append([record])));
    expect(texts(await log.admin.read(topic.name, 0, 0n, 1000))).toEqual(
      records.map((record) => Buffer.from(record.value).toString()),
    );
  });

  it('has made a record readable for everybody when append resolves', async () => {
    const log = shared();
    const other = openLog(address());
    try {
      const topic = await aTopic(log);
      const [position] = await log.append([aRecord(topic, 'k', 'there')]);
      expect(texts(await other.admin.read(topic.name, position!.partition, position!.offset, 1))).toEqual([
        'there',
      ]);
    } finally {
      await other.close();
    }
  });

  it('positions 1,000 concurrent appends, each once', async () => {
    const log = shared();
    const topic = await aTopic(log, 4);
    const all = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => log.append([aRecord(topic, `key-${i}`, String(i))])),
    );
    const places = all.flat().map((p) => `${p.partition}/${p.offset}`);
    expect(new Set(places).size).toBe(1000);
    const lag = await log.admin.lag('nobody', topic.name);
    expect(lag.reduce((sum, partition) => sum + Number(partition.end), 0)).toBe(1000);
  });

  it('gives back key, value bytes and headers as they were', async () => {
    const log = shared();
    const topic = await aTopic(log);
    const value = Buffer.concat([Buffer.from([0, 255, 92, 120, 39, 0]), randomBytes(500)]);
    const headers = { traceparent: '00-ab', 客户: '"quoted", {braces}' };
    await log.append([{ topic: topic.name, key: 'clé "客户" \\ {}', value, headers }]);
    const [record] = await log.admin.read(topic.name, 0, 0n, 1);
    expect(record).toMatchObject({ key: 'clé "客户" \\ {}', headers, offset: 0n, partition: 0 });
    expect(record!.value.equals(value)).toBe(true);
    expect(Math.abs(record!.appendedAt.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('keeps values of 1 MB, many in one call', async () => {
    const log = shared();
    const topic = await aTopic(log);
    const values = Array.from({ length: 12 }, () => randomBytes(1024 * 1024));
    await log.append(values.map((value) => ({ topic: topic.name, key: 'k', value })));
    const read = await log.admin.read(topic.name, 0, 0n, 100);
    expect(read.map((record, i) => record.value.equals(values[i]!))).toEqual(values.map(() => true));
  });

  it('refuses a value above 1 MB and a key with NUL, and the call beside it goes through', async () => {
    const log = shared();
    const topic = await aTopic(log);
    const tooLarge = log.append([{ topic: topic.name, key: 'k', value: Buffer.alloc(1024 * 1024 + 1) }]);
    const nul = log.append([aRecord(topic, 'a\0b', 'x')]);
    const fine = log.append([aRecord(topic, 'k', 'fine')]);
    await expect(tooLarge).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    await expect(nul).rejects.toMatchObject({ code: 'RECORD_INVALID' });
    expect(await fine).toEqual([{ topic: topic.name, partition: 0, offset: 0n }]);
  });

  it('names an unknown topic', async () => {
    const log = shared();
    const unknown = { code: 'UNKNOWN_TOPIC', message: expect.stringContaining('no.such.topic') };
    const record = { topic: 'no.such.topic', key: 'k', value: Buffer.from('x') };
    await expect(log.append([record])).rejects.toMatchObject(unknown);
    await expect(log.admin.lag('g', 'no.such.topic')).rejects.toMatchObject(unknown);
    await expect(log.admin.read('no.such.topic', 0, 0n, 1)).rejects.toMatchObject(unknown);
    const subscribe = log.subscribe({
      group: 'g',
      topic: 'no.such.topic',
      handler: async () => [],
      onFailure: () => undefined,
    });
    await expect(subscribe).rejects.toMatchObject(unknown);
  });

  it('appends nothing of a call with an unknown topic among its records', async () => {
    const log = shared();
    const topic = await aTopic(log);
    const call = log.append([
      aRecord(topic, 'k', 'x'),
      { topic: 'no.such.topic', key: 'k', value: Buffer.from('x') },
    ]);
    await expect(call).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
    expect(await log.admin.read(topic.name, 0, 0n, 10)).toEqual([]);
  });

  it('keeps a topic that exists when it is ensured again', async () => {
    const log = shared();
    const topic = await aTopic(log, 2);
    await log.append([aRecord(topic, 'k', 'kept')]);
    await log.admin.ensureTopics([{ ...topic, partitions: 5 }]);
    expect(await log.admin.lag('g', topic.name)).toHaveLength(2);
  });

  it('reads a window of a partition', async () => {
    const log = shared();
    const topic = await aTopic(log);
    await log.append(someRecords(topic, 'k', 10));
    expect(texts(await log.admin.read(topic.name, 0, 3n, 2))).toEqual(['k:3', 'k:4']);
    expect(await log.admin.read(topic.name, 0, 10n, 2)).toEqual([]);
    await expect(log.admin.read(topic.name, 7, 0n, 1)).rejects.toMatchObject({ code: 'UNKNOWN_PARTITION' });
  });

  it('refuses appends and subscriptions after it was closed', async () => {
    const log = openLog(address());
    const topic = await aTopic(log);
    await log.close();
    await expect(log.append([aRecord(topic, 'k', 'x')])).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  });
}
