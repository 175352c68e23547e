import {
  type AttachmentDto,
  type MessageReceived,
  type MessageUnreadable,
  TICKET_TYPES,
  type TicketType,
} from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import { type Actor, type ChangeSet } from '../change-set.js';
import { fileName, mediaType } from '../files/file-name.js';
import type { AttachmentRecord, MediaRecord, MessageRecord, TicketRecord } from '../rows.js';
import type { MessageEnvelope } from './inbound-record.js';
import type { InboundRepository } from './inbound.repository.js';
import { clip, languageByScript, snippetOf } from './message-text.js';
import type { ResolvedThreads, ThreadedItem } from './resolve-threads.step.js';

export interface Placement {
  readonly repository: InboundRepository;
  readonly changes: ChangeSet;
  readonly threads: ResolvedThreads;
  /** The ticket that each stored conversation is in now, locked. */
  readonly current: ReadonlyMap<string, TicketRecord>;
  readonly now: Date;
}

export interface PlacedMessage {
  readonly message: MessageRecord;
  readonly ticket: TicketRecord;
  readonly inboxId: string;
  /** Files that are still at the provider. */
  readonly media: readonly MediaRecord[];
}

/**
 * Puts each message into its conversation's ticket, or a new one, in the log's order.
 *
 * @returns the messages, in that order.
 */
export async function placeMessages(placement: Placement): Promise<readonly PlacedMessage[]> {
  const { repository, changes, threads, now } = placement;
  const current = new Map(placement.current);
  const created: TicketRecord[] = [];
  const placed: PlacedMessage[] = [];
  const links: { readonly ticket_id: string; readonly conversation_id: string }[] = [];
  for (const threaded of threads.items) {
    const existing = current.get(threaded.conversationId);
    // A closed ticket is history: an answer to it begins a new one in the same conversation.
    const ticket = existing && existing.status !== 'closed' ? existing : newTicket(threaded, now);
    if (ticket !== existing) {
      created.push(ticket);
      links.push({ ticket_id: ticket.id, conversation_id: threaded.conversationId });
      current.set(threaded.conversationId, ticket);
    }
    const message = messageOf(threaded, ticket);
    const attachments = attachmentsOf(threaded, now);
    if (ticket === existing) {
      changes.addMessage(ticket, message, attachments, actorOf(threaded));
    } else {
      changes.createTicket(ticket, message, attachments, actorOf(threaded));
      changes.routeReady(ticket, `${ticket.subject}\n${textOf(threaded)}`, threaded.sender.contact.tier);
    }
    const media = mediaOf(threaded.item.envelope, message.id);
    for (const each of media) changes.saveMedia(each);
    placed.push({ message, ticket, inboxId: threaded.item.envelope.payload.inboxId, media });
    ticket.snippet = snippetOf(message.visible_text ?? message.text) || ticket.snippet;
    ticket.last_inbound_at = now;
    if (ticket === existing) {
      takeOrder(changes, ticket, threaded);
      reopen(changes, ticket, threaded);
    }
  }
  if (created.length > 0) {
    const first = await repository.takeNumbers(created.length);
    created.forEach((ticket, i) => (ticket.number = String(first + BigInt(i))));
  }
  await repository.addConversations(threads.newConversations, links);
  return placed;
}

/** The order that a person of the conversation showed last is the one they speak of; the history keeps the others. */
function takeOrder(changes: ChangeSet, ticket: TicketRecord, threaded: ThreadedItem): void {
  const { envelope } = threaded.item;
  if (!threaded.match?.participant || envelope.type !== 'message.received') return;
  const { order } = (envelope.payload as MessageReceived).fields;
  const known = ticket.fields['order'] ?? null;
  if (!order || order === known) return;
  ticket.fields = { ...ticket.fields, order };
  changes.touch(ticket);
  changes.record(ticket, 'ticket.updated', actorOf(threaded), { order: [known, order] });
}

