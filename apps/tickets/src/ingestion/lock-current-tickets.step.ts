import type { EntityManager } from 'typeorm';
import { lockTickets, type TicketRecord } from '../rows.js';
import type { InboundRepository } from './inbound.repository.js';

/**
 * Locks the newest ticket of each conversation. While it waits for a lock, its holder may begin another ticket in the
 * conversation (the old one was closed), so the conversations are looked at again until their tickets are those that
 * are locked. Locks are then taken out of the order of ids; PostgreSQL ends a circle, and the batch is tried again.
 *
 * @returns by conversation.
 */
export async function lockCurrentTickets(
  manager: EntityManager,
  repository: InboundRepository,
  conversationIds: readonly string[],
): Promise<ReadonlyMap<string, TicketRecord>> {
  const locked = new Map<string, TicketRecord>();
  for (;;) {
    const latest = await repository.latestTickets(conversationIds);
    const missing = [...new Set(latest.values())].filter((id) => !locked.has(id));
    if (missing.length === 0) {
      return new Map([...latest].map(([conversationId, id]) => [conversationId, locked.get(id)!]));
    }
    for (const [id, ticket] of await lockTickets(manager, missing)) locked.set(id, ticket);
  }
}
