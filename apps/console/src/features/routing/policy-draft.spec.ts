import { describe, expect, it } from '@jest/globals';
import { translatorOf } from '../../testing/translator.js';
import {
  draftOf,
  faultsOfRule,
  fingerprint,
  moveRule,
  newRule,
  policyOf,
  reshape,
  ruleFaults,
  type DraftRule,
} from './policy-draft.js';
import { asksText, whenText } from './rule-text.js';

const rule = (name: string, fields: Partial<DraftRule> = {}): DraftRule => ({
  ...newRule('q'),
  name,
  ...fields,
});
const names = (rules: readonly DraftRule[]): string[] => rules.map(({ name }) => name);

describe('a draft of the policy', () => {
  it('goes to the API as it came from there', () => {
    const { key: _key, ...stored } = rule('a');
    const policy = { rules: [stored], defaultQueueId: 'q', costs: { email: 20 } };
    expect(policyOf(draftOf({ ...policy, version: 1, updatedAt: '', updatedBy: '' }))).toEqual(policy);
  });

  it('has the same fingerprint after a change and back', () => {
    const draft = { rules: [rule('a'), rule('b')], defaultQueueId: 'q', costs: {} };
    const there = { ...draft, rules: moveRule(draft.rules, 0, 1) };
    const back = { ...there, rules: moveRule(there.rules, 1, -1) };
    expect(fingerprint(there)).not.toBe(fingerprint(draft));
    expect(fingerprint(back)).toBe(fingerprint(draft));
  });
});

describe('moving a rule', () => {
  const rules = [rule('a'), rule('b'), rule('c')];
  it('swaps it with its neighbour', () => expect(names(moveRule(rules, 2, -1))).toEqual(['a', 'c', 'b']));
  it('stays at the ends', () => expect(names(moveRule(rules, 0, -1))).toEqual(['a', 'b', 'c']));
});

describe('changing a condition', () => {
  it('keeps the value from one to many', () => {
    expect(reshape({ field: 'type', op: 'is', value: 'refund' }, 'type', 'in').value).toEqual(['refund']);
  });

  it('drops the value of another field, and an operator that does not fit it', () => {
    expect(reshape({ field: 'text', op: 'contains', value: ['lamp'] }, 'language', 'contains')).toEqual({
      field: 'language',
      op: 'is',
      value: '',
    });
  });

  it('needs no value for what is only known or unknown', () => {
    expect(reshape({ field: 'region', op: 'is', value: 'cn' }, 'region', 'set')).toEqual({
      field: 'region',
      op: 'set',
    });
  });
});

describe('the faults of a rule', () => {
  it('name what is missing', () => {
    expect(ruleFaults(rule(' ', { when: [{ field: 'text', op: 'contains', value: [] }] }))).toEqual([
      'name',
      'value',
    ]);
    expect(ruleFaults(rule('a', { when: [] }))).toEqual(['when']);
    expect(ruleFaults(rule('a', { when: [{ field: 'region', op: 'set' }] }))).toEqual([]);
  });

  it('from the API stand at their rule, and at no other', () => {
    const errors = { 'rules.1.queueId': 'unknown', 'rules[1].when[0].op': 'bad', 'rules.12.name': 'long' };
    expect(faultsOfRule(errors, 1)).toEqual(['unknown', 'bad']);
  });
});

describe('a rule in words', () => {
  const refunds = rule('Refunds', {
    when: [
      { field: 'type', op: 'in', value: ['refund'] },
      { field: 'text', op: 'contains', value: ['退款', 'refund'] },
    ],
    skills: [{ skillId: 's', minLevel: 3 }],
    matchLanguage: true,
  });

  it('reads as a sentence in English', () => {
    const words = { t: translatorOf('en'), locale: 'en' };
    expect(whenText(refunds, words)).toBe('type is one of Refund and text contains “退款” or “refund”');
    expect(asksText(refunds, () => 'Billing', words)).toBe(
      'Billing, level 3 or higher · speaks the language',
    );
  });

  it('reads as a sentence in Chinese', () => {
    const words = { t: translatorOf('zh-CN'), locale: 'zh-CN' };
    expect(whenText(refunds, words)).toBe('类型属于退款，且文字包含“退款”或“refund”');
  });
});
