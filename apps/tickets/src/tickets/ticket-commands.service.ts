import {
  type ContactTier,
  type MessageQueued,
  type StatusCategory,
  type TemplateUse,
  type TicketPatch,
  TYPING_CHANNEL,
  type TypingNotice,
} from '@tributary/contracts';
import { inWorkspace, isUniqueViolation } from '@tributary/database';
import { type SignedInPerson, threadToken } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import { connectCallers } from '../calls/connect-callers.js';
import { type Actor, ChangeSet, isSettled } from '../change-set.js';
import { clip, snippetOf, storableText } from '../ingestion/message-text.js';
import { lockTickets, type MessageRecord, type TicketRecord } from '../rows.js';
import { allowSending } from '../sending/allow-sending.js';
import { fillTemplate, type TemplateChoice } from '../sending/fill-template.js';
import { type RouteChoice, takeRoute } from '../sending/reply-routes.js';
import { COUNTED, messagesOf } from '../sending/send-facts.js';
import type { SlaClocks } from '../sla/sla-clocks.js';
import {
  conversationOf,
  conversationWith,
  type EarlierMessage,
  findByIdempotencyKey,
  isActivePerson,
  type StoredUpload,
  takeUploads,
  type TicketConversation,
} from './ticket-commands.repository.js';
import {
  keyReused,
  notFailed,
  otherChannel,
  templateTakesNoFiles,
  ticketClosed,
  ticketNotFound,
  unknownAgent,
  versionConflict,
} from './ticket.errors.js';

export interface NewMessage {
  readonly ticketId: string;
  readonly direction: 'outbound' | 'note';
  readonly text: string;
  readonly uploadIds: readonly string[];
  readonly setStatus?: StatusCategory;
  /** Of the inbox it goes to; its text takes the place of `text`. */
  readonly template?: TemplateChoice;
  /** Where it goes; where the customer was last heard or answered when absent. */
  readonly via?: RouteChoice;
  /** The client's: the same key gives the same message, however often it is sent. */
  readonly idempotencyKey: string;
}

interface Attempt {
  readonly attempt: number;
  /** Messages that the provider may have counted for earlier attempts. */
  readonly before: number;
  readonly template: TemplateUse | undefined;
  /** The reply ends what the customer asked. */
  readonly settles?: boolean;
}

type FailedMessage = MessageRecord & {
  readonly attempt: number;
  readonly state: string;
  readonly counted: number;
  readonly template: TemplateUse | null;
};

interface Command {
  readonly manager: EntityManager;
  readonly changes: ChangeSet;
  readonly ticket: TicketRecord;
  readonly actor: Actor;
}

/** What an agent does to a ticket. Each command is one transaction with its history, clocks and outbox. */
export class TicketCommandsService {
  constructor(
    private readonly context: ServiceContext,
    private readonly sla: SlaClocks,
  ) {}