/** A person of the conversation wrote again: the work is on. Strangers and machines change no state. */
function reopen(changes: ChangeSet, ticket: TicketRecord, threaded: ThreadedItem): void {
  const { match, sender } = threaded;
  if (!match?.participant || isAutomatic(threaded) || ticket.status === 'new' || ticket.status === 'open')
    return;
  // Whoever comes back has waited since now, not since the ticket was new.
  ticket.waiting_since = changes.now;
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
    : envelope.payload.text;
}

function newTicket(threaded: ThreadedItem, now: Date): TicketRecord {
  const { item, sender } = threaded;
  const { envelope } = item;
  const received = envelope.type === 'message.received' ? (envelope.payload as MessageReceived) : undefined;
  const text = received?.text ?? '';
  const subject = received?.subject?.trim() || snippetOf(text) || untitled(threaded);
  const { type, region, ...fields } = received?.fields ?? {};
  return {
    id: newId(),
    workspace_id: envelope.workspaceId,
    number: '0',
    subject: clip(subject, 998),
    snippet: snippetOf(text),
    status: 'new',
    priority: received?.priority ?? 'normal',
    type: typeFrom(type),
    fields,
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

/** A message without a subject and a text: files alone, or one that could not be read. */
function untitled({ item: { envelope } }: ThreadedItem): string {
  if (envelope.type === 'message.unreadable') return 'Unreadable message';
  const file = envelope.payload.attachments[0] ?? envelope.payload.media?.[0];
  return file ? fileName(file.name) : '(no subject)';
}

function typeFrom(value: string | undefined): TicketType {
  return TICKET_TYPES.find((type) => type === value) ?? 'question';
}

function messageOf(threaded: ThreadedItem, ticket: TicketRecord): MessageRecord {
  const { item, sender, match, conversationId } = threaded;
  const { payload } = item.envelope;
  const received = item.envelope.type === 'message.received' ? (payload as MessageReceived) : undefined;
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
    subject: received?.subject ?? null,
    text: textOf(threaded),
    visible_text: received?.visibleText ?? null,
    html: received?.html ?? null,
    external_id: received?.externalId ?? null,
    raw_key: payload.raw.key,
    raw_sha256: payload.raw.sha256,
    raw_size: payload.raw.size,
    raw: payload.raw.content ?? null,
    unverified_sender: match !== undefined && !match.participant,
    automatic: received?.automatic ?? false,
    quarantine_reason: received ? null : (payload as MessageUnreadable).reason,
    idempotency_key: null,
    album: received?.album ?? null,
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
  return files.map((file) => attachmentRecord(file, envelope.workspaceId, messageId, now));
}

export function attachmentRecord(
  file: AttachmentDto,
  workspaceId: string,
  messageId: string,
  now: Date,
): AttachmentRecord {
  return {
    id: newId(),
    workspace_id: workspaceId,
    message_id: messageId,
    uploaded_by: null,
    name: fileName(file.name),
    content_type: mediaType(file.contentType),
    size: file.size,
    object_key: file.key,
    sha256: file.sha256,
    disposition: file.disposition,
    content_id: file.contentId ?? null,
    created_at: now,
  };
}

/** The files that a message left at its provider, in their order, all pending. */
export function mediaOf(envelope: MessageEnvelope, messageId: string): MediaRecord[] {
  if (envelope.type === 'message.unreadable') return [];
  const { media = [], inboxId, providerEventId } = envelope.payload;
  const unique = new Map(media.map((each) => [each.id, each]));
  return [...unique.values()].map(({ id, name, contentType }) => ({
    ...{ id: newId(), workspace_id: envelope.workspaceId, message_id: messageId, inbox_id: inboxId },
    ...{ provider_event_id: providerEventId, media_id: id, name: fileName(name) },
    ...{ content_type: mediaType(contentType), state: 'pending', attachment_id: null },
    ...{ reason: null, detail: null },
  }));
}
