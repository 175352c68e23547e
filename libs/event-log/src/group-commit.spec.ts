import { describe, expect, it } from '@jest/globals';
import type { LogPosition, NewRecord } from './event-log.js';
import { GroupCommit } from './group-commit.js';
import { gate } from './testing/under-test.js';

function record(text: string, topic = 't'): NewRecord {
  return { topic, key: 'k', value: Buffer.from(text) };
}

/** A log in memory that says what each flush brought. */
class Flushes {
  readonly seen: string[][] = [];
  next = 0n;
  readonly failures: Error[] = [];
  hold: Promise<void> = Promise.resolve();

  readonly flush = async (records: readonly NewRecord[]): Promise<readonly LogPosition[]> => {
    this.seen.push(records.map((each) => Buffer.from(each.value).toString()));
    await this.hold;
    const failure = this.failures.shift();
    if (failure) throw failure;
    return records.map((each) => ({ topic: each.topic, partition: 0, offset: this.next++ }));
  };

  readonly checkTopic = async (topic: string): Promise<void> => {
    if (topic !== 't') throw new Error(`no ${topic}`);
  };
}

describe('group commit', () => {
  it('gathers calls of one turn into one flush and gives each its own positions', async () => {
    const flushes = new Flushes();
    const commits = new GroupCommit(flushes);
    const answers = await Promise.all([
      commits.append([record('a'), record('b')]),
      commits.append([record('c')]),
    ]);
    expect(flushes.seen).toEqual([['a', 'b', 'c']]);
    expect(answers.map((positions) => positions.map((p) => p.offset))).toEqual([[0n, 1n], [2n]]);
  });

  it('gathers calls made during a flush into the next', async () => {
    const flushes = new Flushes();
    const { opened, open } = gate();
    flushes.hold = opened;
    const commits = new GroupCommit(flushes);
    const first = commits.append([record('a')]);
    while (flushes.seen.length === 0) await new Promise(setImmediate);
    const rest = ['b', 'c', 'd'].map((text) => commits.append([record(text)]));
    open();
    await Promise.all([first, ...rest]);
    expect(flushes.seen).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('rejects exactly the calls of the flush that failed', async () => {
    const flushes = new Flushes();
    flushes.failures.push(new Error('disk full'));
    const commits = new GroupCommit({ ...flushes, flush: flushes.flush, maxRecords: 2 });
    const calls = ['a', 'b', 'c'].map((text) => commits.append([record(text)]));
    const ends = await Promise.allSettled(calls);
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('rejects only the calls that name a topic that cannot be appended to', async () => {
    const commits = new GroupCommit(new Flushes());
    const ends = await Promise.allSettled([
      commits.append([record('a')]),
      commits.append([record('b'), record('c', 'unknown')]),
      commits.append([record('d')]),
    ]);
    expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('splits by records and bytes, never within a call', async () => {
    const flushes = new Flushes();
    const commits = new GroupCommit({ ...flushes, flush: flushes.flush, maxRecords: 3, maxBytes: 10 });
    await Promise.all([
      commits.append([record('a'), record('b')]),
      commits.append([record('c'), record('d')]),
      commits.append([record('123456789'), record('0')]),
      commits.append(['e', 'f', 'g', 'h'].map((text) => record(text))),
    ]);
    expect(flushes.seen).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['123456789', '0'],
      ['e', 'f', 'g', 'h'],
    ]);
  });

  it('answers the calls made before it was closed, and refuses later ones', async () => {
    const commits = new GroupCommit(new Flushes());
    const before = commits.append([record('a')]);
    const closed = commits.close();
    await expect(commits.append([record('b')])).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await closed;
    expect(await before).toHaveLength(1);
  });
});