  /** @returns the message's id. */
  async addMessage(person: SignedInPerson, input: NewMessage): Promise<string> {
    return this.#onTicket(person, input.ticketId, async (command) => {
      const { manager, ticket } = command;
      const earlier = await findByIdempotencyKey(manager, input.idempotencyKey);
      if (earlier) {
        if (!isSame(earlier, input)) throw keyReused();
        return earlier.id;
      }
      if (ticket.status === 'closed') throw ticketClosed();
      const { now } = command.changes;
      const conversation =
        input.via === undefined
          ? await conversationOf(manager, ticket.id)
          : await takeRoute(manager, ticket, input.via, now);
      const filled = input.template && (await fillTemplate(manager, conversation.inbox_id, input.template));
      const written = { ...input, text: filled?.text ?? input.text };
      const message = agentMessage(person, written, ticket, conversation, now);
      const uploads = await takeUploads(manager, input.uploadIds, person.id, message.id);
      if (filled && uploads.length > 0) throw templateTakesNoFiles();
      if (input.direction === 'outbound') {
        await this.#queue(command, message, conversation, uploads, {
          attempt: 1,
          before: 0,
          template: filled?.use,
          settles: input.setStatus === 'solved' || input.setStatus === 'closed',
        });
      }
      command.changes.addMessage(ticket, message, [], command.actor);
      if (input.direction === 'outbound') {
        ticket.snippet = snippetOf(message.text);
        if (!ticket.assignee_id && !isSettled(ticket)) this.#claim(command, person);
      }
      if (input.setStatus) await this.#setStatus(command, input.setStatus);
      return message.id;
    });
  }

  /** @param ifVersion refuse when the ticket is at another version. */
  async patch(
    person: SignedInPerson,
    ticketId: string,
    patch: TicketPatch,
    ifVersion: number | undefined,
  ): Promise<void> {
    await this.#onTicket(person, ticketId, async (command) => {
      const { ticket, changes, actor, manager } = command;
      if (ifVersion !== undefined && ticket.version !== ifVersion) throw versionConflict();
      const { priority, type, subject, tags } = patch;
      const fields = { priority, type, subject: subject && storableText(subject), tags };
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      const rerouted = 'priority' in given || 'type' in given || 'subject' in given;
      const changed = changes.change(ticket, actor, given as Partial<TicketRecord>);
      if (patch.assigneeId !== undefined) await this.#assign(command, patch.assigneeId);
      if (patch.status) await this.#setStatus(command, patch.status);
      if (changed && rerouted && !ticket.assignee_id && needsWork(ticket)) {
        changes.routeReady(ticket, routingText(ticket), await tierOf(manager, ticket));
      }
    });
  }

  /** A failed message goes out again, as a new attempt with the same id. */
  async retry(person: SignedInPerson, messageId: string): Promise<void> {
    const ticketId = await inWorkspace(this.context.dataSource, person.workspaceId, async (manager) => {
      const rows: { ticket_id: string }[] = await manager.query(
        `SELECT ticket_id FROM tickets.message WHERE id = $1 AND direction = 'outbound'`,
        [messageId],
      );
      return rows[0]?.ticket_id;
    });
    if (!ticketId) throw ticketNotFound();
    await this.#onTicket(person, ticketId, async (command) => {
      const { manager, changes, ticket } = command;
      const rows: FailedMessage[] = await manager.query(
        `SELECT m.*, d.attempt, d.state, d.template, ${COUNTED} AS counted
         FROM tickets.message m JOIN tickets.delivery d ON d.message_id = m.id WHERE m.id = $1`,
        [messageId],
      );
      const message = rows[0];
      if (message?.state !== 'failed') throw notFailed();
      const conversation = await conversationWith(manager, message.conversation_id);
      if (message.channel !== conversation.channel) throw otherChannel();
      const uploads: StoredUpload[] = await manager.query(
        `SELECT * FROM tickets.attachment WHERE message_id = $1 ORDER BY id`,
        [messageId],
      );
      changes.touch(ticket);
      await this.#queue(command, message, conversation, uploads, {
        ...{ attempt: message.attempt + 1, before: message.counted, template: message.template ?? undefined },
      });
      changes.record(
        ticket,
        'message.delivery',
        `agent:${person.id}`,
        { state: 'queued', attempt: message.attempt + 1 },
        { messageId },
      );
    });
  }

  /**
   * The assignee has seen what the customer wrote.
   *
   * @param seenUpTo the ticket's last change that they were shown; what came after it stays unread.
   */
  async markRead(person: SignedInPerson, ticketId: string, seenUpTo: Date): Promise<void> {
    await inWorkspace(this.context.dataSource, person.workspaceId, (manager) =>
      manager.query(
        `UPDATE tickets.ticket SET read_at = $3
         WHERE id = $1 AND assignee_id = $2 AND (read_at IS NULL OR read_at < last_inbound_at)`,
        [ticketId, person.id, seenUpTo],
      ),
    );
  }

  /** Tells the customer's page, where one is open, that somebody writes. */
  async tellTyping({ workspaceId, name }: SignedInPerson, ticketId: string): Promise<void> {
    await inWorkspace(this.context.dataSource, workspaceId, async (manager) => {
      const conversation = await conversationOf(manager, ticketId);
      if (!conversation) throw ticketNotFound();
      const notice: TypingNotice = {
        ...{ workspaceId, ticketId, conversationId: conversation.id },
        ...{ by: 'agent', name: clip(name, 200) },
      };
      await manager.query('SELECT pg_notify($1, $2)', [TYPING_CHANNEL, JSON.stringify(notice)]);
    });
  }

  async #onTicket<T>(
    person: SignedInPerson,
    ticketId: string,
    work: (command: Command) => Promise<T>,
  ): Promise<T> {
    const done = inWorkspace(this.context.dataSource, person.workspaceId, async (manager) => {
      const ticket = (await lockTickets(manager, [ticketId])).get(ticketId);
      if (!ticket) throw ticketNotFound();
      const changes = new ChangeSet(person.workspaceId, this.context.clock.now());
      const result = await work({ manager, changes, ticket, actor: `agent:${person.id}` });
      await changes.flush(manager, this.sla);
      return result;
    });
    // The ticket's lock orders two uses of one key; on two tickets the index does.
    return done.catch((error: unknown) => {
      throw isUniqueViolation(error, 'message_idempotency') ? keyReused() : error;
    });
  }

  /** Whoever answers a ticket that nobody has, has it. */
  #claim({ changes, ticket, actor }: Command, person: SignedInPerson): void {
    const status = ticket.status === 'new' ? 'open' : ticket.status;
    changes.change(ticket, actor, { assignee_id: person.id, status });
    if (needsWork(ticket)) changes.routeWithdrawn(ticket, 'assigned_by_hand');
  }

  async #assign({ manager, changes, ticket, actor }: Command, assigneeId: string | null): Promise<void> {
    if (assigneeId !== null && !(await isActivePerson(manager, assigneeId))) throw unknownAgent();
    const status = ticket.status === 'new' && assigneeId !== null ? 'open' : ticket.status;
    if (!changes.change(ticket, actor, { assignee_id: assigneeId, status })) return;
    await connectCallers(manager, changes, [ticket]);
    // A ticket that rests costs nobody's capacity, and needs nobody until it goes on.
    if (!needsWork(ticket)) return;
    if (assigneeId === null) changes.routeReady(ticket, routingText(ticket), await tierOf(manager, ticket));
    else changes.routeWithdrawn(ticket, 'assigned_by_hand');
  }

  async #setStatus({ manager, changes, ticket, actor }: Command, status: StatusCategory): Promise<void> {
    if (!changes.change(ticket, actor, { status })) return;
    if (isSettled(ticket)) changes.routeWithdrawn(ticket, 'settled');
    else if (status === 'pending' || status === 'on_hold') changes.routeWithdrawn(ticket, 'paused');
    else if (ticket.assignee_id) changes.routeWithdrawn(ticket, 'assigned_by_hand');
    else changes.routeReady(ticket, routingText(ticket), await tierOf(manager, ticket));
  }

  /** @throws ProblemError when the channel or the customer does not let us. */
  async #queue(
    { manager, changes, ticket }: Command,
    message: MessageRecord,
    conversation: TicketConversation,
    uploads: readonly StoredUpload[],
    { attempt, before, template, settles = false }: Attempt,
  ): Promise<void> {
    const counted = messagesOf(uploads.length);
    const kind = template === undefined ? 'text' : 'template';
    const allowed = await allowSending(manager, conversation, counted, changes.now, kind);
    const delivery = this.#delivery(ticket, message, conversation, uploads, attempt);
    const approved = template === undefined ? {} : { template };
    const settling = settles ? { settles } : {};
    changes.queueDelivery({ ...delivery, ...allowed, ...approved, ...settling }, before + counted);
  }

  #delivery(
    ticket: TicketRecord,
    message: MessageRecord,
    conversation: TicketConversation,
    uploads: readonly StoredUpload[],
    attempt: number,
  ): MessageQueued {
    const key = this.context.masterKey.derive('thread-token', ticket.workspace_id);
    return {
      messageId: message.id,
      attempt,
      inboxId: conversation.inbox_id,
      channel: conversation.channel,
      conversationId: conversation.id,
      ticketId: ticket.id,
      ticketNumber: ticket.number,
      to: { kind: conversation.kind, value: conversation.value, name: clip(conversation.contact_name, 200) },
      authorName: message.author_name,
      subject: ticket.subject,
      text: message.text,
      attachments: uploads.map((upload) => ({
        key: upload.object_key,
        sha256: upload.sha256,
        size: Number(upload.size),
        name: upload.name,
        contentType: upload.content_type,
        disposition: 'attachment',
      })),
      threadToken: threadToken(key, conversation.id),
      references: conversation.external_ids,
    };
  }
}

