import type { Channel } from '../envelope.js';
import type { ContactTier, PresenceState, Priority, TicketType } from '../topics/routing-work.js';

/**
 * `GET /api/tickets/:id/decisions`: newest first. Why the ticket went where it went.
 * `funnel`: how many agents each filter left, in order. `best`: at most 5, best first.
 */
export interface DecisionView {
  readonly id: string;
  readonly at: string;
  readonly outcome: 'assigned' | 'queued' | 'returned';
  readonly cause: 'arrival' | 'capacity_freed' | 'presence' | 'configuration' | 'lease_ended';
  readonly policyVersion: number;
  /** The rule that matched; null for the policy's default. */
  readonly rule: { readonly position: number; readonly name: string } | null;
  readonly queue: { readonly id: string; readonly name: string };
  readonly requirements: readonly { readonly kind: 'skill' | 'language' | 'region'; readonly text: string }[];
  readonly funnel: readonly { readonly filter: string; readonly left: number }[];
  readonly best: readonly {
    readonly agentId: string;
    readonly name: string;
    /** Seconds since the agent last got work. */
    readonly idleSeconds: number;
    readonly freeUnits: number;
  }[];
  readonly agent: { readonly id: string; readonly name: string } | null;
  readonly tieBreak: string | null;
  /** Seconds the ticket had waited. */
  readonly waitedSeconds: number;
  /** When an agent was freed: how many tickets competed and why this one was first. */
  readonly competitors: number | null;
  readonly epoch: number;
}

export type RuleOperator = 'is' | 'is_not' | 'in' | 'contains' | 'not_contains' | 'set' | 'not_set';
export type RuleField = 'type' | 'text' | 'contactTier' | 'region' | 'language' | 'channel' | 'priority';

/** All conditions must hold. `contains` on text is case-insensitive and takes any one of several words. */
export interface RoutingRule {
  readonly name: string;
  readonly when: readonly {
    readonly field: RuleField;
    readonly op: RuleOperator;
    readonly value?: string | readonly string[];
  }[];
  readonly queueId: string;
  readonly skills: readonly { readonly skillId: string; readonly minLevel: number }[];
  /** The agent must speak the ticket's language / serve its region, when the ticket has one. */
  readonly matchLanguage: boolean;
  readonly matchRegion: boolean;
  /** Priority for the queue's order; null keeps the ticket's own. */
  readonly priority: Priority | null;
}

/** `GET /api/routing/policy`; `PUT` the same with `version` of the one it replaces (412 when somebody was faster). */
export interface RoutingPolicyView {
  readonly version: number;
  readonly rules: readonly RoutingRule[];
  readonly defaultQueueId: string;
  /** Capacity units a ticket costs its agent, by channel, of 100. */
  readonly costs: Readonly<Record<string, number>>;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

/** `POST /api/routing/policy/dry-run`: which rule a ticket would meet, under the draft, and who could take it now. */
export interface DryRunRequest {
  readonly policy: Pick<RoutingPolicyView, 'rules' | 'defaultQueueId' | 'costs'>;
  readonly ticket: {
    readonly channel: Channel;
    readonly type: TicketType;
    readonly priority: Priority;
    readonly contactTier: ContactTier;
    readonly text: string;
    readonly language?: string;
    readonly region?: string;
  };
}
export type DryRunView = Pick<DecisionView, 'rule' | 'queue' | 'requirements' | 'funnel' | 'best' | 'agent'>;

/** `GET /api/queues`. `POST /api/queues {name}`, `PATCH /api/queues/:id {name}` for administrators. */
export interface QueueView {
  readonly id: string;
  readonly name: string;
  readonly teamId: string | null;
}

/** `GET /api/agents/availability`: everyone's presence, for leads and for the assign menu. */
export interface AgentAvailability {
  readonly agentId: string;
  readonly name: string;
  readonly state: PresenceState;
  readonly usedUnits: number;
  readonly assigned: number;
}
