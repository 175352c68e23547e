import { createHash } from 'node:crypto';
import type { InboundEvent, InboundFile } from '@tributary/channel-sdk';
import {
  type AttachmentDto,
  encodeRecord,
  inboundMessages,
  type MessageReceived,
  type MessageUnreadable,
  parseRecord,
  type RawObjectDto,
} from '@tributary/contracts';
import type { EventLog, NewRecord } from '@tributary/event-log';
import { describeObject, type ObjectStore } from '@tributary/object-store';
import { type Clock, type Logger, newId, type RightOfWay } from '@tributary/runtime';
import type { Acceptance, AcceptanceReport } from './acceptance.js';
import { type CustomerEvent, customerPayload, type InboundPayload, mediaPayload } from './customer-events.js';
import { deliveryRecord } from './delivery-record.js';
import type { HostedInbox } from './hosted-inbox.js';
import type { ReceiptEvent, SentMessages } from './sent-messages.js';

export interface LogAcceptanceParts {
  readonly log: EventLog;
  readonly objects: ObjectStore;
  readonly sent: Pick<SentMessages, 'match' | 'until' | 'noted'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rightOfWay: RightOfWay;
}

/** Originals up to this size travel inside their record. */
const INLINE_BYTES = 16 * 1024;
/** Bytes of a record that every driver takes, with room for what Kafka writes around it. */
const LARGEST_RECORD = 1_000_000;
/** UTF-16 units of a text that is cut; escapes make at most six bytes of each. */
const CUT_TEXT = 60_000;
const CUSTOMER_EVENTS: readonly CustomerEvent['kind'][] = [
  ...(['edited', 'deleted', 'reaction', 'consent', 'activity'] as const),
];
const CUT_MARK = '\n\n[…]';

/** Stores bytes and files, then appends; only after that may an adapter answer its provider. */
export class LogAcceptance implements Acceptance {
  constructor(private readonly parts: LogAcceptanceParts) {}

  accept(inbox: HostedInbox, raw: Uint8Array, events: readonly InboundEvent[]): Promise<AcceptanceReport> {
    return this.parts.rightOfWay.first(() => this.#accept(inbox, raw, events));
  }

  async #accept(
    inbox: HostedInbox,
    raw: Uint8Array,
    events: readonly InboundEvent[],
  ): Promise<AcceptanceReport> {
    const original = await this.#keep(inbox.workspaceId, raw);
    const records: NewRecord[] = [];
    for (const event of events) {
      const record = await this.#recordOf(inbox, original, event);
      if (record) records.push(record);
    }
    // Those that name none of our messages themselves.
    records.push(...(await this.parts.sent.match(inbox, events.filter(isUnmatched))));
    const moments = events.filter((event) => event.kind === 'seen');
    if (moments.length > 0) records.push(...(await this.parts.sent.until(inbox, moments)));
    if (records.length > 0) await this.parts.log.append(records);
    if (moments.length > 0) await this.parts.sent.noted(inbox, moments);
    const count = (kind: InboundEvent['kind']) => events.filter((event) => event.kind === kind).length;
    return {
      messages: count('message'),
      receipts: count('receipt') + count('seen'),
      unreadable: count('unreadable'),
      changes: CUSTOMER_EVENTS.reduce((sum, kind) => sum + count(kind), 0),
      ignored: count('ignored'),
    };
  }

