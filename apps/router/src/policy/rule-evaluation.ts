import type { Channel, RoutingPolicyView, RoutingRule } from '@tributary/contracts';
import type { RequiredSkill } from '../matching/requirement.js';
import { foldRegion, primaryLanguage } from '../matching/requirement.js';
import type { Route, TicketAttributes } from '../matching/work-item.js';

export type PolicyDraft = Pick<RoutingPolicyView, 'rules' | 'defaultQueueId' | 'costs'>;
type Condition = RoutingRule['when'][number];

/** What a policy's ids mean. */
export interface PolicyNames {
  /** Queue id to its team; null: everyone works it. */
  readonly teamOfQueue: ReadonlyMap<string, string | null>;
  /** Skill id to name. */
  readonly skills: ReadonlyMap<string, string>;
}

/** Units of a channel that the policy does not price: about six tickets an agent. */
export const DEFAULT_COST = 15;

/** Whoever talks does nothing else: two calls are never one agent's, while some mail may lie beside a call. */
const DEFAULT_COSTS: Partial<Record<Channel, number>> = { voice: 60 };

export function costOf(policy: Pick<PolicyDraft, 'costs'>, channel: Channel | null): number {
  return channel === null ? DEFAULT_COST : (policy.costs[channel] ?? DEFAULT_COSTS[channel] ?? DEFAULT_COST);
}

/** The first rule of which all conditions hold gives the route; without one the ticket waits in the default queue. */
export function compilePolicy(policy: PolicyDraft, names: PolicyNames): (ticket: TicketAttributes) => Route {
  const rules = policy.rules.map((rule) => ({
    rule,
    tests: rule.when.map(compileCondition),
    skills: rule.skills.map(({ skillId, minLevel }): RequiredSkill => {
      return { skillId, minLevel, name: names.skills.get(skillId) ?? skillId };
    }),
  }));
  const teamOf = (queueId: string) => names.teamOfQueue.get(queueId) ?? null;
  return function routeTicket(ticket) {
    const readable = readableTicket(ticket);
    const position = rules.findIndex(({ tests }) => tests.every((test) => test(readable)));
    const match = rules[position];
    if (!match) {
      const { defaultQueueId: queueId } = policy;
      const requirement = { queueId, teamId: teamOf(queueId), skills: [], language: null, region: null };
      return { rule: null, requirement, priority: ticket.priority, rulePriority: null };
    }
    const { rule, skills } = match;
    return {
      rule: { position: position + 1, name: rule.name },
      requirement: {
        queueId: rule.queueId,
        teamId: teamOf(rule.queueId),
        skills,
        language: rule.matchLanguage ? readable.language : null,
        region: rule.matchRegion ? readable.region : null,
      },
      priority: rule.priority ?? ticket.priority,
      rulePriority: rule.priority,
    };
  };
}

type ReadableTicket = Readonly<Record<Condition['field'], string | null>>;

function readableTicket(ticket: TicketAttributes): ReadableTicket {
  return {
    type: ticket.type,
    text: fold(ticket.text),
    contactTier: ticket.contactTier,
    region: ticket.region === null ? null : foldRegion(ticket.region) || null,
    language: ticket.language === null ? null : primaryLanguage(ticket.language) || null,
    channel: ticket.channel,
    priority: ticket.priority,
  };
}

/** Full-width and half-width letters and either case are alike (Unicode NFKC), so that words match as people see them. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function compileCondition({ field, op, value }: Condition): (ticket: ReadableTicket) => boolean {
  const texts = (typeof value === 'string' ? [value] : (value ?? [])).map((text) => foldValue(field, text));
  const is = (ticket: ReadableTicket) => texts.includes(ticket[field] ?? '');
  const contains = (ticket: ReadableTicket) => texts.some((text) => (ticket[field] ?? '').includes(text));
  const set = (ticket: ReadableTicket) => (ticket[field] ?? '') !== '';
  switch (op) {
    case 'is':
    case 'in':
      return is;
    case 'is_not':
      return (ticket) => !is(ticket);
    case 'contains':
      return contains;
    case 'not_contains':
      return (ticket) => !contains(ticket);
    case 'set':
      return set;
    case 'not_set':
      return (ticket) => !set(ticket);
  }
}

function foldValue(field: Condition['field'], text: string): string {
  switch (field) {
    case 'text':
      return fold(text);
    case 'region':
      return foldRegion(text);
    case 'language':
      return primaryLanguage(text);
    case 'type':
    case 'contactTier':
    case 'channel':
    case 'priority':
      return text;
  }
}
