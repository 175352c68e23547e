import type { SlaExplanationView, TicketDetail } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import type { SignedInPerson } from '@tributary/directory';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import { routesOf } from '../sending/reply-routes.js';
import type { SlaViews } from '../sla/sla-views.js';
import { listed, type ListedTicket, type TicketListQueries } from './ticket-list-queries.js';
import { orderUrl } from './order-url.js';
import { ticketNotFound } from './ticket.errors.js';
import { threadOf } from './ticket-thread.js';

/** One ticket with all that an agent needs to answer it. */
export class TicketDetailQueries {
  constructor(
    private readonly context: ServiceContext,
    private readonly lists: TicketListQueries,
    private readonly slaViews: SlaViews,
  ) {}

  async detail(person: SignedInPerson, ticketId: string): Promise<TicketDetail> {
    const now = this.context.clock.now();
    return inWorkspace(this.context.dataSource, person.workspaceId, async (manager) => {
      const found: (ListedTicket & { inbox_name: string; order_link: string | null })[] = await manager.query(
        `SELECT l.*, b.name AS inbox_name, b.settings->>'orderLink' AS order_link FROM (${listed(`SELECT * FROM tickets.ticket WHERE id = $1`)}) AS l
         LEFT JOIN directory.inbox b ON b.id = l.inbox_id`,
        [ticketId],
      );
      const ticket = found[0];
      if (!ticket) throw ticketNotFound();
      const routes = await routesOf(manager, ticketId, now);
      const [row] = await this.lists.toRows(manager, [ticket], person.workspaceId);
      return {
        ...row!,
        fields: ticket.fields,
        orderUrl: orderUrl(ticket.order_link, ticket.fields['order']),
        language: ticket.language,
        region: ticket.region,
        solvedAt: ticket.solved_at?.toISOString() ?? null,
        inbox: { id: ticket.inbox_id, name: ticket.inbox_name },
        identities: await identitiesOf(manager, ticket.contact_id),
        sending: routes[0]!.sending,
        routes,
        clocks: await this.#clocks(manager, person, ticketId, now),
        thread: await threadOf(manager, ticketId),
        contactTickets: await otherTickets(manager, ticket.contact_id, ticketId),
      };
    });
  }

  async sla(person: SignedInPerson, ticketId: string): Promise<SlaExplanationView> {
    return inWorkspace(this.context.dataSource, person.workspaceId, async (manager) => {
      const found: unknown[] = await manager.query(`SELECT 1 FROM tickets.ticket WHERE id = $1`, [ticketId]);
      if (found.length === 0) throw ticketNotFound();
      return this.slaViews.explain(manager, person.workspaceId, ticketId, this.context.clock.now());
    });
  }

  async #clocks(
    manager: EntityManager,
    person: SignedInPerson,
    ticketId: string,
    now: Date,
  ): Promise<TicketDetail['clocks']> {
    const clocks = await this.slaViews.clocksOf(manager, person.workspaceId, [ticketId], now);
    return clocks.get(ticketId) ?? [];
  }
}

async function identitiesOf(manager: EntityManager, contactId: string): Promise<TicketDetail['identities']> {
  return manager.query(
    `SELECT i.kind, i.value, i.verified,
       COALESCE((SELECT json_agg(json_build_object(
           'consent', k.consent, 'inbox', json_build_object('id', k.inbox_id, 'name', COALESCE(b.name, '')),
           'at', to_char(k.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'messageId', k.message_id)
           ORDER BY k.at DESC)
         FROM tickets.contact_consent k LEFT JOIN directory.inbox b ON b.id = k.inbox_id
         WHERE k.identity_id = i.id), '[]') AS consents
     FROM tickets.contact_identity i WHERE i.contact_id = $1 ORDER BY i.kind, i.value`,
    [contactId],
  );
}

async function otherTickets(
  manager: EntityManager,
  contactId: string,
  ticketId: string,
): Promise<TicketDetail['contactTickets']> {
  const rows: { id: string; number: string; subject: string; status: never; created_at: Date }[] =
    await manager.query(
      `SELECT id, number, subject, status, created_at FROM tickets.ticket
       WHERE contact_id = $1 AND id <> $2 ORDER BY created_at DESC LIMIT 10`,
      [contactId, ticketId],
    );
  return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at.toISOString() }));
}
