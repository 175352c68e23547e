import {
  type CallAssigned,
  encodeRecord,
  type Envelope,
  type MessageQueued,
  outboundMessages,
  routingWork,
  type TicketChanged,
  type TicketEventType,
  ticketEvents,
  type TicketReady,
  type TicketWithdrawn,
} from '@tributary/contracts';
import { addToOutbox, type OutboxRecord, WriteAhead } from '@tributary/database';
import { newId } from '@tributary/runtime';
import type { EntityManager } from 'typeorm';
import { clip } from './ingestion/message-text.js';
import {
  type AttachmentRecord,
  type ConsentRecord,
  type DeliveryRecord,
  type EventRecord,
  type InboundChangeRecord,
  insertRows,
  type MediaRecord,
  type MessageRecord,
  type TicketRecord,
  updateTickets,
} from './rows.js';
import { movesClocks, type SlaChange, type SlaClocks } from './sla/sla-clocks.js';
import { saveClocks, saveTimers } from './sla/sla.repository.js';

/** Who did it: `agent:<id>`, `contact:<id>`, `router`, `sla` or `system`. */
export type Actor = `agent:${string}` | `contact:${string}` | 'router' | 'sla' | 'system';

/** Channel on which a committed change wakes the streams of every replica; the payload is the workspace's id. */
export const CHANGE_CHANNEL = 'ticket_change';

/** A reply that is sent again begins anew. */
const DELIVERY_AGAIN = `(message_id) DO UPDATE SET attempt = excluded.attempt, state = excluded.state,
  counted = excluded.counted, queued_at = excluded.queued_at, error_code = NULL, error_detail = NULL, at = excluded.at`;

/** A file that was pending has its end. */
const MEDIA_AGAIN = `(id) DO UPDATE SET state = excluded.state, attachment_id = excluded.attachment_id,
  reason = excluded.reason, detail = excluded.detail`;

/** The last word counts. */
const CONSENT_AGAIN = `(identity_id, inbox_id) DO UPDATE SET consent = excluded.consent, change_id = excluded.change_id,
  message_id = excluded.message_id, at = excluded.at`;

/**
 * All that one transaction does to a workspace's tickets: history, stream, router's work, replies on their way, SLA
 * clocks. Commands and pipelines collect their changes here, and `flush` writes them in sets.
 */
export class ChangeSet {
  readonly #created = new Set<TicketRecord>();
  readonly #touched = new Map<string, TicketRecord>();
  readonly #messages: MessageRecord[] = [];
  readonly #attachments: AttachmentRecord[] = [];
  readonly #media = new Set<MediaRecord>();
  readonly #inboundChanges: InboundChangeRecord[] = [];
  /** The last word of each identity in each inbox. */
  readonly #consents = new Map<string, ConsentRecord>();
  readonly #deliveries: DeliveryRecord[] = [];
  readonly #events: EventRecord[] = [];
  /** Made when everything is known: a new ticket gets its number last. */
  readonly #outbox: (() => OutboxRecord)[] = [];
  readonly #sla: SlaChange[] = [];
  readonly #routing = new Map<string, () => Envelope>();

  constructor(
    readonly workspaceId: string,
    readonly now: Date,
  ) {}

  /** A ticket begins with a message; one that no person wrote promises nobody anything. */
  createTicket(
    ticket: TicketRecord,
    message: MessageRecord,
    attachments: readonly AttachmentRecord[],
    actor: Actor,
  ): void {
    this.#created.add(ticket);
    this.#sla.push({ ticket, kind: 'created', automatic: message.automatic, at: ticket.created_at });
    this.#keep(ticket, message, attachments);
    const { subject, channel } = ticket;
    const { direction, id: messageId } = message;
    this.record(ticket, 'ticket.created', actor, { subject, channel, direction }, { messageId });
  }

