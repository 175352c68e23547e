import {
  type MessageReceived,
  type MessageUnreadable,
  TICKET_TYPES,
  type TicketType,
} from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import { type Actor, type ChangeSet } from '../change-set.js';
import type { AttachmentRecord, MessageRecord, TicketRecord } from '../rows.js';
import type { InboundRepository } from './inbound.repository.js';
import { languageByScript, snippetOf, storableText } from './message-text.js';
import type { ResolvedThreads, ThreadedItem } from './resolve-threads.step.js';

export interface Placement {
  readonly repository: InboundRepository;
  readonly changes: ChangeSet;
  readonly threads: ResolvedThreads;
  /** Locked. */
  readonly tickets: ReadonlyMap<string, TicketRecord>;
  readonly now: Date;
}

/** Puts each message into its conversation's ticket, or a new one, in the log's order. */
export async function placeMessages(placement: Placement): Promise<void> {
  const { repository, changes, threads, now } = placement;
  const current = new Map<string, TicketRecord>();
  for (const [conversationId, ticketId] of threads.ticketByConversation) {
    const ticket = placement.tickets.get(ticketId);
    if (ticket) current.set(conversationId, ticket);
  }
  const created: TicketRecord[] = [];
  for (const threaded of threads.items) {
    const existing = current.get(threaded.conversationId);
    // A closed ticket is history: an answer to it begins a new one in the same conversation.
    const ticket = existing && existing.status !== 'closed' ? existing : newTicket(threaded, now);
    if (ticket !== existing) {
      created.push(ticket);
      current.set(threaded.conversationId, ticket);
      changes.createTicket(ticket, actorOf(threaded), isAutomatic(threaded));
      changes.routeReady(
        ticket,
        `${ticket.subject}\n${textOf(threaded).slice(0, 1000)}`,
        threaded.sender.contact.tier,
      );
    }
    const message = messageOf(threaded, ticket);
    changes.addMessage(ticket, message, attachmentsOf(threaded, now), actorOf(threaded));
    ticket.snippet = snippetOf(message.visible_text ?? message.text) || ticket.snippet;
    ticket.last_inbound_at = now;
    if (ticket === existing) reopen(changes, ticket, threaded);
  }
  if (created.length > 0) {
    const first = await repository.takeNumbers(created.length);
    created.forEach((ticket, i) => (ticket.number = String(first + BigInt(i))));
  }
  await repository.addConversations(
    threads.newConversations,
    threads.newConversations.map((c) => ({ conversation_id: c.id, identity_id: c.identity_id })),
    created.map((ticket) => ({
      ticket_id: ticket.id,
      conversation_id: conversationOf(current, ticket),
    })),
  );
}

function conversationOf(current: ReadonlyMap<string, TicketRecord>, ticket: TicketRecord): string {
  for (const [conversationId, of] of current) if (of === ticket) return conversationId;
  throw new Error('a new ticket has the conversation it was made for');
}

/** A person of the conversation wrote again: the work is on. Strangers and machines change no state. */
function reopen(changes: ChangeSet, ticket: TicketRecord, threaded: ThreadedItem): void {
  const { match, sender } = threaded;
  if (!match?.participant || isAutomatic(threaded) || ticket.status === 'new' || ticket.status === 'open')
    return;
  changes.change(ticket, `contact:${sender.contact.id}`, { status: 'open' });
  if (ticket.assignee_id) changes.routeWithdrawn(ticket, 'assigned_by_hand');
  else changes.routeReady(ticket, `${ticket.subject}\n${ticket.snippet}`, sender.contact.tier);
}

function isAutomatic({ item: { envelope } }: ThreadedItem): boolean {
  return envelope.type === 'message.received' && (envelope.payload as MessageReceived).automatic;
}

function actorOf({ sender }: ThreadedItem): Actor {
  return `contact:${sender.contact.id}`;
}

function textOf({ item: { envelope } }: ThreadedItem): string {
  return envelope.type === 'message.unreadable'
    ? `This message could not be read (${envelope.payload.reason}). The original is attached.`
    : storableText(envelope.payload.text);
}

