import type { Clock } from '../clock.js';

/** A clock that stands still until the test moves it. */
export class VirtualClock implements Clock {
  #now: number;

  /** @param start a Monday morning in winter when absent. */
  constructor(start: Date | string = '2026-11-23T09:00:00Z') {
    this.#now = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  /** The only way is forward. */
  advance(milliseconds: number): void {
    if (milliseconds < 0) throw new RangeError('a clock does not go back');
    this.#now += milliseconds;
  }
}
