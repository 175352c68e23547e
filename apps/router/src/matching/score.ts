import { PRIORITIES, type Priority } from '@tributary/contracts';

/** What a score may look at: the head of one class of waiting tickets. */
export interface WaitingHead {
  readonly ticketId: string;
  readonly priority: Priority;
  /** Milliseconds since 1970. */
  readonly waitingSince: number;
}

/**
 * Which of two class heads goes first. Inside a class tickets have one requirement, priority and cost, so there the
 * longest wait leads whatever the score: only heads are compared, at the time of the decision.
 */
export interface Score {
  readonly name: string;
  /** Strict and total for any fixed `now`: two tickets are never equal. */
  before(a: WaitingHead, b: WaitingHead, now: number): boolean;
  /** By what `winner` went before `other`, as a key that the console puts into words. */
  reason(winner: WaitingHead, other: WaitingHead, now: number): string;
}

export function priorityRank(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

export function waitedLonger(a: WaitingHead, b: WaitingHead): boolean {
  return a.waitingSince !== b.waitingSince ? a.waitingSince < b.waitingSince : a.ticketId < b.ticketId;
}

/** Highest priority, then longest wait, then ticket id. */
export const strictScore: Score = {
  name: 'strict',
  before(a, b) {
    const difference = priorityRank(a.priority) - priorityRank(b.priority);
    return difference !== 0 ? difference > 0 : waitedLonger(a, b);
  },
  reason(winner, other) {
    if (winner.priority !== other.priority) return 'priority';
    return winner.waitingSince !== other.waitingSince ? 'longest_wait' : 'ticket_id';
  },
};