function newTicket({ item, sender }: ThreadedItem, now: Date): TicketRecord {
  const { envelope } = item;
  const received = envelope.type === 'message.received' ? (envelope.payload as MessageReceived) : undefined;
  const text = received ? storableText(received.text) : '';
  const subject = storableText(received?.subject?.trim() ?? '') || snippetOf(text) || 'Unreadable message';
  const { type, region, ...fields } = received?.fields ?? {};
  return {
    id: newId(),
    workspace_id: envelope.workspaceId,
    number: '0',
    subject: subject.slice(0, 998),
    snippet: snippetOf(text),
    status: 'new',
    priority: 'normal',
    type: typeFrom(type),
    fields: Object.fromEntries(Object.entries(fields).map(([k, v]) => [storableText(k), storableText(v)])),
    tags: [],
    contact_id: sender.contact.id,
    inbox_id: envelope.payload.inboxId,
    channel: envelope.payload.channel,
    assignee_id: null,
    queue_id: null,
    language:
      sender.contact.language ?? languageByScript(`${subject}\n${text}`) ?? received?.language ?? null,
    region: region || sender.contact.region,
    version: 1,
    routing_version: 0,
    waiting_since: now,
    last_inbound_at: now,
    read_at: null,
    sla_due_at: null,
    created_at: now,
    updated_at: now,
    solved_at: null,
  };
}

function typeFrom(value: string | undefined): TicketType {
  return TICKET_TYPES.find((type) => type === value) ?? 'question';
}

function messageOf(threaded: ThreadedItem, ticket: TicketRecord): MessageRecord {
  const { item, sender, match, conversationId } = threaded;
  const { payload } = item.envelope;
  const received = item.envelope.type === 'message.received' ? (payload as MessageReceived) : undefined;
  const optional = (text: string | undefined) => (text === undefined ? null : storableText(text));
  return {
    id: item.messageId,
    workspace_id: ticket.workspace_id,
    conversation_id: conversationId,
    ticket_id: ticket.id,
    direction: 'inbound',
    channel: payload.channel,
    author_kind: 'contact',
    author_id: sender.contact.id,
    author_name: received?.from.name?.trim() || sender.contact.name,
    subject: optional(received?.subject),
    text: textOf(threaded),
    visible_text: optional(received?.visibleText),
    html: optional(received?.html),
    external_id: received?.externalId ?? null,
    raw_key: payload.raw.key,
    raw_sha256: payload.raw.sha256,
    raw_size: payload.raw.size,
    raw: payload.raw.content === undefined ? null : hexOf(payload.raw.content),
    unverified_sender: match !== undefined && !match.participant,
    automatic: received?.automatic ?? false,
    quarantine_reason: received ? null : (payload as MessageUnreadable).reason,
    idempotency_key: null,
    at: new Date(payload.receivedAt),
  };
}

/** An unreadable message has its own bytes as its file, so that somebody can look. */
function attachmentsOf({ item }: ThreadedItem, now: Date): AttachmentRecord[] {
  const { envelope, messageId } = item;
  const files =
    envelope.type === 'message.received'
      ? (envelope.payload as MessageReceived).attachments
      : [
          {
            ...envelope.payload.raw,
            name: 'original',
            contentType: 'application/octet-stream',
            disposition: 'attachment' as const,
          },
        ];
  return files.map((file) => ({
    id: newId(),
    workspace_id: envelope.workspaceId,
    message_id: messageId,
    uploaded_by: null,
    name: storableText(file.name).slice(0, 255),
    content_type: file.contentType.slice(0, 255),
    size: file.size,
    object_key: file.key,
    sha256: file.sha256,
    disposition: file.disposition,
    content_id: ('contentId' in file ? file.contentId : undefined) ?? null,
    created_at: now,
  }));
}

/** Base64 as PostgreSQL reads bytes. */
function hexOf(base64: string): string {
  return `\\x${Buffer.from(base64, 'base64').toString('hex')}`;
}
