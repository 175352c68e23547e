import type { Channel, Priority, RoutingRule } from '@tributary/contracts';
import type { AgentProfile, Configuration } from '../matching/configuration.js';
import type { TicketAttributes } from '../matching/work-item.js';
import { type TicketArrival, WorkspaceMatching } from '../matching/workspace-matching.js';
import { compilePolicy, costOf } from '../policy/rule-evaluation.js';

/** A Monday morning; every test's clock starts here. */
export const START = Date.UTC(2026, 10, 23, 9);
export const MINUTE = 60_000;
export const LEASE = 45_000;

export interface AgentSketch {
  readonly id: string;
  readonly active?: boolean;
  readonly teams?: readonly string[];
  readonly skills?: Readonly<Record<string, number>>;
  readonly languages?: readonly string[];
  readonly regions?: readonly string[];
}

export interface WorkspaceSketch {
  readonly agents: readonly AgentSketch[];
  /** Queue id to team id; `general` for everyone is there always. */
  readonly queues?: Readonly<Record<string, string | null>>;
  readonly rules?: readonly (Partial<RoutingRule> & Pick<RoutingRule, 'name'>)[];
  readonly costs?: Readonly<Record<string, number>>;
  readonly policyVersion?: number;
}

export function aConfiguration(sketch: WorkspaceSketch): Configuration {
  const teamOfQueue = new Map<string, string | null>([
    ['general', null],
    ...Object.entries(sketch.queues ?? {}),
  ]);
  const policy = {
    rules: (sketch.rules ?? []).map((rule) => ({
      when: [],
      queueId: 'general',
      skills: [],
      matchLanguage: false,
      matchRegion: false,
      priority: null,
      ...rule,
    })),
    defaultQueueId: 'general',
    costs: sketch.costs ?? { email: 15, web_form: 15 },
  };
  return {
    policyVersion: sketch.policyVersion ?? 1,
    queues: new Map([...teamOfQueue.keys()].map((id) => [id, `Queue ${id}`])),
    defaultQueueId: policy.defaultQueueId,
    agents: sketch.agents.map(anAgent),
    route: compilePolicy(policy, { teamOfQueue, skills: new Map() }),
    unitsOf: (channel: Channel | null) => costOf(policy, channel),
  };
}

function anAgent(sketch: AgentSketch): AgentProfile {
  return {
    id: sketch.id,
    name: `Agent ${sketch.id}`,
    active: sketch.active ?? true,
    teamIds: new Set(sketch.teams),
    skills: new Map(Object.entries(sketch.skills ?? {})),
    languages: new Set(sketch.languages),
    regions: new Set(sketch.regions),
  };
}

export function aMatching(sketch: WorkspaceSketch, now = START): WorkspaceMatching {
  return new WorkspaceMatching({ configuration: aConfiguration(sketch), seats: [], items: [], now });
}

export type TicketSketch = Partial<TicketAttributes> & {
  readonly version?: number;
  readonly waitingSince?: number;
};

export function aTicket(ticketId: string, sketch: TicketSketch = {}): TicketArrival {
  const { version = 1, waitingSince = START, ...attributes } = sketch;
  const priority: Priority = 'normal';
  return {
    ticketId,
    ticketVersion: version,
    waitingSince,
    attributes: {
      channel: 'web_form',
      type: 'question',
      contactTier: 'standard',
      priority,
      language: null,
      region: null,
      text: 'Hello',
      ...attributes,
    },
  };
}

/** The agent is available until the lease ends, 45 s after `now`. */
export function available(matching: WorkspaceMatching, agentId: string, now = START, lease = LEASE): void {
  matching.presenceChanges({ agentId, state: 'available', leaseUntil: now + lease }, now);
}

/** `ticket→agent`, `ticket…queue` for one that waits, `ticket←agent` for one that was returned. */
export function told(matching: WorkspaceMatching): string[] {
  return matching.takeChanges().decisions.map(({ outcome, ticketId, agent, queue }) => {
    switch (outcome) {
      case 'assigned':
        return `${ticketId}→${agent!.id}`;
      case 'queued':
        return `${ticketId}…${queue.id}`;
      case 'returned':
        return `${ticketId}←${agent!.id}`;
    }
  });
}
