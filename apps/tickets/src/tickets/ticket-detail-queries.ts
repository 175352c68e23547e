import type {
  AttachmentView,
  EventItem,
  MessageItem,
  SlaExplanationView,
  ThreadItem,
  TicketDetail,
} from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import type { SignedInPerson } from '@tributary/directory';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import type { AttachmentRecord, DeliveryRecord, EventRecord, MessageRecord } from '../rows.js';
import type { SlaViews } from '../sla/sla-views.js';
import { nameChanges } from './event-changes.js';
import { listed, type ListedTicket, type TicketListQueries } from './ticket-list-queries.js';
import { ticketNotFound } from './ticket.errors.js';

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
      const found: (ListedTicket & { inbox_name: string })[] = await manager.query(
        `SELECT l.*, b.name AS inbox_name FROM (${listed(`SELECT * FROM tickets.ticket WHERE id = $1`)}) AS l
         LEFT JOIN directory.inbox b ON b.id = l.inbox_id`,
        [ticketId],
      );
      const ticket = found[0];
      if (!ticket) throw ticketNotFound();
      const [row] = await this.lists.toRows(manager, [ticket], person.workspaceId);
      return {
        ...row!,
        fields: ticket.fields,
        language: ticket.language,
        region: ticket.region,
        solvedAt: ticket.solved_at?.toISOString() ?? null,
        inbox: { id: ticket.inbox_id, name: ticket.inbox_name },
        identities: await identitiesOf(manager, ticket.contact_id),
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
    `SELECT kind, value, verified FROM tickets.contact_identity WHERE contact_id = $1 ORDER BY kind, value`,
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

type StoredMessage = MessageRecord & { readonly has_html: boolean };
type StoredEvent = EventRecord & { readonly id: string; readonly actor_name: string | null };

/**
 * Messages in the log's order, each event after the messages that came before it. Messages carry the instants of
 * whoever accepted them, and those clocks differ: their order is never by time.
 */
async function threadOf(manager: EntityManager, ticketId: string): Promise<ThreadItem[]> {
  const messages: StoredMessage[] = await manager.query(
    `SELECT id, direction, channel, author_kind, author_id, author_name, text, visible_text, unverified_sender,
       automatic, quarantine_reason, at, html IS NOT NULL AS has_html
     FROM tickets.message WHERE ticket_id = $1 ORDER BY position`,
    [ticketId],
  );
  const ids = messages.map((message) => message.id);
  const attachments: AttachmentRecord[] = await manager.query(
    `SELECT * FROM tickets.attachment WHERE message_id = ANY ($1::uuid[]) ORDER BY id`,
    [ids],
  );
  const deliveries: DeliveryRecord[] = await manager.query(
    `SELECT * FROM tickets.delivery WHERE message_id = ANY ($1::uuid[])`,
    [ids],
  );
  const stored: StoredEvent[] = await manager.query(
    `SELECT e.*, p.name AS actor_name FROM tickets.event e
     LEFT JOIN directory.person p ON e.actor = 'agent:' || p.id
     WHERE e.ticket_id = $1 AND e.type NOT IN ('message.added', 'message.delivery') ORDER BY e.id`,
    [ticketId],
  );
  const changes = await nameChanges(
    manager,
    stored.map((event) => event.changes),
  );
  const events = stored.map((event, i): StoredEvent => ({ ...event, changes: changes[i]! }));
  const filesOf = Map.groupBy(attachments, (file) => file.message_id!);
  const deliveryOf = new Map(deliveries.map((delivery) => [delivery.message_id, delivery]));
  const items: ThreadItem[] = [];
  let told = 0;
  for (const message of messages) {
    for (; told < events.length && events[told]!.at < message.at; told++)
      items.push(eventItem(events[told]!));
    items.push(messageItem(message, filesOf.get(message.id) ?? [], deliveryOf.get(message.id)));
  }
  return [...items, ...events.slice(told).map(eventItem)];
}

function messageItem(
  message: StoredMessage,
  files: readonly AttachmentRecord[],
  delivery: DeliveryRecord | undefined,
): MessageItem {
  const visible = message.visible_text;
  return {
    kind: 'message',
    id: message.id,
    direction: message.direction,
    channel: message.channel,
    author: { id: message.author_id ?? '', name: message.author_name, kind: message.author_kind },
    at: message.at.toISOString(),
    text: message.text,
    visibleText: visible === null || visible === message.text ? null : visible,
    hasHtml: message.has_html,
    attachments: files.map(attachmentView),
    unverifiedSender: message.unverified_sender,
    automatic: message.automatic,
    quarantined: message.quarantine_reason !== null,
    delivery: delivery
      ? {
          state: delivery.state,
          attempt: delivery.attempt,
          errorCode: delivery.error_code,
          errorDetail: delivery.error_detail,
          at: delivery.at.toISOString(),
        }
      : null,
  };
}

function eventItem(event: StoredEvent): EventItem {
  return {
    kind: 'event',
    id: event.id,
    type: event.type,
    at: event.at.toISOString(),
    actor: event.actor,
    actorName: event.actor_name ?? event.actor.split(':')[0]!,
    changes: event.changes,
    decisionId: event.decision_id,
  };
}

export function attachmentView(file: AttachmentRecord): AttachmentView {
  return {
    id: file.id,
    name: file.name,
    contentType: file.content_type,
    size: Number(file.size),
    disposition: file.disposition,
    url: `/api/attachments/${file.id}`,
  };
}