  /** Says that a locked ticket was changed; its version grows once a transaction. */
  touch(ticket: TicketRecord): void {
    if (this.#touched.has(ticket.id) || this.#created.has(ticket)) return;
    ticket.version += 1;
    ticket.updated_at = this.now;
    this.#touched.set(ticket.id, ticket);
  }

  addMessage(
    ticket: TicketRecord,
    message: MessageRecord,
    attachments: readonly AttachmentRecord[],
    actor: Actor,
  ): void {
    this.touch(ticket);
    this.#keep(ticket, message, attachments);
    this.record(ticket, 'message.added', actor, { direction: message.direction }, { messageId: message.id });
  }

  /** Files that a message of this or an earlier transaction has now. */
  addFiles(attachments: readonly AttachmentRecord[]): void {
    this.#attachments.push(...attachments);
  }

  /** A file that is still at its provider, or what became of one; the row as it is at the end is written. */
  saveMedia(media: MediaRecord): void {
    this.#media.add(media);
  }

  /** A record that is no message of its own, kept with its bytes. */
  addInboundChange(change: InboundChangeRecord): void {
    this.#inboundChanges.push(change);
  }

  setConsent(consent: ConsentRecord): void {
    this.#consents.set(`${consent.identity_id}:${consent.inbox_id}`, consent);
  }

  /** A change of fields, old and new; nothing is recorded when nothing changed. */
  change(ticket: TicketRecord, actor: Actor, changes: Partial<TicketRecord>, decisionId?: string): boolean {
    const differences: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(changes)) {
      const before = ticket[field as keyof TicketRecord];
      if (JSON.stringify(before) === JSON.stringify(value)) continue;
      differences[field] = [before, value];
    }
    if (Object.keys(differences).length === 0) return false;
    this.touch(ticket);
    const wasSettled = isSettled(ticket);
    const previous = { ...ticket };
    Object.assign(ticket, changes);
    if (isSettled(ticket) !== wasSettled) ticket.solved_at = isSettled(ticket) ? this.now : null;
    if (movesClocks(previous, ticket)) {
      this.#sla.push({ ticket, kind: 'changed', previous, actor, at: this.now });
    }
    this.record(
      ticket,
      typeOfChange(differences, ticket),
      actor,
      differences,
      decisionId === undefined ? {} : { decisionId },
    );
    return true;
  }

  /** The customer never got the reply: the clock it stopped goes on. */
  replyFailed(
    ticket: TicketRecord,
    messageId: string,
    nextReply: { readonly messageId: string; readonly at: Date } | null,
  ): void {
    this.#sla.push({ ticket, kind: 'reply_failed', messageId, nextReply, at: this.now });
  }

  timeHasCome(ticket: TicketRecord): void {
    this.#sla.push({ ticket, kind: 'time', at: this.now });
  }

