import { AgentPool, type Seat, type Shortlist, shortlist } from './agent-pool.js';
import { CAPACITY, type Configuration } from './configuration.js';
import type { Decision, DecisionCause } from './decision.js';
import { agentTieBreak, explainChoice, explainRequirement, nameOf, seconds } from './explain.js';
import { OrderedHeap } from './ordered-heap.js';
import type { Score } from './score.js';
import { type Line, type Waiting, WaitingLines } from './waiting-lines.js';
import type { Route, WorkItem } from './work-item.js';

/** What must be stored after a batch. */
export interface Changes {
  readonly decisions: readonly Decision[];
  readonly items: readonly WorkItem[];
  readonly seats: readonly Seat[];
  /** Of the seats those that people see change: not those that were only renewed. */
  readonly visible: readonly Seat[];
}

/** Puts tickets and agents together, and remembers what it changed and why. */
export class Matcher {
  readonly pool = new AgentPool();
  readonly lines = new WaitingLines((requirement) => this.pool.capabilities.funnelOf(requirement));
  #decisions: Decision[] = [];
  #changedItems = new Set<WorkItem>();
  /** Whether people see the change. */
  #changedSeats = new Map<Seat, boolean>();

  constructor(
    public configuration: Configuration,
    private readonly score: Score,
  ) {}

  touchItem(item: WorkItem): void {
    this.#changedItems.add(item);
  }

  touchSeat(seat: Seat, visible = true): void {
    this.#changedSeats.set(seat, visible || this.#changedSeats.get(seat) === true);
  }

