import type { HostedInbox } from '@tributary/channel-host';
import type { ChatFile, ChatMessage, ChatState } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import type { ChatHoursService } from './chat-hours.js';
import type { ChatCustomer } from './chat-session.js';

/** Messages read at once, and those that a page which comes without a cursor is shown. */
export const THREAD_PAGE = 200;

export interface ThreadPart {
  readonly messages: readonly ChatMessage[];
  /**
   * Where a reader resumes: behind the last message, or before the first reply that is not out yet, because one that
   * failed is shown when it was sent again.
   */
  readonly cursor: number;
  readonly full: boolean;
}

interface MessageRow {
  readonly id: string;
  readonly position: string;
  readonly external_id: string | null;
  readonly direction: 'inbound' | 'outbound';
  readonly author_name: string;
  readonly at: Date;
  readonly text: string;
  readonly delivery: string | null;
  readonly files: readonly ChatFile[];
}

/** Notes, and mail about the conversation, are not part of what was said here. */
const SAID = `m.conversation_id = $1 AND m.direction <> 'note' AND m.channel IN ('web_chat', 'app')`;

const MESSAGE = `m.id, m.position::text, m.external_id, m.direction, m.author_name, m.at, m.text, d.state AS delivery,
  COALESCE((SELECT json_agg(json_build_object('id', a.id, 'name', a.name, 'size', a.size, 'contentType', a.content_type)
    ORDER BY a.id) FROM tickets.attachment a WHERE a.message_id = m.id), '[]') AS files`;

/** The sender's address as the channel makes it of a session. */
export function identityOf(inbox: HostedInbox, { kind, id }: ChatCustomer): { kind: string; value: string } {
  if (inbox.channel === 'app') return { kind: 'user', value: id };
  return kind === 'user' ? { kind: 'chat_user', value: `${inbox.id}:${id}` } : { kind: 'visitor', value: id };
}

/** A customer's own conversation, read from what `tickets` has stored. */
export class ChatThread {
  constructor(
    private readonly context: ServiceContext,
    private readonly hours: ChatHoursService,
  ) {}

