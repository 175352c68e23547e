import { describe, expect, it } from '@jest/globals';
import {
  aConfiguration,
  aMatching,
  aTicket,
  available,
  LEASE,
  MINUTE,
  START,
  told,
} from '../testing/a-workspace.js';

const HOURS = 3_600_000;

describe('a ticket that arrives', () => {
  it('goes to an agent who is available', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1'), START);
    expect(told(matching)).toEqual(['t1→li']);
  });

  it('goes to the agent who has been longest without new work; among equals to the least loaded, then by id', () => {
    const matching = aMatching({ agents: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
    for (const id of ['b', 'c', 'a']) available(matching, id);
    ['t1', 't2', 't3', 't4'].forEach((id, index) => {
      matching.ticketArrives(aTicket(id), START + index);
    });
    expect(told(matching)).toEqual(['t1→a', 't2→b', 't3→c', 't4→a']);
  });

  it('waits in its queue when nobody is there', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    matching.ticketArrives(aTicket('t1'), START);
    expect(told(matching)).toEqual(['t1…general']);
  });

  it('waits when every agent is full: six tickets of 15 units leave 10 of 100', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    available(matching, 'li');
    for (let n = 1; n <= 7; n += 1) matching.ticketArrives(aTicket(`t${n}`), START);
    expect(told(matching)).toEqual(['t1→li', 't2→li', 't3→li', 't4→li', 't5→li', 't6→li', 't7…general']);
  });

  it.each(['busy', 'away', 'break', 'offline'] as const)('does not go to an agent who is %s', (state) => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    matching.presenceChanges({ agentId: 'li', state, leaseUntil: START + LEASE }, START);
    matching.ticketArrives(aTicket('t1'), START);
    expect(told(matching)).toEqual(['t1…general']);
  });

  it('does not go to an agent whose lease has ended', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1'), START + LEASE);
    expect(told(matching)).toEqual(['t1…general']);
  });

  it('goes to members of its queue’s team only', () => {
    const matching = aMatching({
      agents: [{ id: 'a' }, { id: 'b', teams: ['refunds'] }],
      queues: { money: 'refunds' },
      rules: [{ name: 'all', queueId: 'money' }],
    });
    for (const id of ['a', 'b']) available(matching, id);
    matching.ticketArrives(aTicket('t1'), START);
    matching.ticketArrives(aTicket('t2'), START + 1);
    expect(told(matching)).toEqual(['t1→b', 't2→b']);
  });

  it('goes only to an agent with the skill at its level, the language and the region', () => {
    const all = { skills: { repair: 3 }, languages: ['zh'], regions: ['cn'] };
    const matching = aMatching({
      agents: [
        { id: 'a', ...all, skills: { repair: 2 } },
        { id: 'b', ...all, languages: ['en'] },
        { id: 'c', ...all, regions: ['us'] },
        { id: 'd', ...all },
        { id: 'e', ...all, active: false },
      ],
      rules: [
        {
          name: 'repairs',
          skills: [{ skillId: 'repair', minLevel: 3 }],
          matchLanguage: true,
          matchRegion: true,
        },
      ],
    });
    for (const id of ['a', 'b', 'c', 'd', 'e']) available(matching, id);
    matching.ticketArrives(aTicket('t1', { language: 'zh-Hant-TW', region: 'CN' }), START);
    expect(told(matching)).toEqual(['t1→d']);
  });

  it('is refused when its version is not newer than what is known', () => {
    const matching = aMatching({ agents: [] });
    expect(matching.ticketArrives(aTicket('t1', { version: 3 }), START)).toBe(true);
    told(matching);
    expect(matching.ticketArrives(aTicket('t1', { version: 3 }), START)).toBe(false);
    expect(matching.ticketArrives(aTicket('t1', { version: 2 }), START)).toBe(false);
    expect(told(matching)).toEqual([]);
  });

  it('with changed attributes moves to the queue that the policy gives now, and keeps its age', () => {
    const matching = aMatching({
      agents: [],
      queues: { urgent: null },
      rules: [
        { name: 'urgent', when: [{ field: 'priority', op: 'is', value: 'urgent' }], queueId: 'urgent' },
      ],
    });
    matching.ticketArrives(aTicket('t1', { waitingSince: START - HOURS }), START);
    matching.ticketArrives(aTicket('t1', { version: 2, priority: 'urgent', waitingSince: START }), START);
    const { decisions, items } = matching.takeChanges();
    expect(decisions.map((d) => [d.queue.id, d.ticketVersion, d.waitedSeconds])).toEqual([
      ['general', 1, 3600],
      ['urgent', 2, 3600],
    ]);
    expect(items).toMatchObject([{ ticketId: 't1', waitingSince: START - HOURS }]);
  });
});

