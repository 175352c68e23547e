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
import { WorkspaceMatching } from './workspace-matching.js';

const HOURS = 3_600_000;

describe('an agent who goes away', () => {
  const holding = () => {
    const matching = aMatching({ agents: [{ id: 'li' }, { id: 'mo' }] });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1', { waitingSince: START - HOURS }), START);
    told(matching);
    return matching;
  };

  it('without a word keeps the work for ten minutes after the lease, and then it is returned', () => {
    const matching = holding();
    const gone = START + LEASE + 10 * MINUTE;
    matching.advance(gone - 1);
    expect(told(matching)).toEqual([]);
    matching.advance(gone);
    expect(told(matching)).toEqual(['t1←li']);
  });

  it('and comes back in time keeps the work', () => {
    const matching = holding();
    matching.advance(START + 5 * MINUTE);
    available(matching, 'li', START + 9 * MINUTE, HOURS);
    matching.advance(START + 30 * MINUTE);
    expect(told(matching)).toEqual([]);
  });

  it.each(['break', 'offline'] as const)('on %s by their own word keeps the work', (state) => {
    const matching = holding();
    matching.presenceChanges({ agentId: 'li', state, leaseUntil: START + LEASE }, START + 1);
    matching.advance(START + HOURS);
    expect(told(matching)).toEqual([]);
  });

  it('leaves work that goes back to its queue with its age, for whoever comes', () => {
    const matching = holding();
    matching.advance(START + HOURS);
    expect(told(matching)).toEqual(['t1←li']);
    available(matching, 'mo', START + HOURS);
    const { decisions, items } = matching.takeChanges();
    expect(decisions).toMatchObject([
      { outcome: 'assigned', agent: { id: 'mo' }, ticketVersion: 1, waitedSeconds: 7200 },
    ]);
    expect(items).toMatchObject([{ ticketId: 't1', waitingSince: START - HOURS }]);
  });

  it('leaves work that goes to somebody else at once when they are free, the most urgent first', () => {
    const matching = aMatching({ agents: [{ id: 'li' }, { id: 'mo' }], costs: { web_form: 50 } });
    available(matching, 'li');
    matching.ticketArrives(aTicket('t1'), START);
    matching.ticketArrives(aTicket('t2', { priority: 'urgent' }), START);
    available(matching, 'mo', START + 1, HOURS);
    matching.ticketArrives(aTicket('t3'), START + 1);
    told(matching);
    matching.advance(START + 30 * MINUTE);
    expect(told(matching)).toEqual(['t1←li', 't2←li', 't2→mo']);
  });

  it('leaves work that was only ever given by hand waiting to be told ready', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    available(matching, 'li');
    const byHand = { ticketId: 't1', ticketVersion: 1, reason: 'assigned_by_hand', agentId: 'li' } as const;
    matching.ticketWithdrawn(byHand, START);
    matching.advance(START + HOURS);
    const { decisions, items } = matching.takeChanges();
    expect(decisions).toMatchObject([{ outcome: 'returned', queue: { id: 'general' }, requirements: [] }]);
    expect(items).toMatchObject([{ state: 'returned' }]);
  });

  it('keeps work that was given by hand while they were away', () => {
    const matching = holding();
    matching.advance(START + 5 * MINUTE);
    const byHand = { ticketId: 't2', ticketVersion: 1, reason: 'assigned_by_hand', agentId: 'li' } as const;
    matching.ticketWithdrawn(byHand, START + 5 * MINUTE);
    matching.advance(START + HOURS);
    expect(told(matching)).toEqual(['t1←li']);
  });

  it('is given a minute to renew after the router was away itself', () => {
    const matching = holding();
    const state = matching.snapshot();
    const later = START + 24 * HOURS;
    const restarted = aMatchingOf(state, later);
    restarted.advance(later + MINUTE - 1);
    expect(told(restarted)).toEqual([]);
    restarted.advance(later + MINUTE);
    expect(told(restarted)).toEqual(['t1←li']);
  });
});

describe('a router that starts again', () => {
  it('remembers whom a ticket avoids, and how long', () => {
    const matching = aMatching({ agents: [{ id: 'li' }] });
    available(matching, 'li', START, HOURS);
    matching.ticketArrives(aTicket('t1'), START);
    matching.ticketArrives(aTicket('t1', { version: 3 }), START);
    const restarted = aMatchingOf(matching.snapshot(), START + MINUTE);
    expect(told(restarted)).toEqual([]);
    expect(restarted.nextDeadline).toBe(START + 10 * MINUTE);
    restarted.advance(START + 10 * MINUTE);
    expect(told(restarted)).toEqual(['t1→li']);
  });
});

function aMatchingOf(state: ReturnType<ReturnType<typeof aMatching>['snapshot']>, now: number) {
  return new WorkspaceMatching({
    configuration: aConfiguration({ agents: [{ id: 'li' }, { id: 'mo' }] }),
    ...state,
    now,
  });
}
