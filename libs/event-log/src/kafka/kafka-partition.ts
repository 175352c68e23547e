/** A partition while this member holds it. */
export class KafkaPartition {
  readonly number: number;
  readonly epoch: bigint;
  /** Records below were handled; what a late fetch brings again is skipped. */
  position = 0n;
  /** Somebody else may hold it: nothing may be committed. */
  fenced = false;
  /** Aborted when it is about to go away, for whatever reason. */
  readonly gone = new AbortController();
  #work: Promise<void> | undefined;

  constructor(number: number, epoch: bigint) {
    this.number = number;
    this.epoch = epoch;
  }

  /** Nothing runs, and it stays ours. */
  get ready(): boolean {
    return this.#work === undefined && !this.gone.signal.aborted;
  }

  /** @param work never rejects. */
  occupy(work: Promise<void>): void {
    this.#work = work.finally(() => (this.#work = undefined));
  }

  /** Resolves with true when nothing runs, with false when something still does after `withinMs`. */
  async settled(withinMs?: number): Promise<boolean> {
    if (this.#work === undefined) return true;
    const done = this.#work.then(() => true);
    if (withinMs === undefined) return done;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), withinMs);
    });
    return Promise.race([done, late]).finally(() => clearTimeout(timer));
  }

  /** The same ownership after a rebalance that left the partition here. */
  kept(): KafkaPartition {
    const kept = new KafkaPartition(this.number, this.epoch);
    kept.position = this.position;
    return kept;
  }

  fence(): void {
    this.fenced = true;
    this.gone.abort();
  }
}
