import { describe, expect, it } from '@jest/globals';
import { murmur2, partitionOf } from './partition-of.js';

// Apache Kafka, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java, testMurmur2.
const PUBLISHED: readonly (readonly [string, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

describe('the partition of a key', () => {
  it.each(PUBLISHED)('hashes %s as the Java client does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it('hashes the UTF-8 bytes of the key', () => {
    expect(partitionOf('客户', 1000)).toBe(
      (murmur2(Buffer.from([229, 174, 162, 230, 136, 183])) & 0x7fffffff) % 1000,
    );
  });

  it('is never negative and always below the number of partitions', () => {
    const partitions = Array.from({ length: 500 }, (_, i) => partitionOf(`key-${i}`, 7));
    expect(partitions.every((p) => p >= 0 && p < 7)).toBe(true);
    expect(new Set(partitions).size).toBe(7);
  });
});
