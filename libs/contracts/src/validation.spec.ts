import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Envelope } from './envelope.js';
import { defineTopic, type Topic } from './topic.js';
import { inboundMessages } from './topics/inbound-messages.js';
import { routingWork } from './topics/routing-work.js';
import { encodeRecord, type ParsedRecord, parseRecord } from './validation.js';

const SECRET = 'lin.yue@example.com';

function example(topic: Topic, type: string, name = 'full'): Envelope<string, Record<string, unknown>> {
  const file = new URL(`../examples/${topic.name}/${type}.v1.${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Envelope<string, Record<string, unknown>>;
}
const received = example(inboundMessages, 'message.received');
const parse = (value: unknown, topic: Topic = inboundMessages): ParsedRecord =>
  parseRecord(topic, Buffer.from(JSON.stringify(value)));
const withPayload = (change: Record<string, unknown>): unknown => ({
  ...received,
  payload: { ...received.payload, ...change },
});

describe('A record that is understood', () => {
  it('comes back as the plain object that was encoded', () => {
    const parsed = parseRecord(inboundMessages, encodeRecord(received));
    expect(parsed).toEqual({ ok: true, envelope: received });
  });

  it('keeps properties that this version does not know', () => {
    const value = { ...received, shard: 7, payload: { ...received.payload, sentiment: 'calm' } };
    expect(parse(value)).toEqual({ ok: true, envelope: value });
  });

  it('may have null for an optional property', () => {
    expect(parse(withPayload({ subject: null, language: null })).ok).toBe(true);
  });

  it('may begin with a byte order mark', () => {
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), encodeRecord(received)]);
    expect(parseRecord(inboundMessages, bytes).ok).toBe(true);
  });

  it('is understood by every topic that declares its type, also by two of one name', () => {
    const twin = (): Topic => defineTopic({ ...routingWork, name: 'twin' }) as Topic;
    const ready = example(routingWork, 'ticket.ready');
    expect(parse(ready, twin()).ok).toBe(true);
    expect(parse(ready, twin()).ok).toBe(true);
  });
});

describe('A record that is not understood', () => {
  it.each<[string, Uint8Array]>([
    ['no bytes', Buffer.alloc(0)],
    ['text', Buffer.from(SECRET)],
    ['JSON that is cut off', encodeRecord(received).subarray(0, 300)],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ])('is NOT_JSON for %s', (_, bytes) => {
    expect(parseRecord(inboundMessages, bytes)).toEqual({
      ok: false,
      reason: 'NOT_JSON',
      detail: 'the bytes are not JSON in UTF-8',
    });
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'record: type'],
    ['a list', [received], 'record: type'],
    ['an id that is no UUID', { ...received, id: '7' }, 'id: pattern'],
    ['a version that is a text', { ...received, version: '1' }, 'version: type'],
    ['version 0', { ...received, version: 0 }, 'version: minimum'],
    ['no payload', { ...received, payload: undefined }, 'payload: required'],
    ['a payload that is a list', { ...received, payload: [] }, 'payload: type'],
    ['a date for an instant', { ...received, occurredAt: '2026-06-01' }, 'occurredAt: format'],
    ['a broken trace context', { ...received, traceparent: '00-1' }, 'traceparent: pattern'],
    ['two faults', { ...received, id: 1, type: 2 }, 'id: type; type: type'],
  ])('is BAD_ENVELOPE for %s', (_, value, detail) => {
    expect(parse(value)).toEqual({ ok: false, reason: 'BAD_ENVELOPE', detail });
  });

  it.each<[string, string]>([
    ['message.exploded', 'message.exploded'],
    ['constructor', 'constructor'],
    ['__proto__', '__proto__'],
    [`from ${SECRET}`, 'not the name of a type'],
  ])('is UNKNOWN_TYPE for the type %j', (type, detail) => {
    expect(parse({ ...received, type })).toEqual({ ok: false, reason: 'UNKNOWN_TYPE', detail });
  });

  it('is UNKNOWN_VERSION for a version that is not declared', () => {
    expect(parse({ ...received, version: 2 })).toEqual({
      ok: false,
      reason: 'UNKNOWN_VERSION',
      detail: 'message.received 2',
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a missing property', { text: undefined }, 'text: required'],
    ['a wrong type', { automatic: 'false' }, 'automatic: type'],
    ['a property of a nested object', { from: { kind: 'email', value: '' } }, 'from.value: minLength'],
    ['a missing property of a nested object', { from: { kind: 'email' } }, 'from.value: required'],
    ['a list in place of a nested object', { from: [{ kind: 'email', value: 'a' }] }, 'from: type'],
    ['an entry of a list', { attachments: [{ ...attachment(), size: -1 }] }, 'attachments.0.size: minimum'],
    ['an entry that is no object', { attachments: [attachment(), 'x'] }, 'attachments.1: type'],
    ['too many entries', { attachments: Array(101).fill(attachment()) }, 'attachments: maxItems'],
    ['a text that is too long', { subject: 'x'.repeat(999) }, 'subject: maxLength'],
    [
      'a choice that does not exist',
      { attachments: [{ ...attachment(), disposition: 'aside' }] },
      'attachments.0.disposition: enum',
    ],
    ['a name that no channel can have', { channel: 'Pigeon Post' }, 'channel: pattern'],
    ['a date that does not exist', { receivedAt: '2026-02-30T00:00:00Z' }, 'receivedAt: format'],
    ['a value of a map, under a name that stays untold', { fields: { [SECRET]: 1 } }, 'fields.*: type'],
  ])('is BAD_PAYLOAD for %s', (_, change, detail) => {
    expect(parse(withPayload(change))).toEqual({ ok: false, reason: 'BAD_PAYLOAD', detail });
  });

  it('tells the first twenty faults and how many more there are', () => {
    const tokens = Array(30).fill(1);
    const parsed = parse(withPayload({ thread: { tokens, references: [], ticketNumbers: [] } }));
    expect(parsed).toMatchObject({
      detail: expect.stringMatching(/^thread\.tokens\.0: type; .*and 10 more$/),
    });
  });

  it('never tells a value', () => {
    const details = Object.keys(received.payload).flatMap((name) =>
      [SECRET, [SECRET], { [SECRET]: [SECRET] }].map((value) => {
        const parsed = parse(withPayload({ [name]: value }));
        return parsed.ok ? '' : parsed.detail;
      }),
    );
    expect(details.filter((detail) => detail !== '').length).toBeGreaterThan(20);
    expect(details.join()).not.toContain(SECRET);
  });
});

describe('A property that is checked on a condition', () => {
  const withdrawn = example(routingWork, 'ticket.withdrawn');
  const parseWithdrawn = (change: Record<string, unknown>): ParsedRecord =>
    parse({ ...withdrawn, payload: { ...withdrawn.payload, ...change } }, routingWork);

  it('is required while the condition holds', () => {
    expect(parseWithdrawn({ agentId: undefined })).toMatchObject({ detail: 'agentId: required' });
    expect(parseWithdrawn({ agentId: 'li' })).toMatchObject({ detail: 'agentId: pattern' });
  });

  it('is not looked at otherwise', () => {
    expect(parseWithdrawn({ reason: 'settled', agentId: undefined }).ok).toBe(true);
    expect(parseWithdrawn({ reason: 'settled', agentId: 'li' }).ok).toBe(true);
  });
});

function attachment(): Record<string, unknown> {
  return {
    key: 'k',
    sha256: 'a'.repeat(64),
    size: 1,
    name: 'n',
    contentType: 'text/plain',
    disposition: 'attachment',
  };
}
