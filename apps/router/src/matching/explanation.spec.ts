import { describe, expect, it } from '@jest/globals';
import { aMatching, aTicket, available, MINUTE, START } from '../testing/a-workspace.js';

const HOUR = 60 * MINUTE;

describe('the explanation of a decision', () => {
  it('counts how many agents each filter left, also those who are not there', () => {
    const matching = aMatching({
      agents: [
        { id: 'a', skills: { repair: 5 }, languages: ['zh'] },
        { id: 'b', skills: { repair: 5 }, languages: ['zh'] },
        { id: 'c', skills: { repair: 5 }, languages: ['zh'] },
        { id: 'd', skills: { repair: 5 } },
        { id: 'e', skills: { repair: 1 }, languages: ['zh'] },
        { id: 'f', active: false },
      ],
      rules: [{ name: 'r', skills: [{ skillId: 'repair', minLevel: 2 }], matchLanguage: true }],
      costs: { web_form: 60 },
    });
    for (const id of ['a', 'b', 'd', 'e']) available(matching, id);
    matching.ticketArrives(aTicket('t1', { language: 'zh' }), START);
    matching.ticketArrives(aTicket('t2', { language: 'zh' }), START);
    const [, second] = matching.takeChanges().decisions;
    expect(second!.funnel).toEqual([
      { filter: 'in_queue', left: 6 },
      { filter: 'active', left: 5 },
      { filter: 'skill:repair>=2', left: 4 },
      { filter: 'language:zh', left: 3 },
      { filter: 'present', left: 2 },
      { filter: 'capacity', left: 1 },
    ]);
  });

  it('shows where the funnel became empty when nobody can do it', () => {
    const matching = aMatching({
      agents: [{ id: 'a' }],
      rules: [{ name: 'r', skills: [{ skillId: 'repair', minLevel: 2 }] }],
    });
    available(matching, 'a');
    matching.ticketArrives(aTicket('t1'), START);
    const [decision] = matching.takeChanges().decisions;
    expect(decision).toMatchObject({ outcome: 'queued', agent: null, best: [] });
    expect(decision!.funnel.find(({ left }) => left === 0)).toEqual({ filter: 'skill:repair>=2', left: 0 });
  });

  it('names the five who led, the one who waited longest for work first', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const matching = aMatching({ agents: ids.map((id) => ({ id })) });
    ids.toReversed().forEach((id, index) => available(matching, id, START + index * MINUTE, HOUR));
    matching.ticketArrives(aTicket('t1'), START + 10 * MINUTE);
    const [decision] = matching.takeChanges().decisions;
    expect(decision!.best).toEqual(
      ['g', 'f', 'e', 'd', 'c'].map((id, index) => {
        const idleSeconds = 600 - index * 60;
        return { agentId: id, name: `Agent ${id}`, idleSeconds, freeUnits: 100 };
      }),
    );
    expect(decision).toMatchObject({ agent: { id: 'g', name: 'Agent g' }, tieBreak: 'longest_idle' });
  });

  it.each([
    ['nothing, when there was one', ['a'], null],
    ['the id, when two were alike', ['a', 'b'], 'agent_id'],
  ])('says by what an agent went first: %s', (_what, ids, tieBreak) => {
    const matching = aMatching({ agents: ids.map((id) => ({ id })) });
    for (const id of ids) available(matching, id);
    matching.ticketArrives(aTicket('t1'), START);
    expect(matching.takeChanges().decisions[0]!.tieBreak).toBe(tieBreak);
  });

  it('says that the least loaded went first, when all got work in the same instant', () => {
    const matching = aMatching({ agents: [{ id: 'a' }, { id: 'b' }] });
    for (const id of ['a', 'b']) available(matching, id);
    matching.ticketArrives(aTicket('t1'), START);
    matching.ticketArrives(aTicket('t2'), START);
    expect(matching.takeChanges().decisions.map((each) => [each.agent!.id, each.tieBreak])).toEqual([
      ['a', 'agent_id'],
      ['b', 'least_loaded'],
    ]);
  });

  it.each([
    ['priority', { priority: 'low' }],
    ['longest_wait', { waitingSince: START + 1 }],
    ['ticket_id', {}],
  ] as const)(
    'says how many tickets competed for an agent who was freed, and that %s won',
    (reason, loser) => {
      const matching = aMatching({ agents: [{ id: 'a' }], costs: { web_form: 100 } });
      matching.ticketArrives(aTicket('t1'), START);
      matching.ticketArrives(aTicket('t2', loser), START);
      matching.ticketArrives(aTicket('t3', { priority: 'low', waitingSince: START + 2 }), START);
      matching.takeChanges();
      available(matching, 'a', START + HOUR);
      expect(matching.takeChanges().decisions).toMatchObject([
        { ticketId: 't1', cause: 'presence', competitors: 3, tieBreak: reason, waitedSeconds: 3600 },
      ]);
    },
  );

  it('previews a ticket without deciding anything', () => {
    const matching = aMatching({ agents: [{ id: 'a' }] });
    available(matching, 'a');
    matching.takeChanges();
    expect(matching.preview(aTicket('t1').attributes, START)).toMatchObject({
      rule: null,
      queue: { id: 'general', name: 'Queue general' },
      agent: { id: 'a', name: 'Agent a' },
    });
    expect(matching.takeChanges().decisions).toEqual([]);
    expect(matching.snapshot().seats).toMatchObject([{ usedUnits: 0 }]);
  });
});
