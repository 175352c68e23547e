import type { EntityManager } from 'typeorm';
import type { MediaRecord, MessageRecord } from '../rows.js';

/** A stored message that a change may be about. */
export interface StoredTarget extends Pick<MessageRecord, 'direction' | 'author_id' | 'external_id'> {
  readonly message_id: string;
  readonly ticket_id: string;
  readonly inbox_id: string;
  /** Whether it is the newest of its ticket. */
  readonly is_last: boolean;
}

export interface StoredMedia {
  readonly media: MediaRecord;
  readonly ticketId: string;
}

export interface Reach {
  readonly inbox_id: string;
  readonly identity_id: string;
}

/** An identity in an inbox with its newest ticket there, if any. */
export interface KnownReach extends Reach {
  readonly ticket_id: string | null;
}

/** Finds what changes are about; each method is one statement, whatever the size of the batch. */
export class InboundChangeRepository {
  constructor(
    private readonly manager: EntityManager,
    private readonly workspaceId: string,
  ) {}

  /** Messages, ours as well, under the provider's ids of them or of their parts. */
  async byExternalId(externalIds: readonly string[]): Promise<readonly StoredTarget[]> {
    if (externalIds.length === 0) return [];
    return this.manager.query(
      `${TARGET}, m.external_id, c.inbox_id FROM tickets.message m
       JOIN tickets.conversation c ON c.id = m.conversation_id
       WHERE m.workspace_id = $1 AND m.external_id = ANY ($2::text[])
       UNION ALL
       ${TARGET}, k.external_id, k.inbox_id FROM tickets.inbound_change k
       JOIN tickets.message m ON m.id = k.message_id
       WHERE k.workspace_id = $1 AND k.kind = 'part' AND k.external_id = ANY ($2::text[])`,
      [this.workspaceId, externalIds],
    );
  }

  async byId(messageIds: readonly string[]): Promise<readonly StoredTarget[]> {
    if (messageIds.length === 0) return [];
    return this.manager.query(
      `${TARGET}, m.external_id, c.inbox_id FROM tickets.message m
       JOIN tickets.conversation c ON c.id = m.conversation_id WHERE m.id = ANY ($1::uuid[])`,
      [messageIds],
    );
  }

  /** All references of the deliveries named. */
  async media(
    deliveries: readonly { readonly inboxId: string; readonly providerEventId: string }[],
  ): Promise<readonly StoredMedia[]> {
    if (deliveries.length === 0) return [];
    const rows: (MediaRecord & { ticket_id: string })[] = await this.manager.query(
      `SELECT r.id, r.workspace_id, r.message_id, r.inbox_id, r.provider_event_id, r.media_id, r.name,
         r.content_type, r.state, r.attachment_id, r.reason, r.detail, m.ticket_id
       FROM (SELECT DISTINCT * FROM unnest($2::uuid[], $3::text[])) AS d (inbox_id, provider_event_id)
       JOIN tickets.message_media r ON r.workspace_id = $1 AND r.inbox_id = d.inbox_id
         AND r.provider_event_id = d.provider_event_id
       JOIN tickets.message m ON m.id = r.message_id`,
      [this.workspaceId, deliveries.map((d) => d.inboxId), deliveries.map((d) => d.providerEventId)],
    );
    return rows.map(({ ticket_id: ticketId, ...media }) => ({ media, ticketId }));
  }

  async reach(wanted: readonly Reach[]): Promise<readonly KnownReach[]> {
    if (wanted.length === 0) return [];
    return this.manager.query(
      `SELECT w.inbox_id, w.identity_id,
         (SELECT t.id FROM tickets.conversation c
          JOIN tickets.ticket_conversation tc ON tc.conversation_id = c.id
          JOIN tickets.ticket t ON t.id = tc.ticket_id
          WHERE c.identity_id = w.identity_id AND c.inbox_id = w.inbox_id
          ORDER BY t.number DESC LIMIT 1) AS ticket_id
       FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[])) AS w (inbox_id, identity_id)`,
      [wanted.map((each) => each.inbox_id), wanted.map((each) => each.identity_id)],
    );
  }
}

const TARGET = `SELECT m.id AS message_id, m.ticket_id, m.direction, m.author_id,
  NOT EXISTS (SELECT 1 FROM tickets.message n WHERE n.ticket_id = m.ticket_id AND n.position > m.position) AS is_last`;
