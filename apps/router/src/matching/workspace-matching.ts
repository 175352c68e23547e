import type { PresenceState, TicketWithdrawn } from '@tributary/contracts';
import type { Seat } from './agent-pool.js';
import type { Configuration } from './configuration.js';
import { Deadlines } from './deadlines.js';
import type { DecisionCause } from './decision.js';
import { exclude, forgetExclusion, wasGivenBack } from './exclusion.js';
import { explainChoice, nameOf } from './explain.js';
import { type Changes, Matcher } from './matcher.js';
import { type Score, strictScore } from './score.js';
import type { Waiting } from './waiting-lines.js';
import { isDormant, type TicketAttributes, type WorkItem } from './work-item.js';

/** Absence after which held e-mail and web-form work goes back to its queue. */
export const ABSENCE_GRACE_MS = 10 * 60_000;
/** After a restart nobody counts as absent before they had the time to renew a lease that nobody could record. */
export const RESTART_GRACE_MS = 60_000;

export interface TicketArrival {
  readonly ticketId: string;
  readonly ticketVersion: number;
  readonly attributes: TicketAttributes;
  readonly waitingSince: number;
}

export interface TicketWithdrawal {
  readonly ticketId: string;
  readonly ticketVersion: number;
  readonly reason: TicketWithdrawn['reason'];
  /** Who holds it now, when assigned by hand. */
  readonly agentId: string | null;
}

export interface PresenceChange {
  readonly agentId: string;
  readonly state: PresenceState;
  readonly leaseUntil: number;
}

/** A seat as it is stored; what the agent holds follows from the items. */
export type StoredSeat = Pick<Seat, 'agentId' | 'state' | 'leaseUntil' | 'absentSince' | 'idleSince'>;

export interface MatchingState {
  readonly configuration: Configuration;
  readonly seats: readonly StoredSeat[];
  /** Waiting and assigned ones. */
  readonly items: readonly WorkItem[];
  readonly now: number;
  /** `strictScore` by default. */
  readonly score?: Score;
}

/**
 * The routing state of one workspace and the decisions on it. Each event matches at once whom it makes matchable, so
 * that after it no ticket waits while an agent who may take it is free. No clock of its own: every event brings the
 * instant, in milliseconds since 1970, and the same events bring the same decisions.
 */
export class WorkspaceMatching {
  readonly #matcher: Matcher;
  readonly #items = new Map<string, WorkItem>();
  readonly #deadlines = new Deadlines();
  readonly #noReturnBefore: number;

  constructor(state: MatchingState) {
    this.#matcher = new Matcher(state.configuration, state.score ?? strictScore);
    this.#noReturnBefore = state.now + RESTART_GRACE_MS;
    for (const { agentId, ...presence } of state.seats) {
      const { leaseUntil, absentSince, idleSince } = presence;
      const seat = this.#matcher.pool.seat(agentId);
      Object.assign(seat, { state: presence.state, leaseUntil, absentSince, idleSince });
      this.#watchPresence(seat);
    }
    for (const item of state.items) {
      this.#items.set(item.ticketId, item);
      this.#watchExclusion(item);
      if (item.agentId !== null) this.#matcher.charge(item, this.#matcher.pool.seat(item.agentId), null);
    }
    this.configurationChanges(state.configuration, state.now);
  }

  /** When something ends by itself; undefined when nothing does. */
  get nextDeadline(): number | undefined {
    return this.#deadlines.next;
  }

  knows(ticketId: string): boolean {
    return this.#items.has(ticketId);
  }

  /** Brings back tickets that had left the memory, so that their versions and age count. */
  recall(items: readonly WorkItem[]): void {
    for (const item of items) {
      this.#items.set(item.ticketId, item);
      this.#matcher.touchItem(item);
    }
  }

  /** @returns false for a version that is not newer than what is known: nothing was done. */
  ticketArrives(arrival: TicketArrival, now: number): boolean {
    this.advance(now);
    const { ticketVersion, attributes } = arrival;
    const item = this.#item(arrival.ticketId, arrival.waitingSince);
    if (ticketVersion <= item.readyVersion || ticketVersion < item.ticketVersion) return false;
    const age = item.state === 'withdrawn' ? arrival.waitingSince : item.waitingSince;
    const gaveBack = wasGivenBack(item, attributes, now);
    const holder = this.#matcher.withdraw(item);
    item.ticketVersion = ticketVersion;
    item.readyVersion = ticketVersion;
    item.attributes = attributes;
    item.waitingSince = Math.min(age, arrival.waitingSince);
    if (holder && gaveBack) exclude(item, holder, now);
    if (item.excludedUntil !== null && item.excludedUntil <= now) forgetExclusion(item);
    const waiting = this.#matcher.enter(item, this.#matcher.configuration.route(attributes));
    this.#watchExclusion(item);
    if (holder) this.#matcher.serve(holder, 'capacity_freed', now, waiting);
    this.#matcher.place(waiting, 'arrival', now);
    if (holder) this.#matcher.serve(holder, 'capacity_freed', now);
    if (item.state === 'waiting') this.#matcher.queued(waiting, 'arrival', now);
    return true;
  }

