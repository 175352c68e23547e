import { createHash } from 'node:crypto';
import {
  type AttachmentDto,
  encodeRecord,
  type Envelope,
  type InboundPayloads,
  type MediaStored,
  type MessageReceived,
  type MessageUnreadable,
} from '@tributary/contracts';
import { newId } from '@tributary/runtime';

/** Where a test's messages arrive. */
export interface TestInbox {
  readonly id: string;
  readonly workspaceId: string;
  readonly channel: MessageReceived['channel'];
}

/** A message of a person by mail; every call gives another builder, so that a start can be shared. */
export function aMessage(): MessageBuilder {
  return new MessageBuilder({});
}

export class MessageBuilder {
  constructor(
    private readonly parts: Partial<MessageReceived>,
    private readonly inbox?: TestInbox,
  ) {}

  inInbox(inbox: TestInbox): MessageBuilder {
    return new MessageBuilder(this.parts, inbox);
  }

  from(value: string, name?: string): MessageBuilder {
    return this.with({ from: { kind: 'email', value, ...(name === undefined ? {} : { name }) } });
  }

  saying(text: string): MessageBuilder {
    return this.with({ text });
  }

  html(html: string): MessageBuilder {
    return this.with({ html });
  }

  about(subject: string): MessageBuilder {
    return this.with({ subject });
  }

  /** The provider's id of this delivery. */
  delivered(providerEventId: string): MessageBuilder {
    return this.with({ providerEventId });
  }

  /** The id that answers refer to. */
  called(externalId: string): MessageBuilder {
    return this.with({ externalId });
  }

  withToken(...tokens: string[]): MessageBuilder {
    return this.with({ thread: { ...this.#thread, tokens } });
  }

  answering(...references: string[]): MessageBuilder {
    return this.with({ thread: { ...this.#thread, references } });
  }

  naming(...ticketNumbers: string[]): MessageBuilder {
    return this.with({ thread: { ...this.#thread, ticketNumbers } });
  }

  writtenByMachine(): MessageBuilder {
    return this.with({ automatic: true });
  }

  withFiles(...attachments: AttachmentDto[]): MessageBuilder {
    return this.with({ attachments });
  }

  /** Files that are still at the provider. */
  leaving(...ids: string[]): MessageBuilder {
    return this.with({
      media: ids.map((id) => ({ id, name: id, contentType: 'image/jpeg', disposition: 'attachment' })),
    });
  }

  inAlbum(album: string): MessageBuilder {
    return this.with({ album });
  }

  with(parts: Partial<MessageReceived>): MessageBuilder {
    return new MessageBuilder({ ...this.parts, ...parts }, this.inbox);
  }

  encoded(): Buffer {
    const { inbox } = this;
    if (!inbox) throw new Error('a message arrives in an inbox');
    const payload: MessageReceived = {
      inboxId: inbox.id,
      channel: inbox.channel,
      providerEventId: newId(),
      from: { kind: 'email', value: 'ann@example.org', name: 'Ann' },
      thread: { tokens: [], references: [], ticketNumbers: [] },
      subject: 'My order',
      text: 'Where is it?',
      attachments: [],
      raw: aStoredObject(inbox.workspaceId),
      receivedAt: '2026-11-23T09:00:00.000Z',
      automatic: false,
      fields: {},
      ...this.parts,
    };
    return encoded(inbox.workspaceId, 'message.received', payload);
  }

  get #thread(): MessageReceived['thread'] {
    return this.parts.thread ?? { tokens: [], references: [], ticketNumbers: [] };
  }
}

/** Something arrived that its channel could not understand. */
export function anUnreadableMessage(inbox: TestInbox, parts: Partial<MessageUnreadable> = {}): Buffer {
  const payload: MessageUnreadable = {
    inboxId: inbox.id,
    channel: inbox.channel,
    providerEventId: newId(),
    reason: 'BROKEN_MIME',
    detail: 'a boundary is missing',
    raw: aStoredObject(inbox.workspaceId),
    receivedAt: '2026-11-23T09:00:00.000Z',
    ...parts,
  };
  return encoded(inbox.workspaceId, 'message.unreadable', payload);
}

type Did = 'message.edited' | 'message.deleted' | 'message.reacted' | 'consent.changed' | 'customer.acted';

/** What a customer did to a message, or to us; by Ann unless `from` says otherwise. */
export function aChange<Type extends Did>(
  inbox: TestInbox,
  type: Type,
  parts: Partial<InboundPayloads[Type]>,
): Buffer {
  return encoded(inbox.workspaceId, type, {
    ...{ inboxId: inbox.id, channel: inbox.channel, providerEventId: newId() },
    ...{ from: { kind: 'email', value: 'ann@example.org', name: 'Ann' } },
    ...{ raw: aStoredObject(inbox.workspaceId), receivedAt: '2026-11-23T09:00:00.000Z' },
    ...parts,
  });
}

/** What became of a file that a message left at its provider; stored unless a reason is given. */
export function aMediaStored(
  inbox: TestInbox,
  parts: Pick<MediaStored, 'providerEventId' | 'mediaId'> & Partial<MediaStored>,
): Buffer {
  const attachment: AttachmentDto = {
    ...aStoredObject(inbox.workspaceId, parts.mediaId),
    ...{ name: `${parts.mediaId}.jpg`, contentType: 'image/jpeg', disposition: 'attachment' },
  };
  return encoded(inbox.workspaceId, 'media.stored', {
    ...{ inboxId: inbox.id, channel: inbox.channel },
    ...(parts.reason === undefined ? { attachment } : {}),
    ...parts,
  });
}

/** A reference to an object; the object itself need not be there. */
export function aStoredObject(workspaceId: string, content = 'raw bytes') {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { key: `${workspaceId}/${sha256.slice(0, 2)}/${sha256}`, sha256, size: content.length };
}

export function encoded(workspaceId: string, type: string, payload: object, id = newId()): Buffer {
  const envelope: Envelope = {
    ...{ id, type, version: 1, workspaceId, occurredAt: '2026-11-23T09:00:00.000Z' },
    payload,
  };
  return encodeRecord(envelope);
}
