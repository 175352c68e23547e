import type { ValidationError } from 'class-validator';
import type { Envelope } from './envelope.js';
import { envelopeSchema, payloadSchema } from './json-schema.js';
import { type Check, compileCheck } from './record-check.js';
import type { Topic } from './topic.js';

export type ParsedRecord =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly reason: RecordFault; readonly detail: string };
export type RecordFault = 'NOT_JSON' | 'BAD_ENVELOPE' | 'UNKNOWN_TYPE' | 'UNKNOWN_VERSION' | 'BAD_PAYLOAD';

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const payloadChecks = new WeakMap<Topic, Map<string, Check>>();
let checkEnvelope: Check | null = null;

/**
 * Reads a record's bytes as an envelope of the topic: the plain object as it was sent, properties that this version
 * does not know included. Never throws: what cannot be understood comes back with a stable reason, so that the
 * caller can put it into quarantine with its bytes. `detail` names fields and rules, never values.
 */
export function parseRecord(topic: Topic, bytes: Uint8Array): ParsedRecord {
  let json: unknown;
  try {
    json = JSON.parse(UTF8.decode(bytes));
  } catch {
    // What JSON.parse says quotes the text, which is a customer's.
    return { ok: false, reason: 'NOT_JSON', detail: 'the bytes are not JSON in UTF-8' };
  }
  checkEnvelope ??= compileCheck(envelopeSchema());
  const envelopeFaults = checkEnvelope(json);
  if (envelopeFaults !== null) return { ok: false, reason: 'BAD_ENVELOPE', detail: envelopeFaults };
  const envelope = json as Envelope;
  const checkPayload = payloadCheckOf(topic, envelope.type, envelope.version);
  if (checkPayload === null) {
    return Object.hasOwn(topic.types, envelope.type)
      ? { ok: false, reason: 'UNKNOWN_VERSION', detail: `${envelope.type} ${envelope.version}` }
      : { ok: false, reason: 'UNKNOWN_TYPE', detail: nameOrNothing(envelope.type) };
  }
  const payloadFaults = checkPayload(envelope.payload);
  if (payloadFaults !== null) return { ok: false, reason: 'BAD_PAYLOAD', detail: payloadFaults };
  return { ok: true, envelope };
}

/** Compiled when the first record of the type comes: a process reads few of all types. */
function payloadCheckOf(topic: Topic, type: string, version: number): Check | null {
  let checks = payloadChecks.get(topic);
  if (!checks) payloadChecks.set(topic, (checks = new Map()));
  const key = `${type} ${version}`;
  const known = checks.get(key);
  if (known) return known;
  const schema = payloadSchema(topic, type, version);
  if (!schema) return null;
  const check = compileCheck(schema);
  checks.set(key, check);
  return check;
}

function nameOrNothing(type: string): string {
  return /^[a-z_.]{1,100}$/.test(type) ? type : 'not the name of a type';
}

/** Encodes an envelope as the bytes of a record: JSON in UTF-8. */
export function encodeRecord(envelope: Envelope): Buffer {
  return Buffer.from(JSON.stringify(envelope), 'utf8');
}

/** Paths and rules that class-validator found broken, never the values: those may be a customer's. */
export function describeFaults(faults: readonly ValidationError[], path = ''): string {
  return faults
    .flatMap((fault) => {
      const here = path ? `${path}.${fault.property}` : fault.property;
      const rules = Object.keys(fault.constraints ?? {}).map((rule) => `${here}: ${rule}`);
      return [...rules, ...(fault.children?.length ? [describeFaults(fault.children, here)] : [])];
    })
    .join('; ');
}
