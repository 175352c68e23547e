import type { Seat } from './agent-pool.js';
import type { OrderedHeap } from './ordered-heap.js';
import {
  type Capability,
  capabilityFilters,
  type CapabilityFilter,
  type Requirement,
} from './requirement.js';

/** Agents that can do the same work, and among them those who could take some now. */
export interface AgentClass {
  readonly profile: Capability;
  size: number;
  /** Available agents by free units, each heap longest idle first. */
  readonly available: Map<number, OrderedHeap<Seat>>;
  present: number;
}

export interface CapabilityFunnel {
  /** How many agents each filter on capability leaves, in order: the part that presence cannot change. */
  readonly funnel: readonly { readonly filter: string; readonly left: number }[];
  readonly capable: readonly AgentClass[];
}

/**
 * Answers which agents a requirement leaves. Requirements share their filters, so each filter is asked once an agent
 * class and kept as a set of bits, one an agent; a class's agents stand side by side.
 */
export class CapabilityIndex {
  readonly #classes: readonly AgentClass[];
  readonly #agents: number;
  readonly #passing = new Map<string, Uint32Array>();

  /** @param classes whose sizes are final. */
  constructor(classes: readonly AgentClass[]) {
    this.#classes = classes;
    this.#agents = classes.reduce((sum, { size }) => sum + size, 0);
  }

  funnelOf(requirement: Requirement): CapabilityFunnel {
    const left = new Uint32Array(Math.ceil(this.#agents / 32)).fill(0xffff_ffff);
    const funnel = capabilityFilters(requirement).map((filter) => {
      const passing = this.#passingOf(filter);
      for (let word = 0; word < left.length; word += 1) left[word]! &= passing[word]!;
      return { filter: filter.filter, left: countBits(left) };
    });
    let first = 0;
    const capable = this.#classes.filter(({ size }) => {
      const passes = (left[first >>> 5]! & (1 << (first & 31))) !== 0;
      first += size;
      return passes;
    });
    return { funnel, capable };
  }

  #passingOf(filter: CapabilityFilter): Uint32Array {
    const known = this.#passing.get(filter.key);
    if (known) return known;
    const bits = new Uint32Array(Math.ceil(this.#agents / 32));
    let first = 0;
    for (const { profile, size } of this.#classes) {
      if (filter.passes(profile)) {
        for (let agent = first; agent < first + size; agent += 1) bits[agent >>> 5]! |= 1 << (agent & 31);
      }
      first += size;
    }
    this.#passing.set(filter.key, bits);
    return bits;
  }
}

/** Set bits of 32 at a time, by sums of neighbours (Warren, Hacker's Delight, 5-1). */
function countBits(words: Uint32Array): number {
  let count = 0;
  for (let word of words) {
    word -= (word >>> 1) & 0x5555_5555;
    word = (word & 0x3333_3333) + ((word >>> 2) & 0x3333_3333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return count;
}