describe('an agent who becomes free', () => {
  it('gets the ticket of highest priority, then of longest wait, then of smallest id', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    matching.ticketArrives(aTicket('old', { waitingSince: START - 9 }), START);
    matching.ticketArrives(aTicket('y', { priority: 'high', waitingSince: START - 5 }), START);
    matching.ticketArrives(aTicket('x', { priority: 'high', waitingSince: START - 5 }), START);
    matching.ticketArrives(aTicket('z', { priority: 'high', waitingSince: START - 6 }), START);
    told(matching);
    available(matching, 'li');
    expect(told(matching)).toEqual(['z→li', 'x→li', 'y→li', 'old→li']);
  });

  it('by a ticket that was settled gets the next one at once', () => {
    const matching = aMatching({ agents: [{ id: 'li' }], costs: { web_form: 100 } });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1'), START);
    matching.ticketArrives(aTicket('t2'), START);
    matching.ticketWithdrawn({ ticketId: 't1', ticketVersion: 2, reason: 'settled', agentId: null }, START);
    expect(told(matching)).toEqual(['t1→li', 't2…general', 't2→li']);
  });

  it('with little capacity gets a cheap ticket that waits behind a dear one', () => {
    const matching = aMatching({ agents: [{ id: 'li' }], costs: { email: 60, web_form: 40 } });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1', { channel: 'email' }), START);
    matching.ticketArrives(aTicket('t2', { channel: 'email', priority: 'urgent' }), START);
    matching.ticketArrives(aTicket('t3'), START + 1);
    expect(told(matching)).toEqual(['t1→li', 't2…general', 't3→li']);
  });
});

describe('work that people move by hand', () => {
  const byHand = (ticketId: string, agentId: string, ticketVersion = 2) =>
    ({ ticketId, ticketVersion, reason: 'assigned_by_hand', agentId }) as const;

  it('is charged to the agent who was chosen, also beyond capacity, and blocks new work', () => {
    const matching = aMatching({ agents: [{ id: 'li' }], costs: { web_form: 60 } });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1'), START);
    matching.ticketArrives(aTicket('t2'), START);
    matching.ticketWithdrawn(byHand('t2', 'li'), START);
    const [seat] = matching.snapshot().seats;
    expect(seat).toMatchObject({ usedUnits: 120, held: ['t1', 't2'] });
    matching.ticketWithdrawn({ ticketId: 't1', ticketVersion: 2, reason: 'settled', agentId: null }, START);
    matching.ticketArrives(aTicket('t3'), START);
    expect(told(matching)).toEqual(['t1→li', 't2…general', 't3…general']);
  });

  it('frees the agent from whom it was taken', () => {
    const matching = aMatching({ agents: [{ id: 'a' }, { id: 'b' }], costs: { web_form: 100 } });
    available(matching, 'a');
    matching.ticketArrives(aTicket('t1'), START);
    matching.ticketArrives(aTicket('t2'), START);
    matching.ticketWithdrawn(byHand('t1', 'b'), START);
    expect(told(matching)).toEqual(['t1→a', 't2…general', 't2→a']);
  });

  it('is known also when the ticket never was', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    matching.ticketWithdrawn(byHand('t1', 'li', 1), START);
    expect(matching.takeChanges().items).toMatchObject([
      { ticketId: 't1', state: 'assigned', agentId: 'li', units: 15, byHand: true },
    ]);
  });

  it('given back goes to somebody else, and only after ten minutes to the same agent', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    available(matching, 'li', START, HOURS);
    matching.ticketArrives(aTicket('t1'), START);
    matching.ticketWithdrawn(
      { ticketId: 't1', ticketVersion: 3, reason: 'unassigned', agentId: null },
      START,
    );
    matching.ticketArrives(aTicket('t1', { version: 3 }), START);
    expect(told(matching)).toEqual(['t1→li', 't1…general']);
    matching.advance(START + 10 * MINUTE - 1);
    expect(told(matching)).toEqual([]);
    matching.advance(START + 10 * MINUTE);
    expect(told(matching)).toEqual(['t1→li']);
  });
});

