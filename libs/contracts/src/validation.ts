import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { EnvelopeDto, type Envelope } from './envelope.js';
import type { Topic } from './topic.js';

export type ParsedRecord =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly reason: RecordFault; readonly detail: string };
export type RecordFault = 'NOT_JSON' | 'BAD_ENVELOPE' | 'UNKNOWN_TYPE' | 'UNKNOWN_VERSION' | 'BAD_PAYLOAD';

/**
 * Reads a record's bytes as an envelope of the topic. Never throws: what cannot be understood comes back with a
 * stable reason, so that the caller can put it into quarantine with its bytes.
 */
export function parseRecord(topic: Topic, bytes: Uint8Array): ParsedRecord {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return { ok: false, reason: 'NOT_JSON', detail: (error as Error).message };
  }
  const envelope = plainToInstance(EnvelopeDto, json);
  if (!(envelope instanceof EnvelopeDto)) {
    return { ok: false, reason: 'BAD_ENVELOPE', detail: 'not an object' };
  }
  const faults = validateSync(envelope, { forbidUnknownValues: true });
  if (faults.length > 0) return { ok: false, reason: 'BAD_ENVELOPE', detail: describeFaults(faults) };
  const versions = topic.types[envelope.type];
  if (!versions) return { ok: false, reason: 'UNKNOWN_TYPE', detail: envelope.type };
  const payloadClass = versions[envelope.version - 1];
  if (!payloadClass) return { ok: false, reason: 'UNKNOWN_VERSION', detail: String(envelope.version) };
  const payload = plainToInstance(payloadClass, envelope.payload);
  const payloadFaults = validateSync(payload, { forbidUnknownValues: true });
  if (payloadFaults.length > 0) {
    return { ok: false, reason: 'BAD_PAYLOAD', detail: describeFaults(payloadFaults) };
  }
  return { ok: true, envelope: { ...envelope, payload } };
}

/** Encodes an envelope as the bytes of a record: JSON in UTF-8. */
export function encodeRecord(envelope: Envelope): Buffer {
  return Buffer.from(JSON.stringify(envelope), 'utf8');
}

/** Paths and rules that were broken, never the values: those may be a customer's. */
export function describeFaults(faults: readonly ValidationError[], path = ''): string {
  return faults
    .flatMap((fault) => {
      const here = path ? `${path}.${fault.property}` : fault.property;
      const rules = Object.keys(fault.constraints ?? {}).map((rule) => `${here}: ${rule}`);
      return [...rules, ...(fault.children?.length ? [describeFaults(fault.children, here)] : [])];
    })
    .join('; ');
}
