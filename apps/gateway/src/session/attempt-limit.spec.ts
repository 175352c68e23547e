import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@tributary/runtime/testing';
import { AttemptLimit } from './attempt-limit.js';

const MINUTE = 60_000;

describe('passwords that are tried', () => {
  it('are ten in a quarter of an hour, counted from the first', () => {
    const clock = new VirtualClock();
    const limit = new AttemptLimit(clock);
    for (let i = 0; i < 10; i++) {
      limit.take('10.0.0.1', 'a@b.example');
      clock.advance(MINUTE);
    }
    expect(refusalOf(() => limit.take('10.0.0.1', 'A@B.example'))).toMatchObject({
      ...{ code: 'TOO_MANY_ATTEMPTS', headers: { 'retry-after': '300' } },
    });
    clock.advance(5 * MINUTE);
    expect(() => limit.take('10.0.0.1', 'a@b.example')).not.toThrow();
  });

  it('are counted for each address from each place', () => {
    const limit = new AttemptLimit(new VirtualClock());
    for (let i = 0; i < 10; i++) limit.take('10.0.0.1', 'a@b.example');
    expect(() => limit.take('10.0.0.1', 'c@b.example')).not.toThrow();
    expect(() => limit.take('10.0.0.2', 'a@b.example')).not.toThrow();
    expect(refusalOf(() => limit.take('10.0.0.1', 'a@b.example'))).toBeDefined();
  });

  it('are forgotten oldest first when somebody tries ten thousand addresses', () => {
    const limit = new AttemptLimit(new VirtualClock());
    for (let i = 0; i < 10; i++) limit.take('10.0.0.1', 'a@b.example');
    for (let i = 0; i < 9_999; i++) limit.take('10.0.0.1', `${i}@b.example`);
    expect(refusalOf(() => limit.take('10.0.0.1', 'a@b.example'))).toBeDefined();
    for (let i = 0; i < 10_000; i++) limit.take('10.0.0.1', `x${i}@b.example`);
    expect(() => limit.take('10.0.0.1', 'a@b.example')).not.toThrow();
  });
});

function refusalOf(attempt: () => void): unknown {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return error;
  }
}
