import { createHash } from 'node:crypto';
import {
  asPayload,
  cut,
  type InboundEvent,
  objectAt,
  type Payload,
  readPayload,
  textAt,
  type WebhookRequest,
} from '@tributary/channel-sdk';
import type { SenderDto, ThreadHintsDto } from '@tributary/contracts';
import { contentOf } from './content.js';

/** One call carries any number of events, in their order; none when somebody checks the address. */
export async function parseWebhook({ body }: WebhookRequest): Promise<readonly InboundEvent[]> {
  const ofBytes = createHash('sha256').update(body).digest('hex');
  const events = readPayload(body)?.['events'];
  if (!Array.isArray(events)) {
    return [unreadable(`sha256:${ofBytes}`, 'NO_EVENTS', 'the body is no webhook of the Messaging API')];
  }
  if (events.length === 0) return [ignored(`verify:${ofBytes}`, 'verification')];
  return events.map((event: unknown, at) => eventOf(asPayload(event) ?? {}, `sha256:${ofBytes}:${at}`));
}

/** The id is the same in every redelivery; `deliveryContext.isRedelivery` differs and so decides nothing. */
function eventOf(event: Payload, ofBytes: string): InboundEvent {
  const eventId = cut(textAt(event, 'webhookEventId') ?? ofBytes, 500);
  const kind = textAt(event, 'type') ?? 'none';
  // Somebody else's module answers the chat now, and would speak over us.
  if (textAt(event, 'mode') === 'standby') return ignored(eventId, 'standby');
  if (NO_CUSTOMERS_WORD.has(kind)) return ignored(eventId, kind);
  const read = READERS.get(kind);
  if (read === undefined) {
    return unreadable(eventId, 'UNKNOWN_EVENT', `an event of the kind ${cut(kind, 50)}`);
  }
  const from = senderOf(objectAt(event, 'source'));
  const found = from && read(event, from, eventId);
  return found ?? unreadable(eventId, 'NO_SOURCE', `the ${kind} event names no chat or message`);
}

/** @returns undefined when it does not say what it is about. */
type Reader = (event: Payload, from: SenderDto, eventId: string) => InboundEvent | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['message', messageReceived],
  ['postback', postbackReceived],
  ['unsend', messageUnsent],
  ['follow', (_event, from, id) => consent(id, from, 'given')],
  ['unfollow', (_event, from, id) => consent(id, from, 'withdrawn')],
  ['join', (_event, from, id) => consent(id, from, 'given')],
  ['leave', (_event, from, id) => consent(id, from, 'withdrawn')],
]);

/** Events in which no customer speaks to us. */
const NO_CUSTOMERS_WORD: ReadonlySet<string> = new Set([
  ...['memberJoined', 'memberLeft', 'videoPlayComplete', 'beacon', 'accountLink', 'membership', 'module'],
  ...['activated', 'deactivated', 'botSuspended', 'botResumed', 'delivery'],
]);

/**
 * A group or a room is the contact, not its member: it is what can be answered. The webhook has no names, so a
 * person is called by the beginning of their id until somebody gives them one.
 */
function senderOf(source: Payload | undefined): SenderDto | undefined {
  const user = textAt(source, 'userId');
  const group = textAt(source, 'groupId') ?? textAt(source, 'roomId');
  const value = group ?? user;
  if (value === undefined || value.length > 320) return undefined;
  const short = (id: string) => cut(id, 9);
  const speaker = group === undefined || user === undefined ? '' : ` (${short(user)})`;
  const name = group === undefined ? `LINE ${short(value)}` : `LINE group ${short(value)}${speaker}`;
  return { kind: 'line', value, name };
}

function messageReceived(event: Payload, from: SenderDto, eventId: string): InboundEvent | undefined {
  const message = objectAt(event, 'message');
  const id = textAt(message, 'id');
  if (message === undefined || id === undefined || id.length > 100) return undefined;
  const album = textAt(objectAt(message, 'imageSet'), 'id');
  return {
    kind: 'message',
    providerEventId: eventId,
    externalId: id,
    from,
    thread: threadOf(textAt(message, 'quotedMessageId')),
    files: [],
    ...contentOf(message, id),
    ...(album === undefined ? {} : { album }),
    automatic: false,
    fields: {},
  };
}

/** A tapped menu or button: what stands behind it, and what was picked where a date was asked for. */
function postbackReceived(event: Payload, from: SenderDto, eventId: string): InboundEvent | undefined {
  const postback = objectAt(event, 'postback');
  const data = textAt(postback, 'data');
  if (data === undefined) return undefined;
  const picked = Object.values(objectAt(postback, 'params') ?? {}).filter((each) => typeof each === 'string');
  return {
    kind: 'message',
    providerEventId: eventId,
    from,
    thread: threadOf(undefined),
    text: [data, ...picked].join('\n'),
    files: [],
    automatic: false,
    fields: { postback: data },
  };
}

function messageUnsent(event: Payload, from: SenderDto, eventId: string): InboundEvent | undefined {
  const externalId = textAt(objectAt(event, 'unsend'), 'messageId');
  if (externalId === undefined) return undefined;
  return { kind: 'deleted', providerEventId: eventId, externalId, from };
}

function threadOf(quoted: string | undefined): ThreadHintsDto {
  return { tokens: [], references: quoted === undefined ? [] : [cut(quoted, 100)], ticketNumbers: [] };
}

function consent(providerEventId: string, from: SenderDto, given: 'given' | 'withdrawn'): InboundEvent {
  return { kind: 'consent', providerEventId, from, consent: given };
}

function ignored(providerEventId: string, reason: string): InboundEvent {
  return { kind: 'ignored', providerEventId, reason };
}

function unreadable(providerEventId: string, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId, reason, detail };
}
