import { describe, expect, it } from '@jest/globals';
import type { RoutingRule } from '@tributary/contracts';
import { aTicket, type TicketSketch } from '../testing/a-workspace.js';
import { compilePolicy, costOf } from './rule-evaluation.js';

const names = {
  teamOfQueue: new Map([
    ['general', null],
    ['money', 'refunds'],
  ]),
  skills: new Map([['s1', 'Refunds']]),
};

function aRule(sketch: Partial<RoutingRule>): RoutingRule {
  return {
    name: 'Rule',
    when: [],
    queueId: 'money',
    skills: [],
    matchLanguage: false,
    matchRegion: false,
    priority: null,
    ...sketch,
  };
}

function route(rules: readonly RoutingRule[], ticket: TicketSketch = {}) {
  const policy = { rules, defaultQueueId: 'general', costs: {} };
  return compilePolicy(policy, names)(aTicket('t', ticket).attributes);
}

/** Whether a rule of this one condition meets the ticket. */
function meets(when: RoutingRule['when'][number], ticket: TicketSketch): boolean {
  return route([aRule({ when: [when] })], ticket).rule !== null;
}

describe('a policy', () => {
  it('sends a ticket by the first rule of which all conditions hold', () => {
    const vip = { field: 'contactTier', op: 'is', value: 'vip' } as const;
    const urgent = { field: 'priority', op: 'is', value: 'urgent' } as const;
    const rules = [
      aRule({ name: 'both', when: [vip, urgent] }),
      aRule({ name: 'vip', when: [vip] }),
      aRule({ name: 'all' }),
    ];
    expect(route(rules, { contactTier: 'vip', priority: 'urgent' }).rule).toEqual({
      position: 1,
      name: 'both',
    });
    expect(route(rules, { contactTier: 'vip' }).rule).toEqual({ position: 2, name: 'vip' });
    expect(route(rules, { priority: 'urgent' }).rule).toEqual({ position: 3, name: 'all' });
  });

  it('sends a ticket that no rule meets to the default queue, with its own priority and no requirement', () => {
    const never = aRule({ when: [{ field: 'type', op: 'is', value: 'refund' }] });
    expect(route([never], { priority: 'high', language: 'zh' })).toEqual({
      rule: null,
      requirement: { queueId: 'general', teamId: null, skills: [], language: null, region: null },
      priority: 'high',
      rulePriority: null,
    });
  });

  it('gives queue, team, skills by name, and priority', () => {
    const rule = aRule({ skills: [{ skillId: 's1', minLevel: 3 }], priority: 'urgent' });
    expect(route([rule])).toEqual({
      rule: { position: 1, name: 'Rule' },
      requirement: {
        queueId: 'money',
        teamId: 'refunds',
        skills: [{ skillId: 's1', name: 'Refunds', minLevel: 3 }],
        language: null,
        region: null,
      },
      priority: 'urgent',
      rulePriority: 'urgent',
    });
  });

  it('asks for the ticket’s language and region when it has one', () => {
    const rule = aRule({ matchLanguage: true, matchRegion: true });
    expect(route([rule], { language: 'zh-Hans-CN', region: 'CN-SH' }).requirement).toMatchObject({
      language: 'zh',
      region: 'cn-sh',
    });
    expect(route([rule], {}).requirement).toMatchObject({ language: null, region: null });
  });

  it.each([
    ['finds a word in either case', 'REFUND', 'I want a refund.', true],
    ['finds Chinese inside a sentence', '退款', '你好，我要退款，谢谢', true],
    ['finds full-width letters', 'vip', 'I am ＶＩＰ', true],
    ['finds any of several words', ['parcel', 'order'], 'Where is my order?', true],
    ['finds nothing that is not there', ['parcel', 'order'], 'Hello', false],
  ])('contains: %s', (_what, value, text, expected) => {
    expect(meets({ field: 'text', op: 'contains', value }, { text })).toBe(expected);
    expect(meets({ field: 'text', op: 'not_contains', value }, { text })).toBe(!expected);
  });

  it.each([
    [{ field: 'language', op: 'is', value: 'zh-TW' }, { language: 'ZH' }, true],
    [{ field: 'language', op: 'in', value: ['de', 'en'] }, { language: 'en-GB' }, true],
    [{ field: 'language', op: 'is_not', value: 'zh' }, { language: null }, true],
    [{ field: 'language', op: 'is_not', value: 'zh' }, { language: 'zh' }, false],
    [{ field: 'region', op: 'is', value: 'cn' }, { region: 'CN' }, true],
    [{ field: 'region', op: 'set' }, { region: 'CN' }, true],
    [{ field: 'region', op: 'set' }, { region: null }, false],
    [{ field: 'region', op: 'not_set' }, { region: null }, true],
    [{ field: 'channel', op: 'in', value: ['email'] }, { channel: 'web_form' }, false],
    [{ field: 'type', op: 'is_not', value: 'refund' }, { type: 'question' }, true],
  ] as const)('%j of %j is %s', (condition, ticket, expected) => {
    expect(meets(condition, ticket)).toBe(expected);
  });

  it('prices a ticket by its channel, and 15 units where it says nothing', () => {
    expect(costOf({ costs: { email: 20 } }, 'email')).toBe(20);
    expect(costOf({ costs: { email: 20 } }, 'web_form')).toBe(15);

    expect(costOf({ costs: {} }, null)).toBe(15);
  });

  it('prices a call so that nobody has two at once, and so that some mail may lie beside one', () => {
    expect(costOf({ costs: {} }, 'voice')).toBeGreaterThan(50);
    expect(costOf({ costs: {} }, 'voice') + 2 * costOf({ costs: {} }, 'email')).toBeLessThanOrEqual(100);
    expect(costOf({ costs: { voice: 100 } }, 'voice')).toBe(100);
  });
});