  /** @returns undefined until the first message has become one. */
  async conversationId(inbox: HostedInbox, customer: ChatCustomer): Promise<string | undefined> {
    const { kind, value } = identityOf(inbox, customer);
    const rows = await this.#query<{ id: string }>(
      inbox,
      `SELECT c.id FROM tickets.contact_identity i JOIN tickets.conversation c ON c.identity_id = i.id
       WHERE i.workspace_id = $1 AND i.kind = $2 AND i.value = $3 AND c.inbox_id = $4 ORDER BY c.created_at LIMIT 1`,
      [inbox.workspaceId, kind, value, inbox.id],
    );
    return rows[0]?.id;
  }

  /** @param after a cursor; 0 begins with the last page. */
  async after(inbox: HostedInbox, conversationId: string, after: number): Promise<ThreadPart> {
    const order = after === 0 ? 'DESC' : 'ASC';
    const rows = await this.#query<MessageRow>(
      inbox,
      `SELECT ${MESSAGE} FROM tickets.message m LEFT JOIN tickets.delivery d ON d.message_id = m.id
       WHERE ${SAID} AND m.position > $2::bigint ORDER BY m.position ${order} LIMIT ${THREAD_PAGE}`,
      [conversationId, after],
    );
    if (after === 0) rows.reverse();
    const waiting = rows.findIndex(({ delivery }) => delivery === 'queued' || delivery === 'failed');
    const settled = waiting < 0 ? rows : rows.slice(0, waiting);
    return {
      messages: rows.filter(({ delivery }) => delivery !== 'failed').map(messageOf),
      cursor: Number(settled.at(-1)?.position ?? after),
      full: after !== 0 && rows.length === THREAD_PAGE,
    };
  }

  async state(inbox: HostedInbox, conversationId: string | undefined): Promise<ChatState> {
    const hours = await this.hours.of(inbox);
    const rows =
      conversationId === undefined
        ? []
        : await this.#query<
            Omit<ChatState, 'hours' | 'seenUpTo' | 'ahead'> & { seen: string; ahead: string | null }
          >(inbox, STATE, [conversationId]);
    const [row] = rows;
    if (!row) return { number: null, status: null, agent: null, seenUpTo: 0, ahead: null, hours };
    const { number, status, agent, seen, ahead } = row;
    return {
      ...{ number, status, agent, hours, seenUpTo: Number(seen) },
      ahead: ahead === null ? null : Number(ahead),
    };
  }

  /** The newest of the conversation. */
  async ticketId(inbox: HostedInbox, conversationId: string): Promise<string | undefined> {
    const rows = await this.#query<{ id: string }>(
      inbox,
      `SELECT t.id FROM tickets.ticket_conversation tc JOIN tickets.ticket t ON t.id = tc.ticket_id
       WHERE tc.conversation_id = $1 ORDER BY t.number DESC LIMIT 1`,
      [conversationId],
    );
    return rows[0]?.id;
  }

  /** Whether the workspace has a mailbox to send from. */
  async hasMail(inbox: HostedInbox): Promise<boolean> {
    const rows = await this.#query(
      inbox,
      `SELECT 1 FROM directory.inbox WHERE workspace_id = $1 AND channel = 'email' AND enabled LIMIT 1`,
      [inbox.workspaceId],
    );
    return rows.length > 0;
  }

  /** Position of the last message. @returns undefined while nobody of ours has answered. */
  async end(inbox: HostedInbox, conversationId: string): Promise<string | undefined> {
    const rows = await this.#query<{ last: string | null; answered: boolean | null }>(
      inbox,
      `SELECT max(m.position)::text AS last, bool_or(m.direction = 'outbound') AS answered
       FROM tickets.message m WHERE ${SAID}`,
      [conversationId],
    );
    const [row] = rows;
    return row?.answered ? (row.last ?? undefined) : undefined;
  }

  /** One of our messages to this customer. @returns undefined when it is none. */
  async replyAttempt(
    inbox: HostedInbox,
    conversationId: string,
    messageId: string,
  ): Promise<number | undefined> {
    const rows = await this.#query<{ attempt: number }>(
      inbox,
      `SELECT d.attempt FROM tickets.message m JOIN tickets.delivery d ON d.message_id = m.id
       WHERE ${SAID} AND m.id = $2`,
      [conversationId, messageId],
    );
    return rows[0]?.attempt;
  }

  /** A file of this conversation. @returns undefined when it is of another. */
  async file(
    inbox: HostedInbox,
    conversationId: string,
    fileId: string,
  ): Promise<{ readonly object_key: string; readonly size: string } | undefined> {
    const rows = await this.#query<{ object_key: string; size: string }>(
      inbox,
      `SELECT a.object_key, a.size::text FROM tickets.message m JOIN tickets.attachment a ON a.message_id = m.id
       WHERE ${SAID} AND a.id = $2`,
      [conversationId, fileId],
    );
    return rows[0];
  }

  #query<Row extends object>(inbox: HostedInbox, sql: string, parameters: unknown[]): Promise<Row[]> {
    return inWorkspace(this.context.dataSource, inbox.workspaceId, (manager: EntityManager) =>
      manager.query<Row[]>(sql, parameters),
    );
  }
}

const STATE = `
  SELECT t.number::text, t.status, p.name AS agent,
    CASE WHEN t.assignee_id IS NULL AND t.status IN ('new', 'open') THEN (
      SELECT count(*) FROM tickets.ticket w
      WHERE w.workspace_id = t.workspace_id AND w.queue_id = t.queue_id AND w.assignee_id IS NULL
        AND w.status IN ('new', 'open') AND w.waiting_since < t.waiting_since) END AS ahead,
    COALESCE((SELECT max(m.position) FROM tickets.message m
      WHERE m.conversation_id = $1 AND m.direction = 'inbound' AND m.at <= t.read_at), 0) AS seen
  FROM tickets.ticket_conversation tc JOIN tickets.ticket t ON t.id = tc.ticket_id
  LEFT JOIN directory.person p ON p.id = t.assignee_id
  WHERE tc.conversation_id = $1 ORDER BY t.number DESC LIMIT 1`;

function messageOf(row: MessageRow): ChatMessage {
  const isTheirs = row.direction === 'inbound';
  return {
    id: row.id,
    position: Number(row.position),
    clientId: isTheirs ? row.external_id : null,
    from: isTheirs ? 'you' : 'us',
    author: row.author_name,
    at: row.at.toISOString(),
    text: row.text,
    files: row.files,
  };
}
