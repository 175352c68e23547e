import { type MediaStored, TICKET_TYPES } from '@tributary/contracts';
import { type ChangeSet, isSettled } from '../change-set.js';
import type {
  ChangeBody,
  ChangeRefusal,
  InboundChangeRecord,
  MediaRecord,
  MessageRecord,
  TicketRecord,
} from '../rows.js';
import type { ClaimedChange } from './claim-inbound.step.js';
import { changeSender, type ChangeTargets, mediaKey, reachKey, reachOf } from './find-change-targets.step.js';
import type { StoredTarget } from './inbound-change.repository.js';
import type { InboundEnvelope } from './inbound-record.js';
import { senderKey } from './inbound.repository.js';
import { snippetOf } from './message-text.js';
import { attachmentRecord, mediaOf, type PlacedMessage } from './place-messages.step.js';

export interface Application {
  readonly changes: ChangeSet;
  readonly targets: ChangeTargets;
  /** Messages of the same batch, in order. */
  readonly placed: readonly PlacedMessage[];
  /** Tickets that the transaction holds or has made, by id. */
  readonly tickets: ReadonlyMap<string, TicketRecord>;
}

/** The message that a change is about. */
interface Target extends Pick<MessageRecord, 'direction' | 'author_id'> {
  readonly messageId: string;
  readonly ticket: TicketRecord;
  /** Whether the list shows its text as the ticket's last: never a later part of an album. */
  readonly isLast: boolean;
}

interface Applied {
  readonly body: ChangeBody;
  readonly messageId: string | null;
  readonly refusal: ChangeRefusal | null;
}

type Of<Type extends InboundEnvelope['type']> = Extract<InboundEnvelope, { readonly type: Type }>;

/**
 * Applies what is no message of its own, in the log's order, after the messages of the batch. Every change is kept
 * with its bytes; one whose message is not here has no effect yet, and is shown once the message is.
 *
 * @returns by change id, why those had no effect that had none.
 */
export function applyChanges(
  application: Application,
  items: readonly ClaimedChange[],
): ReadonlyMap<string, ChangeRefusal> {
  const refusals = new Map<string, ChangeRefusal>();
  const applier = new ChangeApplier(application);
  for (const item of items) {
    const refusal = applier.apply(item);
    if (refusal) refusals.set(item.changeId, refusal);
  }
  return refusals;
}

class ChangeApplier {
  readonly #byExternalId = new Map<string, Target[]>();
  readonly #byId = new Map<string, Target>();
  /** Files of this batch's messages, by `mediaKey`. */
  readonly #media = new Map<string, MediaRecord>();
  /** The newest of this batch's messages, by ticket. */
  readonly #newest = new Map<string, string>();

  constructor(private readonly parts: Application) {
    for (const { message, ticket } of parts.placed) this.#newest.set(ticket.id, message.id);
    for (const [id, stored] of parts.targets.byId) this.#byId.set(id, this.#stored(stored));
    for (const [externalId, stored] of parts.targets.byExternalId) {
      for (const each of stored) this.#name(each.inbox_id, externalId, this.#stored(each));
    }
    for (const { message, ticket, inboxId, media } of parts.placed) {
      this.#expect(media);
      const isLast = this.#newest.get(ticket.id) === message.id;
      const target: Target = { ...message, messageId: message.id, ticket, isLast };
      this.#byId.set(message.id, target);
      if (message.external_id !== null) this.#name(inboxId, message.external_id, target);
    }
  }

  apply(item: ClaimedChange): ChangeRefusal | null {
    const applied = this.#applied(item, item.envelope);
    this.parts.changes.addInboundChange(this.#row(item, applied));
    return applied.refusal;
  }

  #applied(item: ClaimedChange, envelope: InboundEnvelope): Applied {
    switch (envelope.type) {
      case 'message.received':
        return this.#part(item, envelope);
      case 'message.edited':
        return this.#onMessage(envelope, { kind: 'edited', text: envelope.payload.text });
      case 'message.deleted':
        return this.#onMessage(envelope, { kind: 'deleted' });
      case 'message.reacted':
        return this.#onMessage(envelope, { kind: 'reacted', reaction: envelope.payload.reaction ?? null });
      case 'consent.changed':
        return this.#consent(item, envelope);
      case 'customer.acted':
        return this.#acted(envelope);
      case 'media.stored':
        return this.#mediaStored(envelope);
      case 'message.unreadable':
        throw new TypeError('an unreadable message is a message');
    }
  }

