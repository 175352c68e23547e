/** Time as everything outside the pure cores gets it: injected, so that tests own it. */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

export const CLOCK = Symbol('Clock');

export const systemClock: Clock = { now: () => new Date() };