describe('a ticket that is ready again while an agent holds it', () => {
  it.each([
    ['as it was', START + 1, {}],
    ['changed, but long after the assignment', START + 6000, { priority: 'high' }],
  ] as const)('%s: was given back, and avoids the agent', (_what, now, change) => {
    const matching = aMatching({ agents: [{ id: 'li' }, { id: 'mo' }] });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1', { version: 1 }), START);
    matching.ticketArrives(aTicket('t1', { version: 2, ...change }), now);
    available(matching, 'mo', now);
    expect(told(matching)).toEqual(['t1→li', 't1…general', 't1→mo']);
  });

  it('was given back when a person had assigned it', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    available(matching, 'li');
    const byHand = { ticketId: 't1', ticketVersion: 1, reason: 'assigned_by_hand', agentId: 'li' } as const;
    matching.ticketWithdrawn(byHand, START);
    matching.ticketArrives(aTicket('t1', { version: 2 }), START);
    expect(told(matching)).toEqual(['t1…general']);
  });

  it('changed before the assignment reached it: is decided anew on the version it has now', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1', { version: 1 }), START);
    matching.ticketArrives(aTicket('t1', { version: 2, priority: 'urgent' }), START);
    const { decisions } = matching.takeChanges();
    expect(decisions.map((each) => [each.outcome, each.ticketVersion])).toEqual([
      ['assigned', 1],
      ['assigned', 2],
    ]);
    expect(matching.snapshot().seats).toMatchObject([{ usedUnits: 15 }]);
  });

  it('lets others have the agent it frees when it goes to somebody else', () => {
    const matching = aMatching({
      agents: [{ id: 'li', skills: { repair: 1 } }, { id: 'mo' }],
      costs: { web_form: 100 },
      rules: [
        {
          name: 'repairs',
          when: [{ field: 'type', op: 'is', value: 'repair' }],
          skills: [{ skillId: 'repair', minLevel: 1 }],
        },
      ],
    });
    available(matching, 'mo', START, LEASE);
    matching.presenceChanges({ agentId: 'mo', state: 'away', leaseUntil: START + LEASE }, START);
    available(matching, 'li', START + 1);
    matching.ticketArrives(aTicket('t1', { version: 1 }), START + 1);
    matching.ticketArrives(aTicket('t2', { type: 'repair', priority: 'low' }), START + 1);
    available(matching, 'mo', START + 2);
    matching.ticketArrives(aTicket('t1', { version: 2, priority: 'high' }), START + 3);
    expect(told(matching)).toEqual(['t1→li', 't2…general', 't1→mo', 't2→li']);
  });

  it('lets a more urgent ticket have the agent it frees', () => {
    const matching = aMatching({ agents: [{ id: 'li' }], costs: { web_form: 100 } });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1', { version: 1 }), START);
    matching.ticketArrives(aTicket('t2', { priority: 'urgent' }), START);
    matching.ticketArrives(aTicket('t1', { version: 2 }), START);
    expect(told(matching)).toEqual(['t1→li', 't2…general', 't2→li', 't1…general']);
  });
});

describe('a changed configuration', () => {
  it('gives everyone all they can take, the first by priority and wait first', () => {
    const matching = aMatching({ agents: [] });
    const tickets = ['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8'];
    tickets.forEach((id, index) =>
      matching.ticketArrives(aTicket(id, { waitingSince: START - index }), START),
    );
    available(matching, 'li');
    told(matching);
    matching.configurationChanges(aConfiguration({ agents: [{ id: 'li' }] }), START);
    expect(told(matching)).toEqual(['t8→li', 't7→li', 't6→li', 't5→li', 't4→li', 't3→li']);
  });

  it('routes waiting tickets anew, and gives them to whoever may take them now', () => {
    const agents = [{ id: 'li', teams: ['refunds'] }];
    const matching = aMatching({
      agents,
      queues: { money: 'nobody' },
      rules: [{ name: 'r', queueId: 'money' }],
    });
    available(matching, 'li', START, HOURS);
    matching.ticketArrives(aTicket('t1'), START);
    matching.configurationChanges(
      aConfiguration({ agents, queues: { money: 'refunds' }, rules: [{ name: 'r', queueId: 'money' }] }),
      START,
    );
    expect(told(matching)).toEqual(['t1…money', 't1→li']);
  });

  it('says so when a ticket now waits elsewhere, and nothing when it goes on waiting', () => {
    const matching = aMatching({ agents: [] });
    matching.ticketArrives(aTicket('t1'), START);
    told(matching);
    matching.configurationChanges(aConfiguration({ agents: [] }), START);
    expect(told(matching)).toEqual([]);
    const elsewhere = { agents: [], queues: { other: null }, rules: [{ name: 'r', queueId: 'other' }] };
    matching.configurationChanges(aConfiguration(elsewhere), START);
    expect(told(matching)).toEqual(['t1…other']);
  });

  it('returns the work of an agent who was deactivated', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1'), START);
    matching.configurationChanges(aConfiguration({ agents: [{ id: 'li', active: false }] }), START);
    expect(told(matching)).toEqual(['t1→li', 't1←li']);
  });
});