  /** A later file of an album becomes one of the first's; its text stands behind the first's. */
  #part(item: ClaimedChange, envelope: Of<'message.received'>): Applied {
    const { payload } = envelope;
    const { changes } = this.parts;
    const target = this.#byId.get(item.partOf!)!;
    const { messageId, ticket } = target;
    changes.addFiles(
      payload.attachments.map((file) => attachmentRecord(file, envelope.workspaceId, messageId, changes.now)),
    );
    const media = mediaOf(envelope, messageId);
    for (const each of media) changes.saveMedia(each);
    this.#expect(media);
    if (payload.externalId !== undefined) {
      this.#name(payload.inboxId, payload.externalId, { ...target, isLast: false });
    }
    ticket.last_inbound_at = changes.now;
    this.#tell(target, envelope, 'part');
    const text = payload.visibleText ?? payload.text;
    if (target.isLast && ticket.snippet === '') ticket.snippet = snippetOf(text);
    return { body: { kind: 'part', text }, messageId, refusal: null };
  }

  #onMessage(
    envelope: Of<'message.edited' | 'message.deleted' | 'message.reacted'>,
    body: Extract<ChangeBody, { kind: 'edited' | 'deleted' | 'reacted' }>,
  ): Applied {
    const { inboxId, externalId } = envelope.payload;
    const found = this.#byExternalId.get(nameKey(inboxId, externalId)) ?? [];
    if (found.length === 0) return { body, messageId: null, refusal: 'UNKNOWN_MESSAGE' };
    // A person changes their own words alone, and may react to anybody's.
    const target = found.findLast((each) => body.kind === 'reacted' || this.#isAuthor(each, envelope));
    if (!target) return { body, messageId: found.at(-1)!.messageId, refusal: 'NOT_AUTHOR' };
    const { ticket } = target;
    if (body.kind === 'edited') ticket.last_inbound_at = this.parts.changes.now;
    if (target.isLast && body.kind !== 'reacted') {
      ticket.snippet = body.kind === 'edited' ? snippetOf(body.text) : '';
    }
    this.#tell(target, envelope, body.kind);
    return { body, messageId: target.messageId, refusal: null };
  }

  #consent(item: ClaimedChange, envelope: Of<'consent.changed'>): Applied {
    const { consent, raw, receivedAt } = envelope.payload;
    // The same bytes often are a message as well: the customer wrote STOP.
    const said = this.#placedFor(envelope).findLast(({ message }) => message.raw_sha256 === raw.sha256);
    const messageId = said?.message.id ?? null;
    this.parts.changes.setConsent({
      ...{ workspace_id: envelope.workspaceId, ...reachOf(envelope, this.parts.targets.senders)!, consent },
      ...{ change_id: item.changeId, message_id: messageId, at: new Date(receivedAt) },
    });
    this.#tellTicket(envelope, { consent }, messageId);
    return { body: { kind: 'consent', consent }, messageId, refusal: null };
  }

  #acted(envelope: Of<'customer.acted'>): Applied {
    const { activity, fields, externalId, inboxId } = envelope.payload;
    const body: ChangeBody = { kind: 'acted', activity, fields };
    if (externalId === undefined) {
      this.#tellTicket(envelope, { activity }, null);
      return { body, messageId: null, refusal: null };
    }
    const target = (this.#byExternalId.get(nameKey(inboxId, externalId)) ?? []).at(-1);
    if (!target) return { body, messageId: null, refusal: 'UNKNOWN_MESSAGE' };
    const { ticket } = target;
    const type = TICKET_TYPES.find((each) => each === fields['type']);
    const { changes, targets } = this.parts;
    if (type !== undefined && !isSettled(ticket)) {
      const isChanged = changes.change(ticket, `contact:${this.#contactOf(envelope)!}`, { type });
      // Another kind of work may be others' work; what somebody has already stays theirs.
      if (isChanged && ticket.assignee_id === null) {
        const { tier } = targets.senders.get(senderKey(envelope.payload.from))!.contact;
        changes.routeReady(ticket, `${ticket.subject}\n${ticket.snippet}`, tier);
      }
    }
    this.#tell(target, envelope, 'acted');
    return { body, messageId: target.messageId, refusal: null };
  }

  /** In the history of the customer's newest ticket in the inbox, where there is one. */
  #tellTicket(
    envelope: Of<'consent.changed' | 'customer.acted'>,
    changed: Record<string, unknown>,
    messageId: string | null,
  ): void {
    const { changes, targets, tickets } = this.parts;
    const known = targets.reach.get(reachKey(reachOf(envelope, targets.senders)!));
    const ticket =
      this.#placedFor(envelope).at(-1)?.ticket ??
      (known?.ticket_id ? tickets.get(known.ticket_id) : undefined);
    if (!ticket) return;
    changes.touch(ticket);
    const refers = messageId === null ? {} : { messageId };
    changes.record(ticket, envelope.type, `contact:${this.#contactOf(envelope)!}`, changed, refers);
  }

  /** Messages of this batch by whoever did it, in the same inbox. */
  #placedFor(envelope: InboundEnvelope): readonly PlacedMessage[] {
    const contactId = this.#contactOf(envelope);
    return this.parts.placed.filter(
      (each) => each.inboxId === envelope.payload.inboxId && each.message.author_id === contactId,
    );
  }

  #mediaStored({ payload }: Of<'media.stored'>): Applied {
    const { changes, tickets, targets } = this.parts;
    const { inboxId, channel: _channel, ...told } = payload;
    const key = mediaKey(inboxId, payload.providerEventId, payload.mediaId);
    const stored = targets.media.get(key);
    const media = this.#media.get(key) ?? stored?.media;
    const body: ChangeBody = { kind: 'media', told };
    if (!media) return { body, messageId: null, refusal: 'UNKNOWN_MEDIA' };
    const ticket = this.#byId.get(media.message_id)?.ticket ?? tickets.get(stored!.ticketId)!;
    settle(media, payload, changes);
    changes.saveMedia(media);
    changes.touch(ticket);
    const news = { change: 'media', state: media.state };
    changes.record(ticket, 'message.changed', 'system', news, { messageId: media.message_id });
    return { body, messageId: media.message_id, refusal: null };
  }

  #expect(media: readonly MediaRecord[]): void {
    for (const each of media) {
      this.#media.set(mediaKey(each.inbox_id, each.provider_event_id, each.media_id), each);
    }
  }

  #tell(target: Target, envelope: InboundEnvelope, change: ChangeBody['kind']): void {
    const { changes } = this.parts;
    changes.touch(target.ticket);
    const actor = `contact:${this.#contactOf(envelope)!}` as const;
    changes.record(target.ticket, 'message.changed', actor, { change }, { messageId: target.messageId });
  }

  #isAuthor({ direction, author_id: authorId }: Target, envelope: InboundEnvelope): boolean {
    return direction === 'inbound' && authorId === this.#contactOf(envelope);
  }

  #contactOf(envelope: InboundEnvelope): string | null {
    const [sender] = changeSender(envelope);
    return (sender && this.parts.targets.senders.get(senderKey(sender))?.contact.id) ?? null;
  }

  #stored(stored: StoredTarget): Target {
    return {
      messageId: stored.message_id,
      ticket: this.parts.tickets.get(stored.ticket_id)!,
      direction: stored.direction,
      author_id: stored.author_id,
      isLast: stored.is_last && !this.#newest.has(stored.ticket_id),
    };
  }

  #name(inboxId: string, externalId: string, target: Target): void {
    const key = nameKey(inboxId, externalId);
    this.#byExternalId.set(key, [...(this.#byExternalId.get(key) ?? []), target]);
  }

  #row({ envelope, changeId }: ClaimedChange, { body, messageId, refusal }: Applied): InboundChangeRecord {
    const { payload } = envelope;
    const raw = 'raw' in payload ? payload.raw : undefined;
    return {
      id: changeId,
      workspace_id: envelope.workspaceId,
      inbox_id: payload.inboxId,
      kind: body.kind,
      message_id: messageId,
      external_id: 'externalId' in payload ? (payload.externalId ?? null) : null,
      contact_id: this.#contactOf(envelope),
      body,
      refusal,
      raw_key: raw?.key ?? null,
      raw_sha256: raw?.sha256 ?? null,
      raw_size: raw?.size ?? null,
      raw: raw?.content ?? null,
      at: 'receivedAt' in payload ? new Date(payload.receivedAt) : new Date(envelope.occurredAt),
    };
  }
}

function settle(media: MediaRecord, told: MediaStored, changes: ChangeSet): void {
  if (!told.attachment) {
    media.state = 'failed';
    media.reason = told.reason ?? 'unknown';
    media.detail = told.detail ?? null;
    return;
  }
  const file = attachmentRecord(told.attachment, media.workspace_id, media.message_id, changes.now);
  changes.addFiles([file]);
  media.state = 'stored';
  media.attachment_id = file.id;
}

function nameKey(inboxId: string, externalId: string): string {
  return `${inboxId}:${externalId}`;
}