  record(
    ticket: TicketRecord,
    type: TicketEventType,
    actor: Actor,
    changes: Record<string, unknown>,
    refers: { readonly messageId?: string; readonly decisionId?: string } = {},
  ): void {
    this.#events.push({
      workspace_id: this.workspaceId,
      ticket_id: ticket.id,
      type,
      actor,
      changes,
      message_id: refers.messageId ?? null,
      decision_id: refers.decisionId ?? null,
      at: this.now,
    });
    this.#publish(ticketEvents.name, ticket.id, () =>
      this.#envelope(type, {
        ticketId: ticket.id,
        number: ticket.number,
        ticketVersion: ticket.version,
        actor,
        changes,
        ...(refers.messageId === undefined ? {} : { messageId: refers.messageId }),
      } satisfies TicketChanged),
    );
  }

  /** The ticket needs an agent, from now or again. The last word of a transaction on a ticket is the one sent. */
  routeReady(ticket: TicketRecord, text: string, contactTier: TicketReady['contactTier']): void {
    this.#route(ticket, () =>
      this.#envelope('ticket.ready', {
        ticketId: ticket.id,
        number: ticket.number,
        ticketVersion: ticket.routing_version,
        channel: ticket.channel,
        priority: ticket.priority,
        type: ticket.type,
        contactTier,
        ...(ticket.language === null ? {} : { language: ticket.language }),
        ...(ticket.region === null ? {} : { region: ticket.region }),
        text: clip(text, 2000),
        tags: ticket.tags,
        waitingSince: new Date(ticket.waiting_since).toISOString(),
      } satisfies TicketReady),
    );
  }

  routeWithdrawn(ticket: TicketRecord, reason: TicketWithdrawn['reason']): void {
    this.#route(ticket, () =>
      this.#envelope('ticket.withdrawn', {
        ticketId: ticket.id,
        reason,
        ...(reason === 'assigned_by_hand' && ticket.assignee_id ? { agentId: ticket.assignee_id } : {}),
        ticketVersion: ticket.routing_version,
      } satisfies TicketWithdrawn),
    );
  }

  /**
   * A reply leaves by the adapter that owns the inbox; its state is kept from here on.
   *
   * @param counted messages that the provider may count for it, those of earlier attempts included.
   */
  queueDelivery(delivery: MessageQueued, counted: number): void {
    this.#deliveries.push({
      message_id: delivery.messageId,
      workspace_id: this.workspaceId,
      inbox_id: delivery.inboxId,
      attempt: delivery.attempt,
      state: 'queued',
      error_code: null,
      error_detail: null,
      counted,
      template: delivery.template ?? null,
      queued_at: this.now,
      at: this.now,
    });
    this.#publish(outboundMessages.name, delivery.conversationId, () =>
      this.#envelope('message.queued', delivery),
    );
  }

  connectCaller(call: CallAssigned): void {
    this.#publish(outboundMessages.name, call.conversationId, () => this.#envelope('call.assigned', call));
  }

  /** Writes everything, in as many statements as there are kinds of rows. */
  async flush(manager: EntityManager, sla: SlaClocks): Promise<void> {
    const { moved, clocks, timers } = await sla.reckon(manager, this.#sla, this);
    for (const ticket of moved) this.touch(ticket);
    const writes = new WriteAhead();
    // A statement's turn is a turn of the whole process: what has no rows takes none.
    const insert = async (table: string, rows: readonly object[], conflict?: string) => {
      if (rows.length > 0) await writes.send(insertRows(manager, table, rows, conflict));
    };
    await insert('ticket', [...this.#created]);
    if (this.#touched.size > 0) await writes.send(updateTickets(manager, [...this.#touched.values()]));
    if (clocks.length > 0) await writes.send(saveClocks(manager, this.workspaceId, clocks));
    if (timers.length > 0) await writes.send(saveTimers(manager, this.workspaceId, timers));
    await insert('message', this.#messages);
    await insert('attachment', this.#attachments);
    await insert('message_media', [...this.#media], MEDIA_AGAIN);
    await insert('inbound_change', this.#inboundChanges);
    await insert('contact_consent', [...this.#consents.values()], CONSENT_AGAIN);
    await insert('delivery', this.#deliveries, DELIVERY_AGAIN);
    await insert('event', this.#events);
    for (const envelope of this.#routing.values()) {
      this.#publish(routingWork.name, this.workspaceId, envelope);
    }
    const records = this.#outbox.map((make) => make());
    await writes.send(addToOutbox(manager, 'tickets', records));
    if (this.#events.length > 0) {
      await writes.send(manager.query('SELECT pg_notify($1, $2)', [CHANGE_CHANNEL, this.workspaceId]));
    }
    await writes.settled();
  }

  #keep(ticket: TicketRecord, message: MessageRecord, attachments: readonly AttachmentRecord[]): void {
    this.#messages.push(message);
    this.#attachments.push(...attachments);
    this.#sla.push({ ticket, kind: 'message', message, at: this.now });
  }

  #route(ticket: TicketRecord, envelope: () => Envelope): void {
    this.touch(ticket);
    if (!this.#routing.has(ticket.id)) ticket.routing_version += 1;
    this.#routing.set(ticket.id, envelope);
  }

  #publish(topic: string, key: string, envelope: () => Envelope): void {
    this.#outbox.push(() => ({ topic, key, value: encodeRecord(envelope()) }));
  }

  #envelope(type: string, payload: unknown): Envelope {
    return {
      id: newId(),
      type,
      version: 1,
      workspaceId: this.workspaceId,
      occurredAt: this.now.toISOString(),
      payload,
    };
  }
}

function typeOfChange(differences: Record<string, unknown>, ticket: TicketRecord): TicketEventType {
  if ('assignee_id' in differences) return ticket.assignee_id === null ? 'ticket.updated' : 'ticket.assigned';
  return 'queue_id' in differences ? 'ticket.queued' : 'ticket.updated';
}

export function isSettled(ticket: Pick<TicketRecord, 'status'>): boolean {
  return ticket.status === 'solved' || ticket.status === 'closed';
}