  /** Few bytes travel in the record: one durable write, not two, stands between a customer and the answer. */
  async #keep(workspaceId: string, raw: Uint8Array): Promise<RawObjectDto> {
    if (raw.byteLength > INLINE_BYTES) return this.parts.objects.put(workspaceId, raw);
    return { ...describeObject(workspaceId, raw), content: Buffer.from(raw).toString('base64') };
  }

  async #recordOf(
    inbox: HostedInbox,
    original: RawObjectDto,
    event: InboundEvent,
  ): Promise<NewRecord | undefined> {
    switch (event.kind) {
      case 'message':
        return this.#message(inbox, original, event);
      case 'unreadable':
        return this.#unreadable(inbox, original, event);
      case 'receipt':
        return event.sent && deliveryRecord(inbox, event, event.sent, this.parts.clock.now());
      case 'edited':
      case 'deleted':
      case 'reaction':
      case 'consent':
      case 'activity':
        return this.#customerDid(inbox, original, event);
      case 'seen':
      case 'ignored':
        return undefined;
    }
  }

  async #message(
    inbox: HostedInbox,
    original: RawObjectDto,
    event: Extract<InboundEvent, { kind: 'message' }>,
  ): Promise<NewRecord> {
    const { kind: _kind, files, media, ...message } = event;
    const payload: MessageReceived = {
      ...message,
      fields: { ...event.fields },
      inboxId: inbox.id,
      channel: inbox.channel,
      attachments: await Promise.all(files.map((file) => this.#attachment(inbox.workspaceId, file))),
      ...(media === undefined || media.length === 0 ? {} : { media: media.map(mediaPayload) }),
      raw: original,
      receivedAt: this.parts.clock.now().toISOString(),
    };
    return this.#checked(inbox, original, event, { type: 'message.received', payload: fitting(payload) });
  }

  #customerDid(inbox: HostedInbox, original: RawObjectDto, event: CustomerEvent): NewRecord {
    const receivedAt = this.parts.clock.now().toISOString();
    return this.#checked(inbox, original, event, customerPayload(inbox, original, receivedAt, event));
  }

  #checked(
    inbox: HostedInbox,
    original: RawObjectDto,
    event: CustomerEvent | Extract<InboundEvent, { kind: 'message' }>,
    { type, payload }: InboundPayload,
  ): NewRecord {
    const record = this.#inbound(inbox, type, payload, `${event.from.kind}:${event.from.value}`);
    const checked = parseRecord(inboundMessages, record.value);
    if (checked.ok) return record;
    // A fault of the channel, not of the customer: `tickets` would keep the record where no agent sees it.
    this.parts.logger.error(
      { inboxId: inbox.id, channel: inbox.channel, reason: checked.reason, detail: checked.detail },
      'channel_event_refused',
    );
    return this.#unreadable(inbox, original, {
      kind: 'unreadable',
      providerEventId: event.providerEventId,
      reason: checked.reason,
      detail: checked.detail,
    });
  }

  #unreadable(
    inbox: HostedInbox,
    original: RawObjectDto,
    event: Extract<InboundEvent, { kind: 'unreadable' }>,
  ): NewRecord {
    const payload: MessageUnreadable = {
      inboxId: inbox.id,
      channel: inbox.channel,
      providerEventId: eventId(event.providerEventId),
      reason: event.reason.slice(0, 100),
      detail: event.detail.slice(0, 2000).toWellFormed(),
      raw: original,
      receivedAt: this.parts.clock.now().toISOString(),
    };
    return this.#inbound(inbox, 'message.unreadable', payload, 'unreadable');
  }

  #inbound(
    inbox: HostedInbox,
    type: InboundPayload['type'],
    payload: InboundPayload['payload'],
    sender: string,
  ): NewRecord {
    return {
      topic: inboundMessages.name,
      key: `${inbox.id}:${sender}`,
      value: encodeRecord({
        id: newId(),
        type,
        version: 1,
        workspaceId: inbox.workspaceId,
        occurredAt: this.parts.clock.now().toISOString(),
        payload,
      }),
    };
  }

  async #attachment(workspaceId: string, file: InboundFile): Promise<AttachmentDto> {
    const stored = await this.parts.objects.put(workspaceId, file.content);
    return {
      ...stored,
      name: file.name,
      contentType: file.contentType,
      disposition: file.disposition,
      ...(file.contentId === undefined ? {} : { contentId: file.contentId }),
    };
  }
}

function isUnmatched(event: InboundEvent): event is ReceiptEvent {
  return event.kind === 'receipt' && event.sent === undefined;
}

/** The contract takes 1 to 500 characters; what stands for a longer or an empty id is as stable as that id. */
function eventId(given: string): string {
  if (given.length > 0 && given.length <= 500) return given;
  return createHash('sha256').update(given).digest('hex');
}

/**
 * A message too large for a record loses its HTML, then the end of its texts; the bytes as they came are kept whole
 * in the object store, and agents can open them.
 */
function fitting(payload: MessageReceived): MessageReceived {
  const units = payload.text.length + (payload.visibleText?.length ?? 0) + (payload.html?.length ?? 0);
  if (units * 6 < LARGEST_RECORD / 2) return payload;
  const fits = (candidate: MessageReceived) =>
    Buffer.byteLength(JSON.stringify(candidate)) <= LARGEST_RECORD - 1000;
  if (fits(payload)) return payload;
  const { html: _html, ...plain } = payload;
  if (fits(plain)) return plain;
  const cut = (text: string) =>
    text.length <= CUT_TEXT ? text : `${text.slice(0, CUT_TEXT).toWellFormed()}${CUT_MARK}`;
  return {
    ...plain,
    text: cut(plain.text),
    ...(plain.visibleText === undefined ? {} : { visibleText: cut(plain.visibleText) }),
  };
}
