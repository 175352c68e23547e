import type { PresenceState } from '@tributary/contracts';
import { type AgentProfile, CAPACITY } from './configuration.js';
import { OrderedHeap } from './ordered-heap.js';
import { type AgentClass, CapabilityIndex } from './capability-index.js';
import { capabilitySignature } from './requirement.js';

/** Where one agent stands. Instants are milliseconds since 1970. */
export interface Seat {
  readonly agentId: string;
  /** Null while only their presence or work is known, and the directory's word is still to come. */
  profile: AgentProfile | null;
  state: PresenceState;
  leaseUntil: number;
  /** When the lease ended without a word; null while present or absent by their own choice. */
  absentSince: number | null;
  /** Since when without new work: the last assignment, or the first time they were available. */
  idleSince: number | null;
  usedUnits: number;
  /** Tickets they hold. */
  readonly held: Set<string>;
}

export interface Shortlist {
  readonly present: number;
  /** Present with enough free units, and not excluded. */
  readonly able: number;
  /** Those of `able` that lead, at most 5, best first. */
  readonly best: readonly Seat[];
  /** 1 when the one who gave it back is present with enough free units. */
  readonly excluded: number;
}

const SHORTLIST = 5;

/**
 * Longest idle first. A batch gives work to many agents in one instant: among equals the one who carries least goes
 * first, so that the work spreads, and then the smallest id.
 */
export function idleLonger(a: Seat, b: Seat): boolean {
  const since = (seat: Seat) => seat.idleSince ?? 0;
  if (since(a) !== since(b)) return since(a) < since(b);
  return a.usedUnits !== b.usedUnits ? a.usedUnits < b.usedUnits : a.agentId < b.agentId;
}

/** The agents of one workspace, grouped by what they can do. */
export class AgentPool {
  readonly #seats = new Map<string, Seat>();
  #capabilities = new CapabilityIndex([]);
  readonly #classOf = new Map<Seat, AgentClass>();

  get capabilities(): CapabilityIndex {
    return this.#capabilities;
  }

  seats(): Iterable<Seat> {
    return this.#seats.values();
  }

  find(agentId: string): Seat | undefined {
    return this.#seats.get(agentId);
  }

  classOf(seat: Seat): AgentClass | undefined {
    return this.#classOf.get(seat);
  }

  /** The agent's seat; a new one, offline, for an agent never heard of. */
  seat(agentId: string): Seat {
    const known = this.#seats.get(agentId);
    if (known) return known;
    const seat: Seat = {
      agentId,
      profile: null,
      state: 'offline',
      leaseUntil: 0,
      absentSince: null,
      idleSince: null,
      usedUnits: 0,
      held: new Set(),
    };
    this.#seats.set(agentId, seat);
    return seat;
  }

  /** Groups everyone anew. Seats keep their presence and work; who is in no profile can take nothing. */
  regroup(profiles: readonly AgentProfile[]): void {
    const classes = new Map<string, AgentClass>();
    this.#classOf.clear();
    for (const seat of this.#seats.values()) seat.profile = null;
    for (const profile of profiles) {
      const seat = this.seat(profile.id);
      seat.profile = profile;
      const signature = capabilitySignature(profile);
      let group = classes.get(signature);
      if (!group) {
        group = { profile, size: 0, available: new Map(), present: 0 };
        classes.set(signature, group);
      }
      group.size += 1;
      this.#classOf.set(seat, group);
      this.#enter(seat);
    }
    this.#capabilities = new CapabilityIndex([...classes.values()]);
  }

  /** The only way to change what decides a seat's place: presence, idle time, units. */
  change(seat: Seat, apply: (seat: Seat) => void): void {
    this.#leave(seat);
    apply(seat);
    this.#enter(seat);
  }

  #enter(seat: Seat): void {
    const group = this.#classOf.get(seat);
    if (!group || seat.state !== 'available') return;
    const free = CAPACITY - seat.usedUnits;
    let heap = group.available.get(free);
    if (!heap) {
      heap = new OrderedHeap(idleLonger);
      group.available.set(free, heap);
    }
    heap.add(seat);
    group.present += 1;
  }

  #leave(seat: Seat): void {
    const group = this.#classOf.get(seat);
    const free = CAPACITY - seat.usedUnits;
    const heap = group?.available.get(free);
    if (!group || !heap?.remove(seat)) return;
    group.present -= 1;
    if (heap.size === 0) group.available.delete(free);
  }
}

/** Who could take a ticket of these units now, without asking the one who gave it back. */
export function shortlist(capable: readonly AgentClass[], units: number, exclude?: Seat): Shortlist {
  const best: Seat[] = [];
  let present = 0;
  let able = 0;
  let excluded = 0;
  for (const group of capable) {
    present += group.present;
    for (const [free, heap] of group.available) {
      if (free < units) continue;
      able += heap.size;
      if (exclude && heap.has(exclude)) excluded = 1;
      if (best.length === SHORTLIST && !idleLonger(heap.first()!, best[SHORTLIST - 1]!)) continue;
      for (const seat of heap.firsts(SHORTLIST + (exclude ? 1 : 0))) {
        if (seat !== exclude) insert(best, seat);
      }
    }
  }
  return { present, able: able - excluded, best, excluded };
}

function insert(best: Seat[], seat: Seat): void {
  let position = best.length;
  while (position > 0 && idleLonger(seat, best[position - 1]!)) position -= 1;
  if (position >= SHORTLIST) return;
  best.splice(position, 0, seat);
  if (best.length > SHORTLIST) best.pop();
}
