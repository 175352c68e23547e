import { createHash } from 'node:crypto';
import { inboundMessages, parseRecord, type RecordFault, type RecordOf } from '@tributary/contracts';
import type { LogRecord } from '@tributary/event-log';
import { storableJson } from './message-text.js';

export type InboundEnvelope = RecordOf<typeof inboundMessages>;
/** Of what is a message, readable or not. */
export type MessageEnvelope = Extract<
  InboundEnvelope,
  { readonly type: 'message.received' | 'message.unreadable' }
>;

export type InboundReading =
  | { readonly ok: true; readonly envelope: InboundEnvelope }
  | { readonly ok: false; readonly reason: RecordFault; readonly detail: string };

/**
 * A record of `inbound.messages` with texts that the database can hold. A NUL or half a surrogate pair can stand in a
 * record only as an escape, and few records have any.
 */
export function readInbound({ value }: Pick<LogRecord, 'value'>): InboundReading {
  const parsed = parseRecord(inboundMessages, value);
  if (!parsed.ok) return parsed;
  const envelope = parsed.envelope as InboundEnvelope;
  return { ok: true, envelope: value.includes('\\u') ? storableJson(envelope) : envelope };
}

/**
 * What the receipt of a record is under, unique in its inbox. The word on a file has no delivery of its own: it is
 * known by its message's and its reference.
 */
export function deliveryIdOf({ type, payload }: InboundEnvelope): string {
  if (type !== 'media.stored') return payload.providerEventId;
  const name = `${payload.providerEventId}\0${payload.mediaId}`;
  return `media:${createHash('sha256').update(name).digest('hex')}`;
}
