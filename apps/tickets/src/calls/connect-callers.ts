import { type CallAssigned, type Channel, type SenderDto } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';
import type { ChangeSet } from '../change-set.js';
import { isSettled } from '../change-set.js';
import type { TicketRecord } from '../rows.js';

/** Where a customer waits on the line for whoever has their ticket. */
const CALLED: ReadonlySet<Channel> = new Set(['voice']);

/** After any of these nobody waits, or somebody has answered already. */
const OVER = ['call.abandoned', 'call.callback', 'call.connected', 'call.ended'];

interface WaitingCall extends Omit<CallAssigned, 'from' | 'channel' | 'ticketNumber'> {
  readonly kind: string;
  readonly value: string;
}

/**
 * Callers whose tickets were just assigned are connected with their agents, where the agent has a phone and the caller
 * still waits as far as we were told; the channel's host asks the provider once more.
 *
 * @param tickets locked and changed, before the flush.
 */
export async function connectCallers(
  manager: EntityManager,
  changes: ChangeSet,
  tickets: readonly TicketRecord[],
): Promise<void> {
  const assigned = tickets.filter(
    (ticket) => CALLED.has(ticket.channel) && ticket.assignee_id !== null && !isSettled(ticket),
  );
  if (assigned.length === 0) return;
  const waiting: WaitingCall[] = await manager.query(
    `SELECT w.ticket_id AS "ticketId", c.inbox_id AS "inboxId", c.id AS "conversationId", m.external_id AS "callId",
       p.id AS "agentId", p.name AS "agentName", p.phone, i.kind, i.value
     FROM unnest($1::uuid[], $2::uuid[]) AS w (ticket_id, agent_id)
     JOIN directory.person p ON p.id = w.agent_id AND p.phone IS NOT NULL
     CROSS JOIN LATERAL (
       SELECT * FROM tickets.message WHERE ticket_id = w.ticket_id AND direction = 'inbound' AND external_id IS NOT NULL
       ORDER BY position LIMIT 1) AS m
     JOIN tickets.conversation c ON c.id = m.conversation_id
     JOIN tickets.contact_identity i ON i.id = c.identity_id
     WHERE NOT EXISTS (
       SELECT 1 FROM tickets.inbound_change k
       WHERE k.message_id = m.id AND k.kind = 'acted' AND k.body ->> 'activity' = ANY ($3::text[]))`,
    [assigned.map(({ id }) => id), assigned.map(({ assignee_id: agentId }) => agentId), OVER],
  );
  for (const { kind, value, ...call } of waiting) {
    const ticket = assigned.find(({ id }) => id === call.ticketId)!;
    const from: SenderDto = { kind, value };
    changes.connectCaller({ ...call, from, channel: ticket.channel, ticketNumber: ticket.number });
  }
}
