import { afterEach, describe, expect, it } from '@jest/globals';
import { createDecipheriv } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callbackRequest } from './wechat-callbacks.js';
import { sealForWechat, wechatSignature, wechatXml } from './wechat-envelope.js';
import { type WechatAccount, WechatSimulator } from './wechat.js';

const KEY = 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR';
const OPENID = 'oFkT0w5Vb2Xn8mQ1rZ7yLc3dEa9s';
const account: WechatAccount = {
  kind: 'official',
  appId: 'wx49f0ab532d5d035a',
  appSecret: 'app-secret-of-nobody',
  token: 'sesame',
  encodingAesKey: KEY,
  format: 'xml',
};
const servers: Server[] = [];
const simulators: WechatSimulator[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await Promise.all(simulators.splice(0).map((each) => each.stop()));
});

/** A door that answers nobody before so many have called. */
async function door(callers = 1) {
  const calls: { readonly body: string; readonly others: number }[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls.push({ body: Buffer.concat(chunks).toString(), others: waiting.length });
      waiting.push(() => response.end('success'));
      if (calls.length >= callers) for (const answer of waiting.splice(0)) answer();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, calls };
}

async function started(change: Partial<WechatAccount> = {}) {
  const simulator = new WechatSimulator({ ...account, ...change });
  simulators.push(simulator);
  return { simulator, url: await simulator.start() };
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
}

describe('the envelope', () => {
  it('is the published one, for published random bytes', () => {
    expect(sealForWechat('test', KEY, 'rust', Buffer.from('1234567890123456'))).toBe(
      '9s4gMv99m88kKTh/H8IdkNiFGeG9pd7vNWl50fGRWXY=',
    );
  });

  it('is signed as published', () => {
    expect(wechatSignature('test', '1410685589', 'test')).toBe('f21891de399b4e33a1a93c9a7b8a8fffb5a443ff');
    const echo = '4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==';
    expect(wechatSignature('123456', '1411443780', '437374425', echo)).toBe(
      'dd6b9c95b495b3f7e2901bfbc76c664930ffdb96',
    );
  });

  it('counts the message in bytes, and pads up to 32', () => {
    const key = Buffer.from(`${KEY}=`, 'base64');
    const pads = Array.from({ length: 40 }, (_none, more) => {
      const sealed = Buffer.from(sealForWechat('灯'.repeat(more), KEY, 'wx1'), 'base64');
      const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
      const plain = Buffer.concat([decipher.update(sealed), decipher.final()]);
      expect(plain.readUInt32BE(16)).toBe(3 * more);
      return plain.at(-1)!;
    });
    expect(Math.max(...pads)).toBe(32);
    expect(Math.min(...pads)).toBe(1);
  });

  it('holds what would end its CDATA', () => {
    expect(wechatXml({ Content: 'a]]>b', CreateTime: 1 })).toBe(
      '<xml><Content><![CDATA[a]]]]><![CDATA[>b]]></Content><CreateTime>1</CreateTime></xml>',
    );
  });

  it('differs each time it is made', () => {
    const keys = {
      receiver: 'wx1',
      token: 't',
      encodingAesKey: KEY,
      format: 'json',
      isEchoSealed: false,
    } as const;
    const [one, other] = [1, 2].map(() => callbackRequest(keys, 'http://a/', '{}', 1).body);
    expect(one).not.toBe(other);
  });
});

describe('a push', () => {
  it('is tried once when it is answered in time', async () => {
    const { simulator } = await started();
    const { url, calls } = await door();
    simulator.address = url;
    const { attempts } = await simulator.write(OPENID, { MsgType: 'text', Content: 'hi' });
    expect(attempts).toEqual([{ status: 200, body: 'success' }]);
    expect(calls).toHaveLength(1);
  });

  it('is tried three times beside each other while answers are late', async () => {
    const { simulator } = await started();
    const { url, calls } = await door(3);
    simulator.address = url;
    await simulator.write(OPENID, { MsgType: 'text', Content: 'hi' }, { waitMs: 20 });
    expect(calls.map(({ others }) => others)).toEqual([0, 1, 2]);
    expect(new Set(calls.map(({ body }) => body)).size).toBe(3);
  });

  it('in JSON has its 64-bit id as a bare number', async () => {
    const { simulator } = await started({ kind: 'mini', format: 'json', encodingAesKey: '' });
    const { url, calls } = await door();
    simulator.address = url;
    const { id } = await simulator.write(OPENID, { MsgType: 'text', Content: 'hi' });
    expect(calls[0]!.body).toContain(`"MsgId":${id}`);
    expect(Number(id)).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  });
});

describe('the REST interface', () => {
  const asked = { grant_type: 'client_credential', appid: account.appId, secret: account.appSecret };

  it('gives the same token while it is good, and another by force, after which the first is refused', async () => {
    const { url } = await started();
    const first = await post(`${url}/cgi-bin/stable_token`, asked);
    expect((await post(`${url}/cgi-bin/stable_token`, asked))['access_token']).toBe(first['access_token']);
    await post(`${url}/cgi-bin/stable_token`, { ...asked, force_refresh: true });
    const send = `${url}/cgi-bin/message/custom/send?access_token=${String(first['access_token'])}`;
    expect(await post(send, {})).toMatchObject({ errcode: 40001 });
  });

  it('refuses wrong credentials, unknown calls and calls without a token', async () => {
    const { url } = await started();
    expect(await post(`${url}/cgi-bin/stable_token`, { ...asked, secret: 'x' })).toMatchObject({
      errcode: 40125,
    });
    expect(await post(`${url}/cgi-bin/stable_token`, { ...asked, appid: 'x' })).toMatchObject({
      errcode: 40013,
    });
    expect(await post(`${url}/cgi-bin/message/custom/send`, {})).toMatchObject({ errcode: 41001 });
  });

  it.each([
    ['official', 'subscribe', 3],
    ['mini', 'user_enter_tempsession', 2],
  ] as const)('lets %s accounts send after %s for a minute, %i times', async (kind, event, times) => {
    let now = Date.parse('2026-11-24T10:30:00Z');
    const { simulator, url } = await started({ kind, now: () => now });
    simulator.address = 'http://127.0.0.1:1/';
    const { access_token } = await post(`${url}/cgi-bin/stable_token`, asked);
    const send = async () =>
      (
        await post(`${url}/cgi-bin/message/custom/send?access_token=${String(access_token)}`, {
          touser: OPENID,
          msgtype: 'text',
          text: { content: 'hi' },
        })
      )['errcode'];
    expect(await send()).toBe(45015);
    await simulator.act(OPENID, { Event: event }, { tries: 1 });
    for (let sent = 0; sent < times; sent++) expect(await send()).toBe(0);
    expect(await send()).toBe(45047);
    now += 60_000;
    expect(await send()).toBe(45015);
  });
});
