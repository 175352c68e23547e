import type { ChannelInbox, WebhookRequest } from '@tributary/channel-sdk';
import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { wechatMini, wechatOa, wecomKf } from './index.js';

const NOW = new Date('2026-11-24T10:30:00Z');
const plain: ChannelInbox = {
  id: 'i',
  name: 'Shop',
  settings: { appId: 'wx49f0ab532d5d035a', appSecret: 's', callbackToken: 'sesame' },
};
const sealed: ChannelInbox = {
  ...plain,
  settings: { ...plain.settings, encodingAesKey: 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR' },
};
const door = wechatOa.inbound as Extract<typeof wechatOa.inbound, { kind: 'webhook' }>;

/** Signed as in plain text: token, time and nonce alone. */
function signed(body: string, { ageMs = 0, echostr = '' } = {}): WebhookRequest {
  const timestamp = String(Math.floor((NOW.getTime() - ageMs) / 1000));
  const nonce = '1372623149';
  const signature = createHash('sha1').update([nonce, timestamp, 'sesame'].sort().join('')).digest('hex');
  return {
    method: echostr === '' ? 'POST' : 'GET',
    path: '/',
    query: { signature, timestamp, nonce, ...(echostr === '' ? {} : { echostr }) },
    headers: {},
    body: Buffer.from(body),
    url: '',
  };
}

const TEXT =
  '<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName>' +
  '<CreateTime>1795516200</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hi]]></Content>' +
  '<MsgId>24908712345678901</MsgId></xml>';

describe('a callback in plain text', () => {
  it('is taken, answered `success` and read', async () => {
    const request = signed(TEXT);
    expect(door.verify(request, plain, NOW)).toEqual({ ok: true });
    expect(door.answer(request, plain)).toMatchObject({ status: 200, body: 'success' });
    expect(await door.parse(request, plain)).toMatchObject([{ kind: 'message', text: 'hi' }]);
  });

  it('may come as JSON, with an id that no double can hold', async () => {
    const json =
      '{"FromUserName":"o1","CreateTime":1,"MsgType":"text","Content":"hi","MsgId":4561255354251345929}';
    const inbound = wechatMini.inbound as typeof door;
    expect(inbound.verify(signed(json), plain, NOW)).toEqual({ ok: true });
    expect(await inbound.parse(signed(json), plain)).toMatchObject([{ externalId: '4561255354251345929' }]);
  });

  it('is good for an hour either way, as nothing signs its body', () => {
    expect(door.verify(signed(TEXT, { ageMs: 3_500_000 }), plain, NOW)).toEqual({ ok: true });
    expect(door.verify(signed(TEXT, { ageMs: -3_500_000 }), plain, NOW)).toEqual({ ok: true });
    const stale = { ok: false, code: 'TIMESTAMP_STALE' };
    expect(door.verify(signed(TEXT, { ageMs: 3_700_000 }), plain, NOW)).toEqual(stale);
    expect(door.verify(signed(TEXT, { ageMs: -3_700_000 }), plain, NOW)).toEqual(stale);
  });

  it('is not taken where messages are encrypted: the token alone proves too little', () => {
    expect(door.verify(signed(TEXT), sealed, NOW)).toMatchObject({ ok: false });
  });

  it('is never taken from WeCom', () => {
    const inbound = wecomKf.inbound as Extract<typeof wecomKf.inbound, { kind: 'pull' }>;
    const inbox = { ...plain, settings: { corpId: 'ww1', callbackToken: 'sesame' } };
    expect(inbound.verify(signed(TEXT), inbox, NOW)).toEqual({ ok: false, code: 'NOT_CONFIGURED' });
  });

  it.each([
    ['a document type', `<!DOCTYPE xml>${TEXT}`],
    [
      'an external entity',
      `<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>${TEXT.replace('<![CDATA[hi]]>', '&e;')}`,
    ],
    [
      'entities that multiply',
      `<!DOCTYPE xml [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>`,
    ],
    ['an entity that nobody declared', TEXT.replace('<![CDATA[hi]]>', '&e;')],
    ['another root', '<html><body/></html>'],
    ['half a document', TEXT.slice(0, 100)],
    ['no document', 'hello'],
    ['a document of a megabyte', TEXT.replace('hi', 'x'.repeat(1_000_000))],
    ['elements nested without end', `${'<xml>'.repeat(200_000)}`],
  ])('is refused with %s', (_what, body) => {
    expect(door.verify(signed(body), plain, NOW)).toEqual({ ok: false, code: 'BODY_REFUSED' });
  });

  it('keeps what a customer wrote, also characters that XML forbids', async () => {
    const request = signed(TEXT.replace('hi', 'a <!DOCTYPE b> \u0008 &amp;'));
    expect(door.verify(request, plain, NOW)).toEqual({ ok: true });
    expect(await door.parse(request, plain)).toMatchObject([{ text: 'a <!DOCTYPE b> \uFFFD &amp;' }]);
  });
});

describe('an address check', () => {
  it('is echoed as plain text that no browser runs, and is no message', async () => {
    const request = signed('', { echostr: '<script>alert(1)</script>' });
    expect(door.verify(request, sealed, NOW)).toEqual({ ok: true });
    expect(door.answer(request, sealed)).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
      body: '<script>alert(1)</script>',
    });
    expect(await door.parse(request, sealed)).toMatchObject([{ kind: 'ignored', reason: 'address_check' }]);
  });
});

describe('pushes of strangers in plain text', () => {
  it.each([
    ['no sender', '<xml><MsgType>text</MsgType></xml>', 'NO_SENDER'],
    ['an image without its id', TEXT.replace('[text]', '[image]'), 'EMPTY_MESSAGE'],
    ['a type nobody knows', TEXT.replace('[text]', '[hologram]'), 'UNKNOWN_TYPE'],
  ])('with %s are kept as unreadable', async (_what, body, reason) => {
    expect(await door.parse(signed(body), plain)).toMatchObject([{ kind: 'unreadable', reason }]);
  });
});

describe('settings', () => {
  it('name what is wrong with them', () => {
    const faults = wechatOa.checkSettings({ appId: 'x', callbackToken: '!', encodingAesKey: 'short' });
    expect(faults.map(({ field }) => field)).toEqual(['callbackToken', 'encodingAesKey', 'appId']);
    const company = wecomKf.checkSettings({ callbackToken: 'abc', openKfIds: ['kf1'] });
    expect(company.map(({ field }) => field)).toEqual(['corpId', 'encodingAesKey', 'openKfIds']);
  });
});
