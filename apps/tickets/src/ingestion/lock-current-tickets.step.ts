import type { EntityManager } from 'typeorm';
import { lockTickets, type TicketRecord } from '../rows.js';
import type { InboundRepository } from './inbound.repository.js';

/**
 * Locks the newest ticket of each conversation. While it waits for a lock, its holder may begin another ticket in the
 * conversation (the old one was closed), so the conversations are looked at again until their tickets are those that
 * are locked. Locks are then taken out of the order of ids; PostgreSQL ends a circle, and the batch is tried again.
 *
 * @param further tickets that the batch changes as well.
 * @returns `current` by conversation, `tickets` all that are locked by id.
 */
export async function lockCurrentTickets(
  manager: EntityManager,
  repository: InboundRepository,
  conversationIds: readonly string[],
  further: readonly string[],
): Promise<{
  readonly current: ReadonlyMap<string, TicketRecord>;
  readonly tickets: Map<string, TicketRecord>;
}> {
  const locked = new Map<string, TicketRecord>();
  for (;;) {
    const latest = await repository.latestTickets(conversationIds);
    const missing = [...new Set([...latest.values(), ...further])].filter((id) => !locked.has(id));
    if (missing.length === 0) {
      const current = new Map([...latest].map(([conversationId, id]) => [conversationId, locked.get(id)!]));
      return { current, tickets: locked };
    }
    for (const [id, ticket] of await lockTickets(manager, missing)) locked.set(id, ticket);
  }
}
