import { describe, expect, it } from '@jest/globals';
import type { RoutingRule } from '@tributary/contracts';
import { policyFaults } from './policy-validation.js';
import type { PolicyDraft } from './rule-evaluation.js';

const names = {
  teamOfQueue: new Map([['general', null]]),
  skills: new Map([['s1', 'Refunds']]),
  channels: new Set(['email', 'web_form']),
};

function faults(rule: Partial<RoutingRule>, policy: Partial<PolicyDraft> = {}): string[] {
  const whole: RoutingRule = {
    name: 'Refunds',
    when: [],
    queueId: 'general',
    skills: [],
    matchLanguage: false,
    matchRegion: false,
    priority: null,
    ...rule,
  };
  const draft = { rules: [whole], defaultQueueId: 'general', costs: { email: 15 }, ...policy };
  return policyFaults(draft, names).map(({ field, rule: name }) => `${field} ${name}`);
}

describe('a policy that is checked', () => {
  it('is fine when all it names exists', () => {
    const when = [{ field: 'text', op: 'contains', value: ['退款', 'refund'] }] as const;
    expect(faults({ when, skills: [{ skillId: 's1', minLevel: 3 }] })).toEqual([]);
  });

  it.each([
    ['an unknown queue', { queueId: 'gone' }, 'rules.0.queueId unknown_queue'],
    [
      'an unknown skill',
      { skills: [{ skillId: 'gone', minLevel: 1 }] },
      'rules.0.skills.0.skillId unknown_skill',
    ],
    [
      'a skill asked for twice',
      {
        skills: [
          { skillId: 's1', minLevel: 1 },
          { skillId: 's1', minLevel: 2 },
        ],
      },
      'rules.0.skills.1.skillId twice',
    ],
    ['no name', { name: ' ' }, 'rules.0.name empty'],
    [
      'a word that is empty',
      { when: [{ field: 'text', op: 'contains', value: ['a', ' '] }] },
      'rules.0.when.0.value empty',
    ],
    ['no value', { when: [{ field: 'type', op: 'is' }] }, 'rules.0.when.0.value empty'],
    [
      'a list where one value goes',
      { when: [{ field: 'type', op: 'is', value: ['task'] }] },
      'rules.0.when.0.value one_value',
    ],
    [
      'a value that the field never has',
      { when: [{ field: 'type', op: 'in', value: ['task', 'x'] }] },
      'rules.0.when.0.value unknown_value',
    ],
    [
      'a value where none goes',
      { when: [{ field: 'region', op: 'set', value: 'cn' }] },
      'rules.0.when.0.value no_value',
    ],
  ] as [string, Partial<RoutingRule>, string][])('names rule and field of %s', (_what, rule, fault) => {
    expect(faults(rule)).toEqual([fault]);
  });

  it('names a default queue that does not exist, an unknown channel and a price out of range', () => {
    const costs = { pigeon: 15, email: 0, web_form: 101 };
    expect(faults({}, { defaultQueueId: 'gone', costs })).toEqual([
      'defaultQueueId unknown_queue',
      'costs.pigeon unknown_channel',
      'costs.email cost',
      'costs.web_form cost',
    ]);
  });
});
