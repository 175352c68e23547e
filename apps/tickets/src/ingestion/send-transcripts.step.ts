import { type MessageQueued, TRANSCRIPT_REQUESTED } from '@tributary/contracts';
import { threadToken } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import type { EntityManager } from 'typeorm';
import type { ChangeSet } from '../change-set.js';
import type { MessageRecord, TicketRecord } from '../rows.js';
import type { ClaimedChange } from './claim-inbound.step.js';
import { type ChangeTargets, reachKey, reachOf } from './find-change-targets.step.js';
import { clip } from './message-text.js';
import { transcriptOf, type TranscriptLine } from './transcript.js';

export interface TranscriptParts {
  readonly manager: EntityManager;
  readonly changes: ChangeSet;
  readonly targets: ChangeTargets;
  /** Locked, by id. */
  readonly tickets: ReadonlyMap<string, TicketRecord>;
  /** The workspace's, for thread tokens. */
  readonly key: Uint8Array;
}

interface Conversation {
  readonly id: string;
  readonly contact_name: string;
  readonly mailbox_id: string;
  readonly mailbox_name: string;
}

/** Of several mailboxes the first that was made and is on. Nothing where there is none. */
const CONVERSATION = `
  SELECT c.id, p.name AS contact_name, b.id AS mailbox_id, b.name AS mailbox_name
  FROM tickets.conversation c JOIN tickets.contact p ON p.id = c.contact_id
  CROSS JOIN LATERAL (
    SELECT id, name FROM directory.inbox
    WHERE workspace_id = c.workspace_id AND channel = 'email' AND enabled ORDER BY created_at, id LIMIT 1) AS b
  WHERE c.inbox_id = $1 AND c.identity_id = $2 ORDER BY c.created_at LIMIT 1`;

/** What the customer has seen: no notes, nothing that never left. */
const SAID = `
  SELECT m.author_name AS author, m.at, m.text,
    COALESCE((SELECT json_agg(a.name ORDER BY a.id) FROM tickets.attachment a WHERE a.message_id = m.id), '[]') AS files
  FROM tickets.message m JOIN tickets.conversation c ON c.id = m.conversation_id
  LEFT JOIN tickets.delivery d ON d.message_id = m.id
  WHERE m.conversation_id = $1 AND m.direction <> 'note' AND m.channel = c.channel
    AND d.state IS DISTINCT FROM 'failed' ORDER BY m.position`;

/**
 * Mails what was said to customers of a chat who asked for it, through the workspace's mailbox. The receipt of the
 * request makes it once; the mail is a message of the ticket, so that agents see where it went and whether it arrived.
 */
export async function sendTranscripts(
  parts: TranscriptParts,
  items: readonly ClaimedChange[],
): Promise<void> {
  for (const { envelope } of items) {
    if (envelope.type !== 'customer.acted' || envelope.payload.activity !== TRANSCRIPT_REQUESTED) continue;
    const reach = reachOf(envelope, parts.targets.senders)!;
    const ticketId = parts.targets.reach.get(reachKey(reach))?.ticket_id;
    const ticket = ticketId ? parts.tickets.get(ticketId) : undefined;
    const email = envelope.payload.fields['email'];
    if (!ticket || !email) continue;
    const [conversation]: Conversation[] = await parts.manager.query(CONVERSATION, [
      reach.inbox_id,
      reach.identity_id,
    ]);
    // Without a mailbox the history says that the customer asked, and nobody was told otherwise.
    if (!conversation) continue;
    const lines: TranscriptLine[] = await parts.manager.query(SAID, [conversation.id]);
    queueTranscript(parts, ticket, conversation, email, lines);
  }
}

function queueTranscript(
  { changes, key }: TranscriptParts,
  ticket: TicketRecord,
  conversation: Conversation,
  email: string,
  lines: readonly TranscriptLine[],
): void {
  const { subject, text } = transcriptOf(ticket, lines);
  const message: MessageRecord = {
    ...{
      id: newId(),
      workspace_id: ticket.workspace_id,
      conversation_id: conversation.id,
      ticket_id: ticket.id,
    },
    ...{ direction: 'outbound', channel: 'email', author_kind: 'system', author_id: null },
    ...{ author_name: clip(conversation.mailbox_name, 200), subject, text, visible_text: null, html: null },
    ...{ external_id: null, raw_key: null, raw_sha256: null, raw_size: null, raw: null },
    ...{ unverified_sender: false, automatic: true, quarantine_reason: null, idempotency_key: null },
    ...{ album: null, at: changes.now },
  };
  const delivery: MessageQueued = {
    ...{ messageId: message.id, attempt: 1, inboxId: conversation.mailbox_id, channel: 'email' },
    ...{ conversationId: conversation.id, ticketId: ticket.id, ticketNumber: ticket.number },
    to: { kind: 'email', value: email, name: clip(conversation.contact_name, 200) },
    ...{ authorName: message.author_name, subject, text, attachments: [], references: [] },
    threadToken: threadToken(key, conversation.id),
  };
  changes.addMessage(ticket, message, [], 'system');
  changes.queueDelivery(delivery, 1);
}
