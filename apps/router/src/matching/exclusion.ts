import type { Seat } from './agent-pool.js';
import type { TicketAttributes, WorkItem } from './work-item.js';

/** How long a ticket avoids the agent who gave it back. */
export const EXCLUSION_MS = 10 * 60_000;
/** Beyond this age an assignment has surely reached its ticket. */
const ARRIVAL_MS = 5000;

export function exclude(item: WorkItem, seat: Seat, now: number): void {
  item.excludedAgentId = seat.agentId;
  item.excludedUntil = now + EXCLUSION_MS;
}

export function forgetExclusion(item: WorkItem): void {
  item.excludedAgentId = null;
  item.excludedUntil = null;
}

/**
 * A ticket that is ready again while an agent holds it: the agent gave it back, unless it changed in the moment before
 * the assignment reached it, which made that void. Nothing in the record tells the two apart.
 */
export function wasGivenBack(item: WorkItem, attributes: TicketAttributes, now: number): boolean {
  if (item.state !== 'assigned') return false;
  const arrived = item.byHand || now - (item.assignedAt ?? 0) > ARRIVAL_MS;
  return arrived || !item.attributes || sameTerms(item.attributes, attributes);
}

/** Texts are left out: `tickets` cuts them differently from time to time. */
function sameTerms(a: TicketAttributes, b: TicketAttributes): boolean {
  return (
    a.priority === b.priority &&
    a.type === b.type &&
    a.contactTier === b.contactTier &&
    a.language === b.language &&
    a.region === b.region
  );
}
