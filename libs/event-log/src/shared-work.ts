export interface SharedWorkOptions<Item, Result> {
  /** What must not run side by side: a workspace. */
  readonly keyOf: (item: Item) => string;
  /** Does all of it or throws; one result an item. */
  readonly work: (key: string, items: readonly Item[]) => Promise<ReadonlyMap<Item, Result>>;
  /** Items a run at most; 1,000 by default. A single call may be larger. */
  readonly maxItems?: number;
  /** Called between two runs of a key with what the last took; the next begins when it resolves. */
  readonly rest?: (workedMs: number) => Promise<void>;
}

interface Call<Item, Result> {
  readonly items: readonly Item[];
  resolve(results: ReadonlyMap<Item, Result>): void;
  reject(error: unknown): void;
}

/**
 * Lets the batches of several partitions share a transaction: while one of a key runs, others gather for the next. A
 * transaction costs many round trips whatever its size, and two of one workspace would wait for each other's locks.
 * Calls keep their order; a call is never split, and shares the fate of those it ran with.
 */
export class SharedWork<Item, Result> {
  readonly #options: SharedWorkOptions<Item, Result>;
  readonly #waiting = new Map<string, Call<Item, Result>[]>();

  constructor(options: SharedWorkOptions<Item, Result>) {
    this.#options = options;
  }

  /** Does the items of every key, one key after the other. @throws whatever the work threw. */
  async do(items: readonly Item[]): Promise<ReadonlyMap<Item, Result>> {
    const all = new Map<Item, Result>();
    for (const [key, own] of Map.groupBy(items, this.#options.keyOf)) {
      for (const [item, result] of await this.#call(key, own)) all.set(item, result);
    }
    return all;
  }

  #call(key: string, items: readonly Item[]): Promise<ReadonlyMap<Item, Result>> {
    return new Promise((resolve, reject) => {
      const call = { items, resolve, reject };
      const waiting = this.#waiting.get(key);
      if (waiting) return void waiting.push(call);
      this.#waiting.set(key, [call]);
      void this.#run(key);
    });
  }

  async #run(key: string): Promise<void> {
    const waiting = this.#waiting.get(key)!;
    while (waiting.length > 0) {
      const calls = this.#take(waiting);
      const begun = performance.now();
      try {
        const results = await this.#options.work(
          key,
          calls.flatMap((call) => call.items),
        );
        for (const call of calls) call.resolve(new Map(call.items.map((item) => [item, results.get(item)!])));
      } catch (error) {
        for (const call of calls) call.reject(error);
      }
      await this.#options.rest?.(performance.now() - begun);
    }
    this.#waiting.delete(key);
  }

  #take(waiting: Call<Item, Result>[]): readonly Call<Item, Result>[] {
    const { maxItems = 1000 } = this.#options;
    let items = 0;
    const end = waiting.findIndex((call, i) => (items += call.items.length) > maxItems && i > 0);
    return waiting.splice(0, end === -1 ? waiting.length : end);
  }
}