  takeChanges(): Changes {
    const changes = {
      decisions: this.#decisions,
      items: [...this.#changedItems],
      seats: [...this.#changedSeats.keys()],
      visible: [...this.#changedSeats].filter(([, visible]) => visible).map(([seat]) => seat),
    };
    this.#decisions = [];
    this.#changedItems = new Set();
    this.#changedSeats = new Map();
    return changes;
  }

  /** The ticket waits in the queue of its route. */
  enter(item: WorkItem, route: Route): Waiting {
    const { queueId } = route.requirement;
    const units = this.configuration.unitsOf(item.attributes?.channel ?? null);
    if (item.state !== 'waiting' || item.queueId !== queueId || item.units !== units) this.touchItem(item);
    item.state = 'waiting';
    item.queueId = queueId;
    item.units = units;
    return this.lines.enter(item, route);
  }

  /** Gives a waiting ticket to the agent who leads, if anyone may take it. */
  place(waiting: Waiting, cause: DecisionCause, now: number): void {
    const line = this.lines.lineOf(waiting.ticketId);
    if (!line) return;
    const list = this.shortlist(line);
    const [seat] = list.best;
    if (!seat) return;
    this.#record(waiting, line, list, now, {
      outcome: 'assigned',
      cause,
      agent: seat,
      tieBreak: agentTieBreak(list),
      competitors: null,
    });
    this.#assign(waiting, seat, now);
  }

  /** `place` for several, the first by score first. */
  placeAll(waiting: readonly Waiting[], cause: DecisionCause, now: number): void {
    const ordered = waiting.toSorted((a, b) => (this.score.before(a, b, now) ? -1 : 1));
    for (const each of ordered) this.place(each, cause, now);
  }

  /** Gives an agent waiting tickets, the first by score each time, until nothing fits or `until` would be next. */
  serve(seat: Seat, cause: DecisionCause, now: number, until?: Waiting): void {
    for (;;) {
      const next = this.#nextFor(seat, now);
      if (!next) return;
      const { waiting, line } = next;
      if (until && (waiting === until || !this.score.before(waiting, until, now))) return;
      this.#record(waiting, line, this.shortlist(line), now, {
        outcome: 'assigned',
        cause,
        agent: seat,
        tieBreak: next.runnerUp ? this.score.reason(waiting, next.runnerUp, now) : null,
        competitors: next.competitors,
      });
      this.#assign(waiting, seat, now);
    }
  }

  /** Everyone with everything: the first ticket by score that somebody may take goes first. */
  matchAll(cause: DecisionCause, now: number): void {
    // Only capacity shrinks here, so that a class nobody can take now stays so to the end.
    const open = new OrderedHeap<{ readonly line: Line; readonly head: Waiting }>((a, b) =>
      this.score.before(a.head, b.head, now),
    );
    for (const line of this.lines.open()) open.add({ line, head: line.tickets.first()! });
    for (let entry = open.first(); entry; entry = open.first()) {
      open.remove(entry);
      const { line, head } = entry;
      this.place(head, cause, now);
      const next = line.tickets.first();
      if (next && next !== head) open.add({ line, head: next });
    }
  }

  /** Says that the ticket waits, and why nobody has it. */
  queued(waiting: Waiting, cause: DecisionCause, now: number): void {
    const line = this.lines.lineOf(waiting.ticketId)!;
    this.#record(waiting, line, this.shortlist(line), now, {
      outcome: 'queued',
      cause,
      agent: null,
      tieBreak: null,
      competitors: null,
    });
  }

  /** Takes the ticket out of its line, or from the agent who holds it. @returns that agent. */
  withdraw(item: WorkItem): Seat | undefined {
    this.lines.leave(item.ticketId);
    const seat = item.agentId === null ? undefined : this.pool.seat(item.agentId);
    if (seat) {
      this.pool.change(seat, () => (seat.usedUnits -= item.units));
      seat.held.delete(item.ticketId);
      this.touchSeat(seat);
    }
    item.state = 'withdrawn';
    item.agentId = null;
    item.assignedAt = null;
    item.byHand = false;
    this.touchItem(item);
    return seat;
  }

  /** The agent pays for the ticket. `now` is null while a stored state is restored. */
  charge(item: WorkItem, seat: Seat, now: number | null): void {
    this.pool.change(seat, () => {
      seat.usedUnits += item.units;
      if (now !== null) seat.idleSince = now;
    });
    seat.held.add(item.ticketId);
    if (now === null) return;
    item.state = 'assigned';
    item.agentId = seat.agentId;
    item.assignedAt = now;
    item.excludedAgentId = null;
    item.excludedUntil = null;
    this.touchItem(item);
    this.touchSeat(seat);
  }

  /** The ticket leaves an agent who cannot work on it any more. */
  returned(item: WorkItem, cause: DecisionCause, now: number): void {
    const seat = this.withdraw(item);
    item.state = 'returned';
    const route = item.attributes && this.configuration.route(item.attributes);
    this.#decisions.push({
      at: now,
      ticketId: item.ticketId,
      ticketVersion: item.ticketVersion,
      outcome: 'returned',
      cause,
      rulePriority: route?.rulePriority ?? null,
      policyVersion: this.configuration.policyVersion,
      rule: route?.rule ?? null,
      queue: this.queueRef(item.queueId ?? route?.requirement.queueId ?? this.configuration.defaultQueueId),
      requirements: route ? explainRequirement(route.requirement) : [],
      funnel: [],
      best: [],
      agent: seat ? { id: seat.agentId, name: nameOf(seat) } : null,
      tieBreak: null,
      waitedSeconds: seconds(now - item.waitingSince),
      competitors: null,
    });
  }

  shortlist(line: Line): Shortlist {
    const excluded = line.excludedAgentId === null ? undefined : this.pool.find(line.excludedAgentId);
    return shortlist(line.capable, line.units, excluded);
  }

  queueRef(queueId: string): Decision['queue'] {
    return { id: queueId, name: this.configuration.queues.get(queueId) ?? '' };
  }

  #nextFor(seat: Seat, now: number) {
    const agents = this.pool.classOf(seat);
    if (!agents || seat.state !== 'available') return undefined;
    const free = CAPACITY - seat.usedUnits;
    let best: { readonly line: Line; readonly waiting: Waiting } | undefined;
    let runnerUp: Waiting | undefined;
    let competitors = 0;
    for (const line of this.lines.servableBy(agents)) {
      const waiting = line.tickets.first();
      if (!waiting || line.units > free || line.excludedAgentId === seat.agentId) continue;
      competitors += line.tickets.size;
      if (!best || this.score.before(waiting, best.waiting, now)) {
        runnerUp = best?.waiting;
        best = { line, waiting };
      } else if (!runnerUp || this.score.before(waiting, runnerUp, now)) {
        runnerUp = waiting;
      }
    }
    if (!best) return undefined;
    const second = best.line.tickets.firsts(2)[1];
    if (second && (!runnerUp || this.score.before(second, runnerUp, now))) runnerUp = second;
    return { ...best, runnerUp, competitors };
  }

  #assign(waiting: Waiting, seat: Seat, now: number): void {
    this.lines.leave(waiting.ticketId);
    this.charge(waiting.item, seat, now);
  }

  #record(
    waiting: Waiting,
    line: Line,
    list: Shortlist,
    now: number,
    choice: Pick<Decision, 'outcome' | 'cause' | 'tieBreak' | 'competitors'> & { agent: Seat | null },
  ): void {
    const { item, route } = waiting;
    this.#decisions.push({
      at: now,
      ticketId: item.ticketId,
      ticketVersion: item.ticketVersion,
      rulePriority: route.rulePriority,
      policyVersion: this.configuration.policyVersion,
      rule: route.rule,
      queue: this.queueRef(route.requirement.queueId),
      ...explainChoice(line, list, now),
      ...choice,
      agent: choice.agent && { id: choice.agent.agentId, name: nameOf(choice.agent) },
      waitedSeconds: seconds(now - item.waitingSince),
    });
  }
}
