import { createHash } from 'node:crypto';
import {
  cut,
  type InboundEvent,
  type MediaReference,
  objectAt,
  type Payload,
  readPayload,
  textAt,
  type WebhookRequest,
} from '@tributary/channel-sdk';
import type { SenderDto } from '@tributary/contracts';

/** A chat with several people: it is the contact, as it is what can be answered. */
export const ROOM = 'wechaty_room';
const CONTACT = 'wechaty';

/** One call of the bridge is one message of the account, or what happened to one. */
export async function parseCall({ body }: WebhookRequest): Promise<readonly InboundEvent[]> {
  const ofBytes = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const call = readPayload(body);
  const id = textAt(call, 'id');
  if (call === undefined || id === undefined || id.length > 200) {
    return [unreadable(ofBytes, 'BROKEN_BODY', 'the call names no message')];
  }
  // The library gives our own sends back as messages; whether by us or by the account’s owner, no customer wrote.
  if (call['self'] === true) return [{ kind: 'ignored', providerEventId: id, reason: 'self' }];
  const from = senderOf(call);
  if (from === undefined) return [unreadable(id, 'NO_SENDER', 'the message names no sender')];
  switch (call['kind']) {
    case 'message':
      return [messageOf(call, id, from)];
    case 'recalled':
      return [recalledOf(call, id, from)];
    default:
      return [unreadable(id, 'UNKNOWN_KIND', `calls of kind ${describe(call['kind'])} are not known`)];
  }
}

function messageOf(call: Payload, id: string, from: SenderDto): InboundEvent {
  const said = textAt(call, 'text') ?? '';
  const speaker = from.kind === ROOM ? textAt(objectAt(call, 'from'), 'name') : undefined;
  const media = mediaOf(call, id);
  if (said.trim() === '' && media.length === 0) {
    const type = describe(call['type']);
    return unreadable(id, 'EMPTY_MESSAGE', `a message of type ${type}, of which the library gives nothing`);
  }
  return {
    kind: 'message',
    providerEventId: id,
    externalId: id,
    from,
    thread: { tokens: [], references: [], ticketNumbers: [] },
    text: speaker !== undefined && said !== '' ? `${speaker}: ${said}` : said,
    files: [],
    media,
    automatic: false,
    fields: {},
  };
}

function recalledOf(call: Payload, id: string, from: SenderDto): InboundEvent {
  const externalId = textAt(call, 'recalledId');
  return externalId === undefined || externalId.length > 200
    ? unreadable(id, 'NO_MESSAGE', 'what was taken back is not named')
    : { kind: 'deleted', providerEventId: id, externalId, from };
}

function senderOf(call: Payload): SenderDto | undefined {
  const room = objectAt(call, 'room');
  const place = room ?? objectAt(call, 'from');
  const value = textAt(place, 'id');
  if (value === undefined || value.length > 320) return undefined;
  const name = textAt(place, room === undefined ? 'name' : 'topic')?.trim();
  return { kind: room === undefined ? CONTACT : ROOM, value, ...(name ? { name: cut(name, 200) } : {}) };
}

/** The bridge keeps the file under its message's id. */
function mediaOf(call: Payload, id: string): readonly MediaReference[] {
  const file = objectAt(call, 'file');
  if (file === undefined) return [];
  const type = textAt(file, 'contentType') ?? '';
  return [
    {
      id,
      name: cut(textAt(file, 'name') ?? 'file', 200),
      contentType: /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(type) ? type : 'application/octet-stream',
      disposition: 'attachment',
    },
  ];
}

function describe(value: unknown): string {
  return JSON.stringify(cut(typeof value === 'string' ? value : '', 50));
}

function unreadable(providerEventId: string, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId, reason, detail };
}
