import {
  CONTACT_TIERS,
  PRIORITIES,
  type RoutingRule,
  type RuleField,
  TICKET_TYPES,
} from '@tributary/contracts';
import type { FieldFault } from '@tributary/runtime';
import { CAPACITY } from '../matching/configuration.js';
import type { PolicyDraft, PolicyNames } from './rule-evaluation.js';

type Condition = RoutingRule['when'][number];

/** Fields whose values are a closed set; a channel is one that is installed, the others are free text. */
const CLOSED: Readonly<Partial<Record<RuleField, readonly string[]>>> = {
  type: TICKET_TYPES,
  contactTier: CONTACT_TIERS,
  priority: PRIORITIES,
};

export interface KnownNames extends PolicyNames {
  /** Those that are installed. */
  readonly channels: ReadonlySet<string>;
}

/** What is wrong with a draft, by rule and field: `rules.0.queueId`, `rules.2.when.1.value`. Empty when nothing is. */
export function policyFaults(policy: PolicyDraft, names: KnownNames): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  if (!names.teamOfQueue.has(policy.defaultQueueId)) {
    faults.push(fault('defaultQueueId', 'unknown_queue', 'the default queue does not exist'));
  }
  for (const [channel, units] of Object.entries(policy.costs)) {
    if (!names.channels.has(channel)) {
      faults.push(fault(`costs.${channel}`, 'unknown_channel', 'there is no such channel'));
    } else if (!Number.isInteger(units) || units < 1 || units > CAPACITY) {
      faults.push(fault(`costs.${channel}`, 'cost', `a ticket costs 1 to ${CAPACITY} units`));
    }
  }
  policy.rules.forEach((rule, index) => faults.push(...ruleFaults(rule, index, names)));
  return faults;
}

function ruleFaults(rule: RoutingRule, index: number, names: KnownNames): FieldFault[] {
  const at = `rules.${index}`;
  const which = `rule ${index + 1} (${rule.name})`;
  const faults: FieldFault[] = [];
  if (rule.name.trim() === '') faults.push(fault(`${at}.name`, 'empty', `rule ${index + 1} has no name`));
  if (!names.teamOfQueue.has(rule.queueId)) {
    faults.push(fault(`${at}.queueId`, 'unknown_queue', `${which}: the queue does not exist`));
  }
  rule.skills.forEach(({ skillId }, position) => {
    const here = `${at}.skills.${position}.skillId`;
    if (!names.skills.has(skillId)) {
      faults.push(fault(here, 'unknown_skill', `${which}: the skill does not exist`));
    } else if (rule.skills.findIndex((skill) => skill.skillId === skillId) !== position) {
      faults.push(fault(here, 'twice', `${which}: the skill is asked for twice`));
    }
  });
  rule.when.forEach((condition, position) => {
    const found = conditionFault(condition, names);
    if (found) faults.push(fault(`${at}.when.${position}.value`, found[0], `${which}: ${found[1]}`));
  });
  return faults;
}

function conditionFault(
  { field, op, value }: Condition,
  { channels }: KnownNames,
): readonly [rule: string, message: string] | undefined {
  if (op === 'set' || op === 'not_set') {
    return value === undefined ? undefined : ['no_value', `${field} ${op} takes no value`];
  }
  if (Array.isArray(value) && (op === 'is' || op === 'is_not')) {
    return ['one_value', `${field} ${op} takes one value; use "in" for several`];
  }
  const texts = typeof value === 'string' ? [value] : (value ?? []);
  if (texts.length === 0 || texts.some((text) => text.trim() === '')) {
    return ['empty', `${field} ${op} needs a value`];
  }
  const closed = field === 'channel' ? [...channels] : CLOSED[field];
  const allowed = op === 'contains' || op === 'not_contains' ? undefined : closed;
  const stranger = allowed && texts.find((text) => !allowed.includes(text));
  return stranger === undefined ? undefined : ['unknown_value', `${field} is one of ${allowed?.join(', ')}`];
}

function fault(field: string, rule: string, message: string): FieldFault {
  return { field, rule, message };
}
