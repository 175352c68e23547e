import { inboundMessages, parseRecord, type RecordFault, type RecordOf } from '@tributary/contracts';
import type { LogRecord } from '@tributary/event-log';
import { storableJson } from './message-text.js';

export type InboundEnvelope = RecordOf<typeof inboundMessages>;

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
