import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@tributary/runtime';
import { ConsumerRunner } from './consumer-runner.js';
import {
  type LogRecord,
  type Outcome,
  type OutcomeCount,
  type RecordBatch,
  RetryableError,
} from './event-log.js';

const done: Outcome = { kind: 'done' };

function batch(records: number, signal = new AbortController().signal): RecordBatch {
  const record: LogRecord = {
    topic: 't',
    partition: 0,
    offset: 0n,
    key: 'k',
    value: Buffer.from('v'),
    headers: {},
    appendedAt: new Date(0),
  };
  return {
    topic: 't',
    partition: 0,
    epoch: 1n,
    signal,
    heartbeat: async () => undefined,
    records: Array.from({ length: records }, (_, i) => ({ ...record, offset: BigInt(i) })),
  };
}

/** A handler that ends each attempt as the next entry says; `random: 0` makes waits the shortest. */
function runner(...attempts: (readonly Outcome[] | Error)[]) {
  const counts: OutcomeCount[] = [];
  const seen: RecordBatch[] = [];
  const made = new ConsumerRunner({
    group: 'g',
    logger: createLogger('spec', 'silent'),
    random: () => 0,
    onOutcome: (count) => counts.push(count),
    handler: async (given) => {
      seen.push(given);
      const end = attempts.length > 1 ? attempts.shift()! : attempts[0]!;
      if (end instanceof Error) throw end;
      return end;
    },
  });
  return { run: (given: RecordBatch) => made.run(given), counts, seen };
}

describe('the consumer runner', () => {
  it('gives the same batch again after a RetryableError, until it is handled', async () => {
    const { run, seen } = runner(new RetryableError('away'), new RetryableError('away'), [done]);
    const given = batch(1);
    expect(await run(given)).toBe('handled');
    expect(seen).toEqual([given, given, given]);
  });

  it('takes an error for retryable by its code, whichever copy of the class it is of', async () => {
    const foreign = Object.assign(new Error('away'), { code: 'RETRYABLE' });
    const { run } = runner(foreign, [done]);
    expect(await run(batch(1))).toBe('handled');
  });

  it('passes any other error on as it is', async () => {
    const bug = new TypeError('a bug');
    await expect(runner(bug).run(batch(1))).rejects.toBe(bug);
  });

  it.each<[string, readonly Outcome[]]>([
    ['too few', [done]],
    ['too many', [done, done, done]],
    ['no', undefined as unknown as readonly Outcome[]],
  ])('refuses %s outcomes', async (_, outcomes) => {
    await expect(runner(outcomes).run(batch(2))).rejects.toMatchObject({ code: 'HANDLER_CONTRACT' });
  });

  it('gives up between attempts when the signal aborts', async () => {
    const away = new AbortController();
    const { run, seen } = runner(new RetryableError('away'));
    const result = run(batch(1, away.signal));
    while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    away.abort();
    expect(await result).toBe('abandoned');
  });

  it('takes what a handler throws after the abort for its way to stop', async () => {
    const away = new AbortController();
    const made = new ConsumerRunner({
      group: 'g',
      logger: createLogger('spec', 'silent'),
      handler: async ({ signal }) => {
        away.abort();
        signal.throwIfAborted();
        return [done];
      },
    });
    expect(await made.run(batch(1, away.signal))).toBe('abandoned');
  });

  it('does not begin a batch whose partition is gone', async () => {
    const { run, seen } = runner([done]);
    expect(await run(batch(1, AbortSignal.abort()))).toBe('abandoned');
    expect(seen).toEqual([]);
  });

  it('counts the outcomes of a handled batch once, by kind and reason', async () => {
    const stale: Outcome = { kind: 'ignored', reason: 'stale' };
    const { run, counts } = runner(new RetryableError('away'), [
      done,
      stale,
      done,
      stale,
      { kind: 'duplicate' },
    ]);
    await run(batch(5));
    const place = { group: 'g', topic: 't' };
    expect(counts).toEqual([
      { ...place, kind: 'done', reason: undefined, count: 2 },
      { ...place, kind: 'ignored', reason: 'stale', count: 2 },
      { ...place, kind: 'duplicate', reason: undefined, count: 1 },
    ]);
  });
});
