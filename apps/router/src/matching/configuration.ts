import type { Channel } from '@tributary/contracts';
import type { Capability } from './requirement.js';
import type { Route, TicketAttributes } from './work-item.js';

export interface AgentProfile extends Capability {
  readonly id: string;
  readonly name: string;
}

/** Everything that people set up: who can do what, and how tickets find their queue. */
export interface Configuration {
  readonly policyVersion: number;
  /** Queue id to name. */
  readonly queues: ReadonlyMap<string, string>;
  readonly defaultQueueId: string;
  readonly agents: readonly AgentProfile[];
  route(ticket: TicketAttributes): Route;
  /** Capacity units of a ticket; null stands for a channel that is not known. */
  unitsOf(channel: Channel | null): number;
}

/** Capacity of an agent, in units. */
export const CAPACITY = 100;
