/** So many at once, and each waits for the others. */
const CROWD = 4;
/** A crowd is remembered for so long. */
const RECENT_MS = 50;
const LONGEST_REST_MS = 500;

/**
 * Who goes first in a process that takes customers' messages in and works on them as well: whoever waits at the door.
 * While there is a crowd, background work rests after each step as long as the step took; what it has not done yet
 * stands in the log, and it catches up when the crowd is gone.
 */
export class RightOfWay {
  #inside = 0;
  #crowdedAt = -Infinity;

  /** Does what somebody waits for. */
  async first<T>(work: () => Promise<T>): Promise<T> {
    this.#inside += 1;
    try {
      this.#look();
      return await work();
    } finally {
      this.#look();
      this.#inside -= 1;
    }
  }

  /**
   * Rests after a step of background work; at once over when there is no crowd.
   *
   * @param workedMs what the step took; half a second is the longest rest.
   */
  async giveWay(workedMs: number): Promise<void> {
    if (performance.now() - this.#crowdedAt > RECENT_MS) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(workedMs, LONGEST_REST_MS)));
  }

  #look(): void {
    if (this.#inside >= CROWD) this.#crowdedAt = performance.now();
  }
}
