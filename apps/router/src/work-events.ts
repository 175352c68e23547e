import type { RecordOf, routingWork, TicketReady } from '@tributary/contracts';
import type { Outcome } from '@tributary/event-log';
import type { Configuration } from './matching/configuration.js';
import type { TicketArrival, WorkspaceMatching } from './matching/workspace-matching.js';

const DONE: Outcome = { kind: 'done' };
const STALE: Outcome = { kind: 'ignored', reason: 'stale' };

/**
 * One record of `routing.work`, applied to the memory of its workspace.
 *
 * @param configuration the newest set-up; given when the batch says that it changed.
 */
export function applyWork(
  matching: WorkspaceMatching,
  event: RecordOf<typeof routingWork>,
  configuration: Configuration | undefined,
  now: number,
): Outcome {
  switch (event.type) {
    case 'ticket.ready':
      return matching.ticketArrives(arrival(event.payload), now) ? DONE : STALE;
    case 'ticket.withdrawn': {
      const { ticketId, ticketVersion, reason, agentId = null } = event.payload;
      return matching.ticketWithdrawn({ ticketId, ticketVersion, reason, agentId }, now) ? DONE : STALE;
    }
    case 'presence.changed': {
      const { agentId, state, leaseUntil } = event.payload;
      matching.presenceChanges({ agentId, state, leaseUntil: Date.parse(leaseUntil) }, now);
      return DONE;
    }
    case 'configuration.changed':
      matching.configurationChanges(configuration!, now);
      return DONE;
  }
}

function arrival(ready: TicketReady): TicketArrival {
  const { ticketId, ticketVersion, channel, priority, type, contactTier } = ready;
  return {
    ticketId,
    ticketVersion,
    attributes: {
      channel,
      priority,
      type,
      contactTier,
      language: storable(ready.language) ?? null,
      region: storable(ready.region) ?? null,
      text: storable(ready.text) ?? '',
    },
    waitingSince: Date.parse(ready.waitingSince),
  };
}

/** PostgreSQL stores neither NUL nor half a surrogate pair; a customer may send both. */
function storable(text: string | undefined): string | undefined {
  return text?.replaceAll('\0', '').toWellFormed();
}
