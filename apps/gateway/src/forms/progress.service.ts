import type { HostedInbox } from '@tributary/channel-host';
import type { StatusCategory } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import { threadToken } from '@tributary/directory';
import { ProblemError } from '@tributary/runtime';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import { verifyProgressToken } from './progress-token.js';

/** What the customer sees. Notes, names of other customers and inner states stay inside. */
export interface ProgressView {
  /** `received` until the message has become a ticket, a moment later. */
  readonly state: 'received' | 'in_progress' | 'waiting_for_you' | 'solved';
  readonly number: string | null;
  readonly subject: string | null;
  readonly messages: readonly {
    readonly id: string;
    readonly from: 'you' | 'us';
    readonly author: string;
    readonly at: string;
    readonly text: string;
    readonly files: readonly { readonly name: string; readonly size: number }[];
  }[];
}

interface Conversation {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly threadToken: string;
}

const STATES: Readonly<Record<StatusCategory, ProgressView['state']>> = {
  new: 'in_progress',
  open: 'in_progress',
  on_hold: 'in_progress',
  pending: 'waiting_for_you',
  solved: 'solved',
  closed: 'solved',
};

/** The customer's private page, read from what `tickets` has stored. */
export class ProgressService {
  constructor(private readonly context: ServiceContext) {}

  /** @throws ProblemError 404 for a token that we did not make. */
  submissionOf(inbox: HostedInbox, token: string): string {
    const key = this.context.masterKey.derive('progress', inbox.workspaceId);
    const submissionId = verifyProgressToken(key, inbox.id, token);
    if (!submissionId) throw new ProblemError(404, 'PAGE_NOT_FOUND');
    return submissionId;
  }

  async view(inbox: HostedInbox, token: string): Promise<ProgressView> {
    const submissionId = this.submissionOf(inbox, token);
    return inWorkspace(this.context.dataSource, inbox.workspaceId, async (manager) => {
      const conversationId = await conversationOf(manager, inbox.id, submissionId);
      if (!conversationId) return { state: 'received', number: null, subject: null, messages: [] };
      return read(manager, conversationId);
    });
  }

  /** @throws ProblemError 503 while the first message is not a ticket yet: an answer would begin another. */
  async conversation(inbox: HostedInbox, token: string): Promise<Conversation> {
    const submissionId = this.submissionOf(inbox, token);
    return inWorkspace(this.context.dataSource, inbox.workspaceId, async (manager) => {
      const id = await conversationOf(manager, inbox.id, submissionId);
      if (!id) {
        throw new ProblemError(503, 'NOT_YET', 'your first message is on its way; try again', undefined, {
          'retry-after': '1',
        });
      }
      const rows: { value: string; name: string }[] = await manager.query(
        `SELECT i.value, p.name FROM tickets.conversation c
         JOIN tickets.contact_identity i ON i.id = c.identity_id JOIN tickets.contact p ON p.id = c.contact_id
         WHERE c.id = $1`,
        [id],
      );
      const key = this.context.masterKey.derive('thread-token', inbox.workspaceId);
      return { id, email: rows[0]!.value, name: rows[0]!.name, threadToken: threadToken(key, id) };
    });
  }
}

async function conversationOf(
  manager: EntityManager,
  inboxId: string,
  submissionId: string,
): Promise<string | undefined> {
  const rows: { conversation_id: string }[] = await manager.query(
    `SELECT m.conversation_id FROM tickets.inbound_receipt r JOIN tickets.message m ON m.id = r.message_id
     WHERE r.inbox_id = $1 AND r.provider_event_id = $2`,
    [inboxId, submissionId],
  );
  return rows[0]?.conversation_id;
}

async function read(manager: EntityManager, conversationId: string): Promise<ProgressView> {
  const tickets: { number: string; subject: string; status: StatusCategory }[] = await manager.query(
    `SELECT t.number, t.subject, t.status FROM tickets.ticket_conversation tc
     JOIN tickets.ticket t ON t.id = tc.ticket_id WHERE tc.conversation_id = $1 ORDER BY t.number DESC LIMIT 1`,
    [conversationId],
  );
  const messages: {
    id: string;
    direction: 'inbound' | 'outbound';
    author_name: string;
    at: Date;
    text: string;
    files: { name: string; size: number }[];
  }[] = await manager.query(
    `SELECT m.id, m.direction, m.author_name, m.at, m.text,
       COALESCE((SELECT json_agg(json_build_object('name', a.name, 'size', a.size) ORDER BY a.id)
         FROM tickets.attachment a WHERE a.message_id = m.id), '[]') AS files
     FROM tickets.message m
     WHERE m.conversation_id = $1 AND m.direction <> 'note' AND NOT m.unverified_sender ORDER BY m.position`,
    [conversationId],
  );
  const ticket = tickets[0]!;
  return {
    state: STATES[ticket.status],
    number: ticket.number,
    subject: ticket.subject,
    messages: messages.map((message) => ({
      id: message.id,
      from: message.direction === 'inbound' ? 'you' : 'us',
      author: message.author_name,
      at: message.at.toISOString(),
      text: message.text,
      files: message.files,
    })),
  };
}
