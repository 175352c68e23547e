import type { Channel, ContactTier, Priority, TicketType } from '@tributary/contracts';
import type { Requirement } from './requirement.js';

/** What the routing policy may look at. */
export interface TicketAttributes {
  readonly channel: Channel;
  readonly priority: Priority;
  readonly type: TicketType;
  readonly contactTier: ContactTier;
  readonly language: string | null;
  readonly region: string | null;
  readonly text: string;
}

/** What the policy says about a ticket. */
export interface Route {
  /** Null: the policy's default. `position` counts from 1. */
  readonly rule: { readonly position: number; readonly name: string } | null;
  readonly requirement: Requirement;
  /** The priority that the queue's order goes by. */
  readonly priority: Priority;
  /** What the rule says of it; null when it leaves the ticket's own. */
  readonly rulePriority: Priority | null;
}

/**
 * - `waiting`: in its queue.
 * - `assigned`: an agent holds it and pays its units.
 * - `returned`: no agent has it any more, and `tickets` has still to say that it is ready again.
 * - `withdrawn`: no longer the router's; kept for its versions.
 */
export const WORK_STATES = ['waiting', 'assigned', 'returned', 'withdrawn'] as const;
export type WorkState = (typeof WORK_STATES)[number];

/** A ticket as the router knows it. Instants are milliseconds since 1970. */
export interface WorkItem {
  readonly ticketId: string;
  /** The newest version heard of. */
  ticketVersion: number;
  /** Version of the newest `ticket.ready`; 0 before the first. */
  readyVersion: number;
  /** Null for a ticket that was assigned by hand before it was ever ready. */
  attributes: TicketAttributes | null;
  state: WorkState;
  /** Since when the customer waits; never moves forward while the ticket goes from agent to queue and back. */
  waitingSince: number;
  queueId: string | null;
  /** What it costs the agent who holds it; of 100. */
  units: number;
  agentId: string | null;
  assignedAt: number | null;
  /** Chosen by a person: charged even over capacity. */
  byHand: boolean;
  /** Gave it back: not asked again before `excludedUntil`. */
  excludedAgentId: string | null;
  excludedUntil: number | null;
}

/** Work that is neither waiting nor held needs no place in memory. */
export function isDormant(item: WorkItem): boolean {
  return item.state === 'withdrawn' || item.state === 'returned';
}
