import { OrderedHeap } from './ordered-heap.js';

/** What ends by itself: an agent's lease, the grace of an absent agent, the time in which a ticket avoids someone. */
export interface Deadline {
  readonly kind: 'lease' | 'absence' | 'exclusion';
  /** The agent, or for `exclusion` the ticket. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** At most one deadline for each agent and each ticket; the earliest is at hand. */
export class Deadlines {
  readonly #order = new OrderedHeap<Deadline>(earlier);
  readonly #of = new Map<string, Deadline>();

  /** Milliseconds since 1970; undefined when nothing ends. */
  get next(): number | undefined {
    return this.#order.first()?.at;
  }

  set(deadline: Deadline): void {
    this.clear(deadline.id);
    this.#of.set(deadline.id, deadline);
    this.#order.add(deadline);
  }

  clear(id: string): void {
    const known = this.#of.get(id);
    if (!known) return;
    this.#of.delete(id);
    this.#order.remove(known);
  }

  /** Takes out the earliest that has come, or undefined. */
  takeDue(now: number): Deadline | undefined {
    const first = this.#order.first();
    if (!first || first.at > now) return undefined;
    this.clear(first.id);
    return first;
  }
}

function earlier(a: Deadline, b: Deadline): boolean {
  return a.at !== b.at ? a.at < b.at : a.id < b.id;
}
