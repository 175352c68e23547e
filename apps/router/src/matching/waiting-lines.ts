import type { Priority } from '@tributary/contracts';
import type { AgentClass, CapabilityFunnel } from './capability-index.js';
import { OrderedHeap } from './ordered-heap.js';
import { type Requirement, requirementSignature } from './requirement.js';
import { waitedLonger } from './score.js';
import type { Route, WorkItem } from './work-item.js';

/** A waiting ticket in its line. */
export interface Waiting {
  readonly ticketId: string;
  readonly waitingSince: number;
  readonly priority: Priority;
  readonly item: WorkItem;
  readonly route: Route;
}

/** A class of waiting tickets: one requirement, one priority, one cost. Inside, the longest wait leads. */
export interface Line extends CapabilityFunnel {
  readonly requirement: Requirement;
  readonly units: number;
  readonly excludedAgentId: string | null;
  readonly tickets: OrderedHeap<Waiting>;
}

/** Emptied lines are kept, since the next ticket is often alike; beyond so many they are swept. */
const LINES_KEPT = 4096;

/** The waiting tickets of one workspace by class, and which class an agent of which class may serve. */
export class WaitingLines {
  readonly #lines = new Map<string, Line>();
  readonly #of = new Map<string, { readonly line: Line; readonly waiting: Waiting }>();
  #servable = new Map<AgentClass, Line[]>();

  /** @param funnelOf which agents a requirement leaves, among those of today. */
  constructor(private readonly funnelOf: (requirement: Requirement) => CapabilityFunnel) {}

  /** Forgets everything, for a new configuration: requirements and capabilities have new meanings. */
  clear(): void {
    this.#lines.clear();
    this.#of.clear();
    this.#servable = new Map();
  }

  lineOf(ticketId: string): Line | undefined {
    return this.#of.get(ticketId)?.line;
  }

  waiting(ticketId: string): Waiting | undefined {
    return this.#of.get(ticketId)?.waiting;
  }

  /** Lines with at least one ticket. */
  *open(): Iterable<Line> {
    for (const line of this.#lines.values()) if (line.tickets.size > 0) yield line;
  }

  /** Lines that agents of the class may serve, empty ones too. */
  servableBy(agents: AgentClass): readonly Line[] {
    return this.#servable.get(agents) ?? [];
  }

  enter(item: WorkItem, route: Route): Waiting {
    const line = this.lineFor(item, route);
    const { ticketId, waitingSince } = item;
    const waiting: Waiting = { ticketId, waitingSince, priority: route.priority, item, route };
    line.tickets.add(waiting);
    this.#of.set(ticketId, { line, waiting });
    return waiting;
  }

  leave(ticketId: string): void {
    const place = this.#of.get(ticketId);
    if (!place) return;
    place.line.tickets.remove(place.waiting);
    this.#of.delete(ticketId);
  }

  /** The ticket's class, made when it is the first of its kind. */
  lineFor(item: Pick<WorkItem, 'units' | 'excludedAgentId'>, route: Route): Line {
    const { units, excludedAgentId } = item;
    const signature = requirementSignature(route.requirement);
    const key = `${signature} ${route.priority} ${units} ${excludedAgentId ?? ''}`;
    const known = this.#lines.get(key);
    if (known) return known;
    if (this.#lines.size >= LINES_KEPT) this.#sweep();
    const { funnel, capable } = this.funnelOf(route.requirement);
    const tickets = new OrderedHeap<Waiting>(waitedLonger);
    const line = { requirement: route.requirement, units, excludedAgentId, tickets, capable, funnel };
    this.#lines.set(key, line);
    for (const agents of capable) {
      const lines = this.#servable.get(agents);
      if (lines) lines.push(line);
      else this.#servable.set(agents, [line]);
    }
    return line;
  }

  #sweep(): void {
    for (const [key, line] of this.#lines) if (line.tickets.size === 0) this.#lines.delete(key);
    for (const [agents, lines] of this.#servable) {
      this.#servable.set(
        agents,
        lines.filter((line) => line.tickets.size > 0),
      );
    }
  }
}
