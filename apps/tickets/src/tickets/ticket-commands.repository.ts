import type { Channel } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';
import type { AttachmentRecord, MessageRecord } from '../rows.js';
import { uploadUnknown } from './ticket.errors.js';

export type StoredUpload = AttachmentRecord;
export type EarlierMessage = Pick<MessageRecord, 'id' | 'ticket_id' | 'direction' | 'text'>;

/** Where a reply to a ticket goes. */
export interface TicketConversation {
  readonly id: string;
  readonly inbox_id: string;
  readonly channel: Channel;
  readonly identity_id: string;
  /** The identity that began it: the reply's address. */
  readonly kind: string;
  readonly value: string;
  readonly contact_name: string;
  /** Provider ids of its messages, oldest first, the customer's newest last; at most 100. */
  readonly external_ids: string[];
}

const CONVERSATION = `
     SELECT c.id, c.inbox_id, c.channel, c.identity_id, i.kind, i.value, p.name AS contact_name,
       COALESCE((SELECT json_agg(external_id ORDER BY position) FROM (
         SELECT m.external_id, m.position FROM tickets.message m
         WHERE m.conversation_id = c.id AND m.external_id IS NOT NULL AND NOT m.unverified_sender
         ORDER BY m.position DESC LIMIT 100) AS newest), '[]') AS external_ids
     FROM tickets.conversation c
     JOIN tickets.contact_identity i ON i.id = c.identity_id
     JOIN tickets.contact p ON p.id = c.contact_id`;

/** Where a ticket's customer was last heard or answered. */
export async function conversationOf(manager: EntityManager, ticketId: string): Promise<TicketConversation> {
  const rows: TicketConversation[] = await manager.query(
    `${CONVERSATION} JOIN tickets.ticket_conversation tc ON tc.conversation_id = c.id
     WHERE tc.ticket_id = $1
     ORDER BY (SELECT max(m.position) FROM tickets.message m
       WHERE m.ticket_id = $1 AND m.conversation_id = c.id AND m.direction <> 'note') DESC NULLS LAST,
       c.created_at DESC LIMIT 1`,
    [ticketId],
  );
  return rows[0]!;
}

export async function conversationWith(
  manager: EntityManager,
  conversationId: string,
): Promise<TicketConversation> {
  const rows: TicketConversation[] = await manager.query(`${CONVERSATION} WHERE c.id = $1`, [conversationId]);
  return rows[0]!;
}

export async function findByIdempotencyKey(
  manager: EntityManager,
  key: string,
): Promise<EarlierMessage | undefined> {
  const rows: EarlierMessage[] = await manager.query(
    `SELECT id, ticket_id, direction, text FROM tickets.message WHERE idempotency_key = $1`,
    [key],
  );
  return rows[0];
}

/**
 * The person's own waiting uploads become the message's files.
 *
 * @throws ProblemError UPLOAD_UNKNOWN when one is missing: a reply never leaves without a file it was to have.
 */
export async function takeUploads(
  manager: EntityManager,
  ids: readonly string[],
  personId: string,
  messageId: string,
): Promise<readonly StoredUpload[]> {
  if (ids.length === 0) return [];
  // The message row is written at the end of the transaction, so the files point at it from then on.
  const rows: StoredUpload[] = await manager.query(
    `SELECT * FROM tickets.attachment
     WHERE id = ANY ($1::uuid[]) AND uploaded_by = $2 AND message_id IS NULL ORDER BY id FOR UPDATE`,
    [ids, personId],
  );
  if (rows.length !== new Set(ids).size) throw uploadUnknown();
  await manager.query(`UPDATE tickets.attachment SET message_id = $2 WHERE id = ANY ($1::uuid[])`, [
    ids,
    messageId,
  ]);
  return rows;
}

export async function isActivePerson(manager: EntityManager, personId: string): Promise<boolean> {
  const rows: unknown[] = await manager.query(`SELECT 1 FROM directory.person WHERE id = $1 AND active`, [
    personId,
  ]);
  return rows.length > 0;
}
