import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { expect, it } from '@jest/globals';
import type { Topic } from '@tributary/contracts';
import type { EventLog } from '../event-log.js';
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

/** A member that runs as its own process, so that a test can kill it. */
interface RemoteMember {
  /** `<partition>/<offset>` of each record its handler got. */
  readonly handled: string[];
  kill(): Promise<void>;
}

/** @param mode `commit`: handles what it gets; `hang`: its handler never resolves. */
function remoteMember(
  address: LogAddress,
  topic: Topic,
  group: string,
  mode: 'commit' | 'hang',
): RemoteMember {
  // The process runs the built package: it has no transformer of its own.
  const script = fileURLToPath(new URL('../../dist/testing/member.js', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ address, topic: topic.name, group, mode }));
  const handled: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => handled.push(line));
  return {
    handled,
    async kill() {
      if (child.exitCode !== null) throw new Error(`the member ended by itself with ${child.exitCode}`);
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** What members of a group promise each other. */
export function groupContract(address: () => LogAddress, shared: () => EventLog): void {
  it('shares partitions among members and hands over on a stop, losing and repeating nothing', async () => {
    const one = shared();
    const two = openLog(address());
    try {
      const topic = await aTopic(one, 4);
      const keys = Array.from({ length: 16 }, (_, i) => `key-${i}`);
      const first = new Consumed();
      const second = new Consumed();
      const staying = await one.subscribe(first.options(topic, 'g'));
      await one.append(keys.map((key) => aRecord(topic, key, `${key}:0`)));
      await eventually('all with one member', () => first.records.length === 16);
      const leaving = await two.subscribe(second.options(topic, 'g'));
      await eventually('two partitions each', () => held(first) === 2 && held(second) === 2);
      await one.append(keys.map((key) => aRecord(topic, key, `${key}:1`)));
      await eventually('all with two members', () => first.records.length + second.records.length === 32);
      expect(second.records.length).toBeGreaterThan(0);
      await leaving.stop();
      await one.append(keys.map((key) => aRecord(topic, key, `${key}:2`)));
      await eventually(
        'all with the one that stays',
        () => first.records.length + second.records.length >= 48,
      );
      await staying.stop();
      const all = [...first.texts(), ...second.texts()];
      expect(all.toSorted()).toEqual(keys.flatMap((key) => [0, 1, 2].map((i) => `${key}:${i}`)).toSorted());
      expect([...first.failures, ...second.failures]).toEqual([]);
      expect(held(first) + held(second)).toBe(0);
    } finally {
      await two.close();
    }
  });

  it('finishes and commits the batch in flight before it hands a partition over', async () => {
    const one = shared();
    const two = openLog(address());
    try {
      const topic = await aTopic(one, 1);
      await one.append(someRecords(topic, 'k', 3));
      const first = new Consumed();
      const second = new Consumed();
      const started = gate();
      const finish = gate();
      const leaving = await one.subscribe(
        first.options(topic, 'g', async () => {
          started.open();
          await finish.opened;
        }),
      );
      await started.opened;
      const joining = two.subscribe(second.options(topic, 'g'));
      const stopped = leaving.stop();
      await sleep(500);
      expect(second.records).toEqual([]);
      finish.open();
      await stopped;
      await one.append([aRecord(topic, 'k', 'next')]);
      await eventually('the next record', () => second.records.length > 0);
      await (await joining).stop();
      expect(first.texts()).toEqual(['k:0', 'k:1', 'k:2']);
      expect(second.texts()).toEqual(['next']);
    } finally {
      await two.close();
    }
  });

  it('gives what a killed member had not committed to another, with a higher epoch', async () => {
    const log = shared();
    const topic = await aTopic(log, 2);
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const before = new Consumed();
    const first = await log.subscribe(before.options(topic, 'g'));
    await eventually('the assignment', () => before.epochs.length === 2);
    await first.stop();
    const member = remoteMember(address(), topic, 'g', 'hang');
    try {
      await log.append(keys.map((key) => aRecord(topic, key, key)));
      await eventually('the member to take records of both partitions', () => member.handled.length > 1);
    } finally {
      await member.kill();
    }
    const after = new Consumed();
    const second = await log.subscribe(after.options(topic, 'g'));
    await eventually('all records', () => after.records.length >= keys.length, 60_000);
    await second.stop();
    expect(after.texts().toSorted()).toEqual(keys);
    const highest = before.epochs.reduce((a, b) => (a > b ? a : b));
    expect(after.epochs.every((epoch) => epoch > highest)).toBe(true);
  });

  it('goes on without loss when one of two members is killed', async () => {
    const log = shared();
    const topic = await aTopic(log, 4);
    const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`);
    const consumed = new Consumed();
    const subscription = await log.subscribe(consumed.options(topic, 'g'));
    const member = remoteMember(address(), topic, 'g', 'commit');
    try {
      await eventually('the member to share', () => held(consumed) === 2, 60_000);
      await log.append(keys.map((key) => aRecord(topic, key, `${key}:0`)));
      await eventually(
        'both to have records',
        () => member.handled.length > 0 && consumed.records.length > 0,
      );
    } finally {
      await member.kill();
    }
    await log.append(keys.map((key) => aRecord(topic, key, `${key}:1`)));
    const places = () =>
      new Set([...member.handled, ...consumed.records.map((r) => `${r.partition}/${r.offset}`)]).size;
    await eventually('every record at one of them', () => places() === 40, 60_000);
    await subscription.stop();
    expect(consumed.failures).toEqual([]);
  });

  it('does not lose its partition over a batch that takes longer than a dead member would be waited for', async () => {
    const one = shared();
    const two = openLog(address());
    try {
      const topic = await aTopic(one, 1);
      await one.append(someRecords(topic, 'k', 2));
      const first = new Consumed();
      const slow = await one.subscribe(
        first.options(topic, 'g', async () => sleep(takeoverMs(address()) * 1.5)),
      );
      await eventually('the assignment', () => held(first) === 1);
      const second = new Consumed();
      const waiting = await two.subscribe(second.options(topic, 'g'));
      await eventually('the slow batch', () => first.records.length + second.records.length >= 2, 60_000);
      await Promise.all([slow.stop(), waiting.stop()]);
      expect([...first.texts(), ...second.texts()]).toEqual(['k:0', 'k:1']);
    } finally {
      await two.close();
    }
  });

  it('stops its subscriptions when the log is closed', async () => {
    const log = openLog(address());
    const topic = await aTopic(log, 2);
    const consumed = new Consumed();
    await log.subscribe(consumed.options(topic, 'g'));
    await eventually('the assignment', () => held(consumed) === 2);
    await log.close();
    expect(held(consumed)).toBe(0);
  });
}

function held(consumed: Consumed): number {
  return consumed.moves.reduce((sum, move) => sum + (move.startsWith('+') ? 1 : -1), 0);
}

function takeoverMs(address: LogAddress): number {
  return address.driver === 'embedded' ? (address.leaseMs ?? 15_000) : (address.sessionTimeoutMs ?? 30_000);
}
