import type { DecisionView, Priority } from '@tributary/contracts';

/** A decision and its explanation, before it gets an id and the owner's epoch. */
export interface Decision extends Omit<DecisionView, 'id' | 'at' | 'epoch'> {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ticketId: string;
  readonly ticketVersion: number;
  /** What the rule says; null when it leaves the ticket's own. */
  readonly rulePriority: Priority | null;
}

export type DecisionCause = DecisionView['cause'];
