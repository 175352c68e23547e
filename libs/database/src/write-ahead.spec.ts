import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { WriteAhead } from './write-ahead.js';

const CAUSE = new Error('duplicate key value violates unique constraint');
const CONSEQUENCE = new Error('current transaction is aborted');

describe('statements that are sent ahead', () => {
  it('fail with the first that failed, also when it is heard of behind its consequences', async () => {
    const writes = new WriteAhead();
    const answers = Promise.withResolvers<void>();
    // One error comes through more hands than the other, as those of insertRows and of a plain query do.
    const throughHands = async () => {
      await answers.promise;
      await nextTurn();
      throw CAUSE;
    };
    await writes.send(throughHands());
    await writes.send(answers.promise.then(() => Promise.reject(CONSEQUENCE)));
    answers.resolve();
    await expect(writes.settled()).rejects.toBe(CAUSE);
  });

  it('are settled when the last has its answer', async () => {
    const writes = new WriteAhead();
    let answered = false;
    await writes.send(Promise.resolve());
    await writes.send(nextTurn().then(() => (answered = true)));
    await writes.settled();
    expect(answered).toBe(true);
  });
});