/** The same key must mean the same message: a note under a reply's key would look as if the reply had been sent. */
function isSame(earlier: EarlierMessage, input: NewMessage): boolean {
  return (
    earlier.ticket_id === input.ticketId &&
    earlier.direction === input.direction &&
    // What a template came to is not what was asked for.
    (input.template !== undefined || earlier.text === storableText(input.text))
  );
}

function agentMessage(
  person: SignedInPerson,
  input: NewMessage,
  ticket: TicketRecord,
  { id, channel }: TicketConversation,
  now: Date,
): MessageRecord {
  return {
    id: newId(),
    workspace_id: ticket.workspace_id,
    conversation_id: id,
    ticket_id: ticket.id,
    direction: input.direction,
    channel,
    author_kind: 'agent',
    author_id: person.id,
    author_name: person.name,
    subject: null,
    text: storableText(input.text),
    visible_text: null,
    html: null,
    external_id: null,
    raw_key: null,
    raw_sha256: null,
    raw_size: null,
    raw: null,
    unverified_sender: false,
    automatic: false,
    quarantine_reason: null,
    idempotency_key: input.idempotencyKey,
    album: null,
    at: now,
  };
}

/** Somebody has it to do now: it is neither settled nor put off. */
function needsWork({ status }: TicketRecord): boolean {
  return status === 'new' || status === 'open';
}

function routingText(ticket: TicketRecord): string {
  return `${ticket.subject}\n${ticket.snippet}`;
}

async function tierOf(manager: EntityManager, ticket: TicketRecord): Promise<ContactTier> {
  const rows: { tier: ContactTier }[] = await manager.query(
    `SELECT tier FROM tickets.contact WHERE id = $1`,
    [ticket.contact_id],
  );
  return rows[0]?.tier ?? 'standard';
}
