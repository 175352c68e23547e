import { describe, expect, it } from '@jest/globals';
import type { WebhookRequest } from '@tributary/channel-sdk';
import { line } from './index.js';
import { anInbox, CHANNEL_SECRET } from './testing/line-play.js';
import { answerWebhook, verifySignature } from './webhook.js';

const encode = (text: string) => new TextEncoder().encode(text);

function request(body: Uint8Array, signature?: string): WebhookRequest {
  const headers: Record<string, string> = signature === undefined ? {} : { 'x-line-signature': signature };
  return { method: 'POST', path: '', query: {}, headers, body, url: 'https://desk.example.org/' };
}

/** Published: the documentation's example, and the test of LINE's SDK for Node.js. */
const VECTORS = [
  {
    from: 'the documentation',
    secret: CHANNEL_SECRET,
    body: '{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}',
    signature: 'GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=',
  },
  {
    from: 'the SDK',
    secret: 'test_secret',
    body: '{"hello":"world"}',
    signature: 't7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=',
  },
] as const;

type Vector = (typeof VECTORS)[number];
interface Mutation {
  readonly body?: string;
  readonly secret?: string;
  readonly signature?: string;
}

const MUTATIONS: Readonly<Record<string, (vector: Vector) => Mutation>> = {
  'a byte of the body changed': ({ body }) => ({ body: body.replace('e', 'f') }),
  'a byte of the body gone': ({ body }) => ({ body: body.slice(1) }),
  'a space added to the body': ({ body }) => ({ body: `${body} ` }),
  'a line end added to the body': ({ body }) => ({ body: `${body}\n` }),
  'a byte order mark added to the body': ({ body }) => ({ body: `\uFEFF${body}` }),
  'the body written anew': ({ body }) => ({ body: JSON.stringify(JSON.parse(body), null, 1) }),
  'no body': () => ({ body: '' }),
  'a character of the signature changed': ({ signature }) => ({ signature: `A${signature.slice(1)}` }),
  'a character of the signature gone': ({ signature }) => ({ signature: signature.slice(1) }),
  'the signature without its padding': ({ signature }) => ({ signature: signature.slice(0, -1) }),
  'the signature twice': ({ signature }) => ({ signature: signature + signature }),
  'the signature in hexadecimal': ({ signature }) => ({
    signature: Buffer.from(signature, 'base64').toString('hex'),
  }),
  'an empty signature': () => ({ signature: '' }),
  'another account’s secret': () => ({ secret: 'another-secret' }),
};

describe.each(VECTORS)('the vector of $from', (vector) => {
  it('is LINE’s', () => {
    const inbox = anInbox({ channelSecret: vector.secret });
    expect(verifySignature(request(encode(vector.body), vector.signature), inbox)).toEqual({ ok: true });
  });

  it.each(Object.keys(MUTATIONS))('with %s is refused', (name) => {
    const { body, secret, signature } = { ...vector, ...MUTATIONS[name]!(vector) };
    const verified = verifySignature(request(encode(body), signature), anInbox({ channelSecret: secret }));
    expect(verified).toEqual({ ok: false, code: 'WRONG_SIGNATURE' });
  });
});

describe('a call', () => {
  it('without a signature is refused', () => {
    expect(verifySignature(request(encode('{}')), anInbox())).toEqual({ ok: false, code: 'NO_SIGNATURE' });
  });

  it('is refused while the inbox has no secret', () => {
    const signed = request(encode(VECTORS[0].body), VECTORS[0].signature);
    for (const channelSecret of [undefined, '', ' ']) {
      const verified = verifySignature(signed, anInbox({ channelSecret }));
      expect(verified).toEqual({ ok: false, code: 'NO_SECRET_CONFIGURED' });
    }
  });

  it('is answered with 200 and nothing, well within two seconds', () => {
    expect(answerWebhook()).toEqual({ status: 200, headers: {}, body: '' });
    expect(line.manifest.answerWithinMs).toBe(2000);
  });
});
