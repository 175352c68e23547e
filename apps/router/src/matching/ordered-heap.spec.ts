import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrderedHeap } from './ordered-heap.js';

interface Thing {
  readonly rank: number;
}

describe('an ordered heap', () => {
  it('has the same first items as a sorted list, whatever was added and removed', () => {
    const step = fc.record({ rank: fc.nat(50), removes: fc.option(fc.nat(30)), firsts: fc.nat(7) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const heap = new OrderedHeap<Thing>((a, b) => a.rank < b.rank);
        const list: Thing[] = [];
        for (const { rank, removes, firsts } of steps) {
          const thing = { rank };
          heap.add(thing);
          list.push(thing);
          if (removes !== null && removes < list.length) heap.remove(list.splice(removes, 1)[0]!);
          const sorted = list.map((each) => each.rank).toSorted((a, b) => a - b);
          expect(heap.size).toBe(list.length);
          expect(heap.first()?.rank).toBe(sorted[0]);
          expect(heap.firsts(firsts).map((each) => each.rank)).toEqual(sorted.slice(0, firsts));
        }
      }),
    );
  });

  it('says whether an item was there', () => {
    const heap = new OrderedHeap<Thing>((a, b) => a.rank < b.rank);
    const thing = { rank: 1 };
    heap.add(thing);
    expect([heap.has(thing), heap.remove(thing), heap.has(thing), heap.remove(thing)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('takes no item twice', () => {
    const heap = new OrderedHeap<Thing>((a, b) => a.rank < b.rank);
    const thing = { rank: 1 };
    heap.add(thing);
    expect(() => heap.add(thing)).toThrow(/already/);
  });
});
