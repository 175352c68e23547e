import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ChannelInbox, Inbound, WebhookRequest } from '@tributary/channel-sdk';
import { instagram, messenger, whatsappCloud } from './index.js';

type Door = Extract<Inbound, { kind: 'webhook' }>;

const NOW = new Date('2026-11-24T10:00:00Z');
const bytes = (text: string) => new TextEncoder().encode(text);
const escaped = Uint8Array.from(
  readFileSync(new URL('../fixtures/messenger/text-escaped-unicode.json', import.meta.url)),
);

/** A published vector of the same algorithm, and a body of our own, signed by another tool (openssl dgst). */
const VECTORS = [
  {
    name: 'the published vector of X-Hub-Signature-256',
    secret: "It's a Secret to Everybody",
    body: bytes('Hello, World!'),
    signature: 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  },
  {
    name: 'a body with escaped characters, an emoji as two halves and an escaped slash',
    secret: 'an app secret of nobody',
    body: escaped,
    signature: 'sha256=48600512951b64f4570a8d8f4d0012029e64c61f47a5300fc7457d928f8528c9',
  },
];

function inboxWith(settings: Readonly<Record<string, unknown>>): ChannelInbox {
  return { id: '00000000-0000-7000-8000-0000000000e7', name: 'Acme', settings };
}

function call(body: Uint8Array, headers: Readonly<Record<string, string>>): WebhookRequest {
  return { method: 'POST', path: '/hooks/x', query: {}, headers, body, url: 'https://desk.example/hooks/x' };
}

function handshake(query: Readonly<Record<string, string>>): WebhookRequest {
  return { ...call(new Uint8Array(), {}), method: 'GET', query };
}

const signed = (secret: string, body: Uint8Array) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Each makes another call of a good one; none may pass. */
const MUTATIONS: Readonly<
  Record<string, (good: (typeof VECTORS)[number]) => { body?: Uint8Array; headers?: Record<string, string> }>
