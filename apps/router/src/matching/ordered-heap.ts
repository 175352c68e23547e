/**
 * A binary heap whose items can be removed from the middle. `before` is a strict total order; an item's place in it
 * must not change while it is inside: remove it, change it, add it again.
 */
export class OrderedHeap<T> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #items: T[] = [];
  readonly #positions = new Map<T, number>();

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  first(): T | undefined {
    return this.#items[0];
  }

  has(item: T): boolean {
    return this.#positions.has(item);
  }

  add(item: T): void {
    if (this.#positions.has(item)) throw new Error('the item is in the heap already');
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  /** @returns false when it was not there. */
  remove(item: T): boolean {
    const position = this.#positions.get(item);
    if (position === undefined) return false;
    this.#positions.delete(item);
    const last = this.#items.pop()!;
    if (last !== item) this.#sink(last, this.#rise(last, position));
    return true;
  }

  /** The first `count` in order, without taking them out: O(count log count), whatever the size. */
  firsts(count: number): T[] {
    const found: T[] = [];
    if (this.#items.length === 0 || count <= 0) return found;
    const open = [0];
    while (open.length > 0 && found.length < count) {
      let best = 0;
      for (let i = 1; i < open.length; i += 1) {
        if (this.#before(this.#items[open[i]!]!, this.#items[open[best]!]!)) best = i;
      }
      const [position] = open.splice(best, 1) as [number];
      found.push(this.#items[position]!);
      const left = 2 * position + 1;
      if (left < this.#items.length) open.push(left);
      if (left + 1 < this.#items.length) open.push(left + 1);
    }
    return found;
  }

  items(): Iterable<T> {
    return this.#items;
  }

  #rise(item: T, from: number): number {
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const above = this.#items[parent]!;
      if (!this.#before(item, above)) break;
      this.#put(above, position);
      position = parent;
    }
    this.#put(item, position);
    return position;
  }

  #sink(item: T, from: number): void {
    let position = from;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= this.#items.length) break;
      if (child + 1 < this.#items.length && this.#before(this.#items[child + 1]!, this.#items[child]!)) {
        child += 1;
      }
      const below = this.#items[child]!;
      if (!this.#before(below, item)) break;
      this.#put(below, position);
      position = child;
    }
    this.#put(item, position);
  }

  #put(item: T, position: number): void {
    this.#items[position] = item;
    this.#positions.set(item, position);
  }
}
