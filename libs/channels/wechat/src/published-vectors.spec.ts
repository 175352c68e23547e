import type { ChannelInbox, ChannelModule, WebhookRequest } from '@tributary/channel-sdk';
import { describe, expect, it } from '@jest/globals';
import { decrypt, readAesKey } from './envelope-cipher.js';
import { wechatOa, wecomKf } from './index.js';

/** A request that a vendor or a client library published, with the account it is for. */
interface Vector {
  readonly name: string;
  readonly channel: ChannelModule;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly request: WebhookRequest;
  /** What is answered; for a message, what it says. */
  readonly echo?: string;
}

function get(query: Record<string, string>): WebhookRequest {
  return { method: 'GET', path: '/', query, headers: {}, body: new Uint8Array(), url: '' };
}

/** From the vendor's own C# sample of the scheme. */
const sample = {
  corpId: 'wx5823bf96d3bd56c7',
  callbackToken: 'QDG6eK',
  encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
};
const SAMPLE_ENVELOPE =
  'RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/s' +
  'YYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJ' +
  'YuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGU' +
  'callcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDY' +
  'A5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==';

const vectors: readonly Vector[] = [
  {
    name: 'an Official Account’s address check in plain text',
    channel: wechatOa,
    settings: { appId: 'wx49f0ab532d5d035a', appSecret: 's', callbackToken: 'test' },
    request: get({
      signature: 'f21891de399b4e33a1a93c9a7b8a8fffb5a443ff',
      timestamp: '1410685589',
      nonce: 'test',
      echostr: '3344',
    }),
    echo: '3344',
  },
  {
    name: 'WeCom’s address check in the vendor’s sample',
    channel: wecomKf,
    settings: sample,
    request: get({
      msg_signature: '5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3',
      timestamp: '1409659589',
      nonce: '263014780',
      echostr: 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==',
    }),
    echo: '1616140317555161061',
  },
  {
    name: 'WeCom’s message in the vendor’s sample, padded by 30',
    channel: wecomKf,
    settings: sample,
    request: {
      ...get({
        msg_signature: '477715d11cdb4164915debcba66cb864d751f3e6',
        timestamp: '1409659813',
        nonce: '1372623149',
      }),
      method: 'POST',
      body: Buffer.from(
        `<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName><Encrypt><![CDATA[${SAMPLE_ENVELOPE}]]>` +
          '</Encrypt><AgentID><![CDATA[218]]></AgentID></xml>',
      ),
    },
  },
  {
    name: 'a company’s address check of a Python library',
    channel: wecomKf,
    settings: {
      corpId: 'wx49f0ab532d5d035a',
      callbackToken: '123456',
      encodingAesKey: 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR',
    },
    request: get({
      msg_signature: 'dd6b9c95b495b3f7e2901bfbc76c664930ffdb96',
      timestamp: '1411443780',
      nonce: '437374425',
      echostr: '4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==',
    }),
    echo: '5927782489442352469',
  },
];