> = {
  'the first byte changed': ({ body }) => ({ body: flipped(body, 0) }),
  'a byte in the middle changed': ({ body }) => ({ body: flipped(body, body.length >> 1) }),
  'the last byte changed': ({ body }) => ({ body: flipped(body, body.length - 1) }),
  'a byte less': ({ body }) => ({ body: body.subarray(0, -1) }),
  'a line end more': ({ body }) => ({ body: Uint8Array.from([...body, 10]) }),
  'no body': () => ({ body: new Uint8Array() }),
  'one digit of the signature changed': ({ signature }) => ({
    headers: { 'x-hub-signature-256': signature.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
  }),
  'half a signature': ({ signature }) => ({ headers: { 'x-hub-signature-256': signature.slice(0, 39) } }),
  'the signature twice': ({ signature }) => ({
    headers: { 'x-hub-signature-256': `${signature}, ${signature}` },
  }),
  'no prefix': ({ signature }) => ({ headers: { 'x-hub-signature-256': signature.slice(7) } }),
  'another algorithm named': ({ signature }) => ({
    headers: { 'x-hub-signature-256': signature.replace('sha256', 'sha1') },
  }),
  'an empty signature': () => ({ headers: { 'x-hub-signature-256': '' } }),
  'the older header alone': ({ signature }) => ({ headers: { 'x-hub-signature': signature } }),
  'the secret of another app': ({ body }) => ({
    headers: { 'x-hub-signature-256': signed('another secret', body) },
  }),
};

function flipped(body: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(body);
  changed[at]! ^= 1;
  return changed;
}

describe.each([
  ['messenger', messenger],
  ['instagram', instagram],
  ['whatsapp_cloud', whatsappCloud],
])('the webhook of %s', (_name, channel) => {
  const door = channel.inbound as Door;

  describe.each(VECTORS)('takes $name', (vector) => {
    const { secret, body, signature } = vector;
    const inbox = inboxWith({ appSecret: secret, verifyToken: 'a word of ours' });

    it('as it came', () => {
      expect(door.verify(call(body, { 'x-hub-signature-256': signature }), inbox, NOW)).toEqual({ ok: true });
    });

    it.each(Object.entries(MUTATIONS))('and not with %s', (_what, mutate) => {
      const good = { body, headers: { 'x-hub-signature-256': signature } };
      const { body: sent, headers } = { ...good, ...mutate(vector) };
      expect(door.verify(call(sent, headers), inbox, NOW)).toMatchObject({ ok: false });
    });

    it('and not without an app secret, not even with a signature made by none', () => {
      const without = inboxWith({ verifyToken: 'a word of ours', appSecret: ' ' });
      for (const given of [signature, signed('', body), signed(' ', body)]) {
        const request = call(body, { 'x-hub-signature-256': given });
        expect(door.verify(request, without, NOW)).toEqual({ ok: false, code: 'NO_SECRET_CONFIGURED' });
      }
    });
  });

  it('does not take JSON that was written anew, though it says the same', () => {
    const inbox = inboxWith({ appSecret: VECTORS[1]!.secret });
    const anew = bytes(JSON.stringify(JSON.parse(new TextDecoder().decode(escaped))));
    const request = call(anew, { 'x-hub-signature-256': VECTORS[1]!.signature });
    expect(door.verify(request, inbox, NOW)).toEqual({ ok: false, code: 'BAD_SIGNATURE' });
  });

  describe('answers the handshake', () => {
    const inbox = inboxWith({ appSecret: 's', verifyToken: 'a word of ours' });
    const good = {
      'hub.mode': 'subscribe',
      'hub.verify_token': 'a word of ours',
      'hub.challenge': '1158201444',
    };

    it('with the challenge, as plain text', () => {
      expect(door.verify(handshake(good), inbox, NOW)).toEqual({ ok: true });
      expect(door.answer(handshake(good), inbox)).toMatchObject({ status: 200, body: '1158201444' });
      expect(door.answer(handshake(good), inbox).headers['content-type']).toMatch(/^text\/plain/);
    });

    it('and counts it as one ignored event', async () => {
      expect(await door.parse(handshake(good), inbox)).toMatchObject([
        { kind: 'ignored', reason: 'handshake' },
      ]);
    });

    it.each([
      ['another token', { ...good, 'hub.verify_token': 'a word of theirs' }],
      ['no token', { 'hub.mode': 'subscribe', 'hub.challenge': '1' }],
      ['another mode', { ...good, 'hub.mode': 'unsubscribe' }],
    ])('and not with %s', (_what, query) => {
      expect(door.verify(handshake(query), inbox, NOW)).toEqual({ ok: false, code: 'BAD_TOKEN' });
    });

    it('and not without a configured token, not even with an empty one', () => {
      const request = handshake({ ...good, 'hub.verify_token': '' });
      expect(door.verify(request, inboxWith({ appSecret: 's' }), NOW)).toMatchObject({ ok: false });
    });
  });

  it('answers every delivery alike', () => {
    const inbox = inboxWith({});
    const answers = VECTORS.map(({ body }) => door.answer(call(body, {}), inbox));
    expect(answers).toEqual([answers[0], answers[0]]);
    expect(answers[0]).toMatchObject({ status: 200, body: 'OK' });
  });

  it('keeps what is no JSON for an agent, and ignores calls about other things', async () => {
    const inbox = inboxWith({});
    expect(await door.parse(call(bytes('{"object":'), {}), inbox)).toMatchObject([
      { kind: 'unreadable', reason: 'BROKEN_JSON' },
    ]);
    expect(await door.parse(call(bytes('{"entry":[]}'), {}), inbox)).toMatchObject([
      { kind: 'unreadable', reason: 'UNKNOWN_OBJECT' },
    ]);
    expect(await door.parse(call(bytes('{"object":"user","entry":[]}'), {}), inbox)).toMatchObject([
      { kind: 'ignored', reason: 'other_object' },
    ]);
  });
});
