import { describe, expect, it } from '@jest/globals';
import type { DecisionView } from '@tributary/contracts';
import { translatorOf } from '../../testing/translator.js';
import { decisionSentences, filterText, requirementText } from './decision-text.js';

const en = translatorOf('en');
const zh = translatorOf('zh-CN');

const aDecision = (fields: Partial<DecisionView> = {}): DecisionView => ({
  id: 'd',
  at: '2026-11-24T12:00:00Z',
  outcome: 'assigned',
  cause: 'arrival',
  policyVersion: 7,
  rule: { position: 2, name: 'Refunds' },
  queue: { id: 'q', name: 'Billing' },
  requirements: [],
  funnel: [],
  best: [],
  agent: { id: 'me', name: 'Lin' },
  tieBreak: null,
  waitedSeconds: 0,
  competitors: null,
  epoch: 1,
  ...fields,
});

describe('a decision in sentences', () => {
  it('tells the outcome, the cause and the rule', () => {
    expect(decisionSentences(aDecision(), en)).toEqual([
      'Lin got the ticket.',
      'Decided as the ticket came in.',
      'Rule 2, “Refunds”, sent it to Billing.',
    ]);
  });

  it('says why one waits', () => {
    const [first] = decisionSentences(aDecision({ outcome: 'queued', agent: null }), zh);
    expect(first).toBe('工单在“Billing”排队：暂无合适且有空的客服。');
  });

  it('says that it took the default queue', () => {
    expect(decisionSentences(aDecision({ rule: null }), en)).toContain(
      'No rule matched, so it went to the default queue, Billing.',
    );
  });

  it('tells how it came first among those that waited', () => {
    const decision = aDecision({
      cause: 'capacity_freed',
      competitors: 4,
      tieBreak: 'priority',
      waitedSeconds: 134,
    });
    expect(decisionSentences(decision, en).slice(-1)).toEqual([
      'Of 4 waiting tickets this one came first. First because of its priority.',
    ]);
  });

  it('shows a tie-break that it does not know by its own name', () => {
    expect(decisionSentences(aDecision({ tieBreak: 'coin' }), en).slice(-1)).toEqual(['Decided by: coin.']);
  });
});

describe('filters and requirements', () => {
  it.each([
    ['in_queue', 'May work in the queue'],
    ['present', 'Available now'],
    ['skill:R&D >= hard>=3', 'R&D >= hard, level 3 or higher'],
    ['language:zh', 'Speaks Chinese'],
    ['region:cn', 'Serves China'],
    ['moon_phase', 'moon_phase'],
  ])('%s reads “%s”', (filter, text) => expect(filterText(filter, en, 'en')).toBe(text));

  it('read in Chinese', () => {
    expect(requirementText({ kind: 'language', text: 'en' }, zh, 'zh-CN')).toBe('会英语');
    expect(requirementText({ kind: 'skill', text: 'Refunds>=3' }, zh, 'zh-CN')).toBe('Refunds 3级以上');
  });
});