/** Fourteen ways in which a request is not the one that was signed; in plain text the signature leaves out the body. */
function mutationsOf({ request, settings }: Vector): [string, WebhookRequest, ChannelInbox][] {
  const { query, body } = request;
  const inbox = (change: Readonly<Record<string, unknown>> = {}): ChannelInbox => ({
    id: 'i',
    name: 'n',
    settings: { ...settings, ...change },
  });
  const name = 'msg_signature' in query ? 'msg_signature' : 'signature';
  const signature = query[name]!;
  const signed = (value: string) => ({ ...request, query: { ...query, [name]: value } });
  const asked = (change: Record<string, string>) => ({ ...request, query: { ...query, ...change } });
  const without = (key: string) => ({
    ...request,
    query: Object.fromEntries(Object.entries(query).filter(([each]) => each !== key)),
  });
  const isSealed = name === 'msg_signature';
  const text = Buffer.from(body).toString();
  const sealed = (change: (envelope: string) => string): WebhookRequest =>
    body.byteLength > 0
      ? { ...request, body: Buffer.from(text.replace(SAMPLE_ENVELOPE, change(SAMPLE_ENVELOPE))) }
      : asked({ echostr: change(query['echostr']!) });
  return [
    [
      'another first digit of the signature',
      signed(signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))),
      inbox(),
    ],
    [
      'another last digit of the signature',
      signed(signature.replace(/.$/, (digit) => (digit === 'e' ? 'f' : 'e'))),
      inbox(),
    ],
    ['the signature cut', signed(signature.slice(0, -1)), inbox()],
    ['the signature with something behind it', signed(`${signature}0`), inbox()],
    ['the signature in capitals', signed(signature.toUpperCase()), inbox()],
    ['an empty signature', signed(''), inbox()],
    ['no signature', without(name), inbox()],
    ['another time', asked({ timestamp: String(Number(query['timestamp']) + 1) }), inbox()],
    ['no time', without('timestamp'), inbox()],
    ['another nonce', asked({ nonce: `${query['nonce']}0` }), inbox()],
    ['no nonce', without('nonce'), inbox()],
    ['another account’s token', request, inbox({ callbackToken: 'somebody' })],
    ['no token configured', request, inbox({ callbackToken: '' })],
    ...(isSealed
      ? ([
          [
            'one character of the envelope changed',
            sealed((envelope) => envelope.replace(/^./, 'B')),
            inbox(),
          ],
          ['the envelope cut by a block', sealed((envelope) => envelope.slice(0, -24)), inbox()],
          ['another account’s key', request, inbox({ encodingAesKey: 'A'.repeat(43) })],
          ['another account’s id', request, inbox({ corpId: 'wx5823bf96d3bd56c8' })],
          ['no key configured', request, inbox({ encodingAesKey: '' })],
        ] as [string, WebhookRequest, ChannelInbox][])
      : ([['nothing but the echo', get({ echostr: query['echostr']! }), inbox()]] as [
          string,
          WebhookRequest,
          ChannelInbox,
        ][])),
  ];
}

describe.each(vectors)('$name', (vector) => {
  const inbox: ChannelInbox = { id: 'i', name: 'n', settings: vector.settings };
  const { inbound } = vector.channel;
  const door = inbound as Extract<typeof inbound, { kind: 'webhook' | 'pull' }>;
  const at = new Date(Number(vector.request.query['timestamp']) * 1000);

  it('is taken and answered', () => {
    expect(door.verify(vector.request, inbox, at)).toEqual({ ok: true });
    expect(door.answer(vector.request, inbox)).toMatchObject({ status: 200, body: vector.echo ?? 'success' });
  });

  it.each(mutationsOf(vector))('is refused with %s', (_what, request, changed) => {
    expect(door.verify(request, changed, at)).toMatchObject({ ok: false });
  });
});

it('a message that is presented as an address check is refused, not opened', () => {
  const { request, settings } = vectors[2]!;
  const inbox: ChannelInbox = { id: 'i', name: 'n', settings };
  const door = wecomKf.inbound as Extract<typeof wecomKf.inbound, { kind: 'pull' }>;
  const asked = get({ ...request.query, echostr: SAMPLE_ENVELOPE });
  expect(door.verify(asked, inbox, new Date(0))).toEqual({ ok: false, code: 'ENVELOPE_REFUSED' });
  expect(door.answer(asked, inbox).body).not.toContain('hello');
});

it('at least fourteen changes are tried on each', () => {
  for (const vector of vectors) expect(mutationsOf(vector).length).toBeGreaterThanOrEqual(14);
});

describe('an envelope', () => {
  const key = readAesKey('kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR')!;

  it('of a published library opens', () => {
    const envelope = '9s4gMv99m88kKTh/H8IdkNiFGeG9pd7vNWl50fGRWXY=';
    expect(decrypt(envelope, key, 'rust')?.toString()).toBe('test');
    expect(decrypt(envelope, key, 'rusty')).toBeNull();
  });

  it('of the vendor’s sample says what the vendor says', () => {
    const opened = decrypt(SAMPLE_ENVELOPE, readAesKey(sample.encodingAesKey)!, sample.corpId)!.toString();
    expect(opened).toContain('<Content><![CDATA[hello]]></Content>');
    expect(opened).toContain('<MsgId>4561255354251345929</MsgId>');
  });
});
