import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RightOfWay } from './right-of-way.js';

/** Whether a rest after a step of 200 ms is over by now. */
function restIsOver(rightOfWay: RightOfWay): { readonly yes: boolean } {
  const rest = { yes: false };
  void rightOfWay.giveWay(200).then(() => (rest.yes = true));
  return rest;
}

describe('the right of way', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const crowd = (rightOfWay: RightOfWay, size: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const inside = Array.from({ length: size }, () => rightOfWay.first(() => promise));
    return async () => {
      resolve();
      await Promise.all(inside);
    };
  };

  it('lets background work go on while few wait at the door', async () => {
    const rightOfWay = new RightOfWay();
    crowd(rightOfWay, 3);
    const rest = restIsOver(rightOfWay);
    await jest.advanceTimersByTimeAsync(0);
    expect(rest.yes).toBe(true);
  });

  it('lets it rest as long as it worked while there is a crowd', async () => {
    const rightOfWay = new RightOfWay();
    crowd(rightOfWay, 4);
    const rest = restIsOver(rightOfWay);
    await jest.advanceTimersByTimeAsync(199);
    expect(rest.yes).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(rest.yes).toBe(true);
  });

  it('never lets it rest for longer than half a second', async () => {
    const rightOfWay = new RightOfWay();
    crowd(rightOfWay, 4);
    let over = false;
    void rightOfWay.giveWay(60_000).then(() => (over = true));
    await jest.advanceTimersByTimeAsync(500);
    expect(over).toBe(true);
  });

  it('forgets a crowd that has gone', async () => {
    const rightOfWay = new RightOfWay();
    const leave = crowd(rightOfWay, 4);
    await leave();
    await jest.advanceTimersByTimeAsync(51);
    const rest = restIsOver(rightOfWay);
    await jest.advanceTimersByTimeAsync(0);
    expect(rest.yes).toBe(true);
  });

  it('passes on what the work gave or threw', async () => {
    const rightOfWay = new RightOfWay();
    expect(await rightOfWay.first(async () => 7)).toBe(7);
    await expect(rightOfWay.first(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  });
});