  /** @returns false for a version that is older than what is known: nothing was done. */
  ticketWithdrawn(withdrawal: TicketWithdrawal, now: number): boolean {
    this.advance(now);
    const { ticketVersion, reason, agentId } = withdrawal;
    const item = this.#item(withdrawal.ticketId, now);
    if (ticketVersion < item.ticketVersion) return false;
    const holder = this.#matcher.withdraw(item);
    item.ticketVersion = ticketVersion;
    forgetExclusion(item);
    if (reason === 'assigned_by_hand' && agentId !== null) {
      item.byHand = true;
      item.units = this.#matcher.configuration.unitsOf(item.attributes?.channel ?? null);
      const seat = this.#matcher.pool.seat(agentId);
      this.#matcher.charge(item, seat, now);
      if (seat.profile?.active === false) this.#returnHeld(seat, 'configuration', now);
    } else if (reason === 'unassigned') {
      item.state = 'returned';
      if (holder) exclude(item, holder, now);
    }
    this.#watchExclusion(item);
    if (holder) this.#matcher.serve(holder, 'capacity_freed', now);
    return true;
  }

  /** A lease that is over already counts as ended: a late record makes nobody available. */
  presenceChanges(change: PresenceChange, now: number): void {
    this.advance(now);
    const seat = this.#matcher.pool.seat(change.agentId);
    const before = seat.state;
    this.#matcher.pool.change(seat, () => {
      seat.state = change.state;
      seat.leaseUntil = change.leaseUntil;
      seat.absentSince = null;
      if (change.state === 'available') seat.idleSince ??= now;
    });
    this.#matcher.touchSeat(seat, before !== change.state);
    this.#watchPresence(seat);
    this.advance(now);
    if (before !== 'available') this.#matcher.serve(seat, 'presence', now);
  }

  /** People, skills, queues or the policy are others now: waiting tickets are routed anew and keep their age. */
  configurationChanges(configuration: Configuration, now: number): void {
    this.advance(now);
    const matcher = this.#matcher;
    matcher.configuration = configuration;
    matcher.pool.regroup(configuration.agents);
    matcher.lines.clear();
    const moved: Waiting[] = [];
    for (const item of this.#items.values()) {
      if (item.state !== 'waiting' || !item.attributes) continue;
      const { queueId } = item;
      const waiting = matcher.enter(item, configuration.route(item.attributes));
      if (item.queueId !== queueId) moved.push(waiting);
    }
    matcher.matchAll('configuration', now);
    for (const waiting of moved) {
      if (waiting.item.state === 'waiting') matcher.queued(waiting, 'configuration', now);
    }
    for (const seat of matcher.pool.seats()) {
      if (seat.profile?.active === false) this.#returnHeld(seat, 'configuration', now);
    }
  }

  /** Ends what has ended by `now`: leases, the grace of absent agents, exclusions. */
  advance(now: number): void {
    for (let due = this.#deadlines.takeDue(now); due; due = this.#deadlines.takeDue(now)) {
      switch (due.kind) {
        case 'lease':
          this.#endLease(this.#matcher.pool.seat(due.id));
          break;
        case 'absence': {
          const seat = this.#matcher.pool.seat(due.id);
          this.#returnHeld(seat, 'lease_ended', now, seat.absentSince ?? now);
          break;
        }
        case 'exclusion':
          this.#endExclusion(due.id, now);
          break;
      }
    }
  }

  /** Who could take a ticket with these attributes now, and why; nothing is decided. */
  preview(attributes: TicketAttributes, now: number) {
    this.advance(now);
    const { configuration, lines } = this.#matcher;
    const route = configuration.route(attributes);
    const units = configuration.unitsOf(attributes.channel);
    const line = lines.lineFor({ units, excludedAgentId: null }, route);
    const list = this.#matcher.shortlist(line);
    const [first] = list.best;
    return {
      rule: route.rule,
      queue: this.#matcher.queueRef(route.requirement.queueId),
      ...explainChoice(line, list, now),
      agent: first ? { id: first.agentId, name: nameOf(first) } : null,
    };
  }

  /** What changed since the last call, to be stored. Dormant work leaves the memory with it. */
  takeChanges(): Changes {
    const changes = this.#matcher.takeChanges();
    for (const item of changes.items) if (isDormant(item)) this.#items.delete(item.ticketId);
    return changes;
  }

  /** Everything that decides the future, in a fixed order: equal snapshots decide equally. */
  snapshot() {
    const items = [...this.#items.values()].toSorted((a, b) => (a.ticketId < b.ticketId ? -1 : 1));
    const seats = [...this.#matcher.pool.seats()]
      .map(({ agentId, state, leaseUntil, absentSince, idleSince, usedUnits, held }) => {
        const tickets = [...held].toSorted();
        return { agentId, state, leaseUntil, absentSince, idleSince, usedUnits, held: tickets };
      })
      .toSorted((a, b) => (a.agentId < b.agentId ? -1 : 1));
    return { items: structuredClone(items), seats };
  }

  #item(ticketId: string, waitingSince: number): WorkItem {
    const known = this.#items.get(ticketId);
    if (known) return known;
    const item: WorkItem = {
      ticketId,
      ticketVersion: 0,
      readyVersion: 0,
      attributes: null,
      state: 'withdrawn',
      waitingSince,
      queueId: null,
      units: 0,
      agentId: null,
      assignedAt: null,
      byHand: false,
      excludedAgentId: null,
      excludedUntil: null,
    };
    this.#items.set(ticketId, item);
    return item;
  }

  #watchPresence(seat: Seat): void {
    const { agentId: id, state, leaseUntil, absentSince } = seat;
    if (state !== 'offline') this.#deadlines.set({ kind: 'lease', id, at: leaseUntil });
    else if (absentSince !== null) this.#watchAbsence(seat, absentSince);
    else this.#deadlines.clear(id);
  }

  #watchAbsence(seat: Seat, since: number): void {
    const at = Math.max(since + ABSENCE_GRACE_MS, this.#noReturnBefore);
    this.#deadlines.set({ kind: 'absence', id: seat.agentId, at });
  }

  #watchExclusion(item: WorkItem): void {
    const { ticketId: id, excludedUntil } = item;
    if (excludedUntil === null || isDormant(item)) this.#deadlines.clear(id);
    else this.#deadlines.set({ kind: 'exclusion', id, at: excludedUntil });
  }

  /** Who went on a break said so, and keeps what they hold; everyone else is absent from now on. */
  #endLease(seat: Seat): void {
    const absentSince = seat.state === 'break' ? null : seat.leaseUntil;
    this.#matcher.pool.change(seat, () => {
      seat.state = 'offline';
      seat.absentSince = absentSince;
    });
    this.#matcher.touchSeat(seat);
    if (absentSince !== null) this.#watchAbsence(seat, absentSince);
  }

  /**
   * What the agent holds goes back to its queue with its age, and to somebody else at once if anyone is free. Work
   * that somebody gave to an absent agent by hand after `heldBefore` stays: that was on purpose.
   */
  #returnHeld(seat: Seat, cause: DecisionCause, now: number, heldBefore = Infinity): void {
    const matcher = this.#matcher;
    const entered: { readonly waiting: Waiting; readonly queueId: string | null }[] = [];
    for (const ticketId of [...seat.held].toSorted()) {
      const item = this.#items.get(ticketId)!;
      if ((item.assignedAt ?? 0) > heldBefore) continue;
      const { attributes, queueId } = item;
      matcher.returned(item, cause, now);
      // Without attributes it was never ready, and nobody knows where it belongs.
      if (attributes)
        entered.push({ queueId, waiting: matcher.enter(item, matcher.configuration.route(attributes)) });
    }
    matcher.placeAll(
      entered.map(({ waiting }) => waiting),
      cause,
      now,
    );
    for (const { waiting, queueId } of entered) {
      const { item } = waiting;
      if (item.state === 'waiting' && item.queueId !== queueId) matcher.queued(waiting, cause, now);
    }
  }

  #endExclusion(ticketId: string, now: number): void {
    const item = this.#items.get(ticketId);
    if (!item || item.excludedUntil === null) return;
    forgetExclusion(item);
    this.#matcher.touchItem(item);
    const waiting = this.#matcher.lines.waiting(ticketId);
    if (!waiting) return;
    this.#matcher.lines.leave(ticketId);
    this.#matcher.place(this.#matcher.enter(item, waiting.route), 'capacity_freed', now);
  }
}
