import { ChannelError, type ChannelInbox, type OutboundDelivery } from '@tributary/channel-sdk';
import { simulatorPorts, type SimulatorPorts, WechatSimulator } from '@tributary/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wechatMini, wechatOa } from './index.js';

const OPENID = 'oFkT0w5Vb2Xn8mQ1rZ7yLc3dEa9s';
const settings = {
  appId: 'wx49f0ab532d5d035a',
  appSecret: 'app-secret-of-nobody',
  callbackToken: 'sesame',
  encodingAesKey: 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR',
};
const inbox: ChannelInbox = { id: 'i', name: 'Shop', settings };
const picture = { name: 'lamp.jpg', contentType: 'image/jpeg', content: Buffer.from('a picture of a lamp') };
const signal = new AbortController().signal;

let now: number;
let simulator: WechatSimulator;
let ports: SimulatorPorts;

async function startAs(kind: 'official' | 'mini'): Promise<void> {
  simulator = new WechatSimulator({
    kind,
    appId: settings.appId,
    appSecret: settings.appSecret,
    token: settings.callbackToken,
    encodingAesKey: settings.encodingAesKey,
    format: 'xml',
    now: () => now,
  });
  const url = await simulator.start();
  ports = simulatorPorts(
    new Map(['https://api.weixin.qq.com', 'http://vweixinp.tc.qq.com'].map((origin) => [origin, url])),
    () => now,
  );
}

function delivery(change: Partial<OutboundDelivery> = {}): OutboundDelivery {
  return {
    messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
    attempt: 1,
    inboxId: 'i',
    channel: 'wechat_oa',
    conversationId: 'c',
    ticketId: 't',
    ticketNumber: '1042',
    to: { kind: 'openid', value: OPENID },
    authorName: 'Ada',
    text: '灯亮了吗？💡',
    files: [],
    threadToken: 'c1',
    references: [],
    ...change,
  };
}

const send = (change?: Partial<OutboundDelivery>) => wechatOa.send(delivery(change), inbox, ports, signal);
/** The customer writes; nobody listens to the push. */
const customerWrites = () =>
  simulator.write(OPENID, { MsgType: 'text', Content: 'hi' }, { tries: 1, waitMs: 1000 });

beforeEach(async () => {
  now = Date.parse('2026-11-24T10:30:00Z');
  await startAs('official');
  simulator.address = 'http://127.0.0.1:1/';
});
afterEach(() => simulator.stop());

describe('a reply from an Official Account', () => {
  it('is shown to the customer as it was written', async () => {
    await customerWrites();
    expect(await send()).toEqual({ state: 'sent' });
    expect(simulator.shown).toEqual([{ openid: OPENID, type: 'text', text: '灯亮了吗？💡' }]);
    expect(String(ports.requests.at(-1)?.body)).toContain('灯亮了吗？💡');
  });

  it('with files is its text and then each file', async () => {
    await customerWrites();
    const clip = { name: 'a.mp4', contentType: 'video/mp4', content: Buffer.from('moving') };
    await send({ files: [picture, clip] });
    expect(simulator.shown.map(({ type, media }) => [type, media?.toString()])).toEqual([
      ['text', undefined],
      ['image', 'a picture of a lamp'],
      ['video', 'moving'],
    ]);
  });

  it('of a picture alone has no empty text', async () => {
    await customerWrites();
    await send({ text: ' ', files: [picture] });
    expect(simulator.shown.map(({ type }) => type)).toEqual(['image']);
  });

  it('is refused when it says nothing, or takes more messages than a window has', async () => {
    await expect(send({ text: '' })).rejects.toMatchObject({ code: 'unsupported' });
    const files = Array.from({ length: 5 }, () => picture);
    await expect(send({ files })).rejects.toMatchObject({ code: 'unsupported' });
  });

  it.each([
    ['a document', 'application/pdf', 1000],
    ['an empty picture', 'image/png', 0],
    ['a voice of 3 MB', 'audio/amr', 3_000_000],
  ])('with %s is refused before anything is sent', async (_what, contentType, size) => {
    const files = [{ name: 'a', contentType, content: Buffer.alloc(size, 1) }];
    await expect(send({ files })).rejects.toMatchObject({ code: 'unsupported' });
    expect(ports.requests).toEqual([]);
  });

  it('of the longest text fits, whatever its characters', async () => {
    await customerWrites();
    const { maxTextLength } = wechatOa.manifest.capabilities;
    await send({ text: '灯'.repeat(maxTextLength!) });
    await send({ text: '💡'.repeat(maxTextLength! / 2) });
    expect(simulator.shown).toHaveLength(2);
  });
});

describe('the window of a customer', () => {
  it('has five messages', async () => {
    await customerWrites();
    for (let sent = 0; sent < 5; sent++) await send();
    await expect(send()).rejects.toMatchObject({ code: 'window_closed' });
  });

  it('is open for 48 hours', async () => {
    await customerWrites();
    now += 47.9 * 3_600_000;
    await send();
    now += 3_600_000;
    await expect(send()).rejects.toMatchObject({ code: 'window_closed' });
  });

  it('that tells in the middle of a reply is said with how far it came, and not tried again', async () => {
    await customerWrites();
    for (let sent = 0; sent < 4; sent++) await send();
    const error: unknown = await send({ files: [picture] }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'rejected_permanently' });
    expect((error as Error).message).toMatch(/^1 of 2 parts were sent; the next was not: .*45047/);
  });

  it('of one who never wrote is closed', async () => {
    await expect(send()).rejects.toMatchObject({
      code: 'window_closed',
      message: expect.stringContaining('45015'),
    });
    await expect(send({ to: { kind: 'openid', value: '?' } })).rejects.toMatchObject({
      code: 'rejected_permanently',
    });
  });
});

describe('the access token', () => {
  it('is asked for once and kept', async () => {
    await customerWrites();
    await send();
    await send();
    expect(simulator.tokens.issued).toBe(1);
  });

  it('that somebody else renewed is replaced once, and the reply arrives once', async () => {
    await customerWrites();
    await send();
    simulator.tokens.revoke();
    await send();
    expect(simulator.tokens.issued).toBe(2);
    expect(simulator.shown).toHaveLength(2);
  });

  it('that has expired is replaced', async () => {
    await customerWrites();
    await send();
    now += 7_200_000;
    await send();
    expect(simulator.shown).toHaveLength(2);
  });

  it('is renewed by force when the vendor gives again the one it refused', async () => {
    const asked: unknown[] = [];
    const http = {
      request: async ({ url, body }: { url: string; body?: unknown }) => {
        const answer = url.includes('stable_token')
          ? {
              access_token: JSON.parse(String(body)).force_refresh === true ? 'new' : 'old',
              expires_in: 7200,
            }
          : { errcode: url.includes('=new') ? 0 : 40001, errmsg: '' };
        asked.push(url.replace('https://api.weixin.qq.com/cgi-bin/', ''));
        return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(answer)) };
      },
    };
    await wechatOa.send(delivery(), inbox, { ...ports, http }, signal);
    expect(asked).toEqual([
      'stable_token',
      'message/custom/send?access_token=old',
      'stable_token',
      'stable_token',
      'message/custom/send?access_token=new',
    ]);
  });

  it('that a wrong secret asks for is no token', async () => {
    const wrong = { ...inbox, settings: { ...settings, appSecret: 'another-secret' } };
    const error: unknown = await wechatOa
      .send(delivery(), wrong, ports, signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'bad_credentials' });
    expect((error as Error).message).not.toContain('another-secret');
  });
});

describe('a connection lost while sending', () => {
  const lostAt = (path: string) => ({
    ...ports,
    http: {
      request: (request: Parameters<typeof ports.http.request>[0], abort: AbortSignal) =>
        request.url.includes(path)
          ? Promise.reject(new ChannelError('unknown_outcome', 'connection lost'))
          : ports.http.request(request, abort),
    },
  });

  it('leaves it to the agent, as the vendor would show a second one, too', async () => {
    const outcome = wechatOa.send(delivery(), inbox, lostAt('custom/send'), signal);
    await expect(outcome).rejects.toMatchObject({
      code: 'rejected_permanently',
      message: expect.stringContaining('may have it all the same'),
    });
  });

  it.each([
    [502, '<html>bad gateway</html>', 'rejected_permanently'],
    [200, '<html>what</html>', 'rejected_permanently'],
    [503, '', 'unavailable'],
  ])('is the same as an answer %i that says nothing: %s', async (status, body, code) => {
    await send().catch(() => undefined);
    const http = { request: async () => ({ status, headers: {}, body: Buffer.from(body) }) };
    await expect(wechatOa.send(delivery(), inbox, { ...ports, http }, signal)).rejects.toMatchObject({
      code,
    });
  });

  it('during an upload is tried again: the customer saw nothing', async () => {
    const outcome = wechatOa.send(delivery({ files: [picture] }), inbox, lostAt('media/upload'), signal);
    await expect(outcome).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a file of a customer', () => {
  const fetchFile = (id: string, name = 'image.jpg') =>
    wechatOa.fetchMedia(
      { id, name, contentType: 'image/jpeg', disposition: 'attachment' },
      inbox,
      ports,
      signal,
    );

  it('is fetched by its id', async () => {
    const id = simulator.media.put('image', `${'m'.repeat(20)}.jpg`, 'image/jpeg', Buffer.from('lamp'));
    const file = await fetchFile(id);
    expect(Buffer.from(file.content).toString()).toBe('lamp');
    expect(file).toMatchObject({ name: 'image.jpg', contentType: 'image/jpeg' });
  });

  it('that is a video is fetched from the address the vendor names', async () => {
    const id = simulator.media.put('video', 'v.mp4', 'video/mp4', Buffer.from('moving'));
    expect(Buffer.from((await fetchFile(id, 'video.mp4')).content).toString()).toBe('moving');
  });

  it('is gone after three days', async () => {
    const id = simulator.media.put('image', 'a.jpg', 'image/jpeg', Buffer.from('lamp'));
    now += 3 * 24 * 3_600_000;
    await expect(fetchFile(id)).rejects.toMatchObject({
      code: 'rejected_permanently',
      message: expect.stringContaining('3 days'),
    });
  });
});

describe('a reply from a mini-program', () => {
  it('takes pictures and nothing else', async () => {
    await simulator.stop();
    await startAs('mini');
    simulator.address = 'http://127.0.0.1:1/';
    await customerWrites();
    await wechatMini.send(delivery({ files: [picture] }), inbox, ports, signal);
    expect(simulator.shown.map(({ type }) => type)).toEqual(['text', 'image']);
    const clip = { name: 'a.mp4', contentType: 'video/mp4', content: Buffer.from('moving') };
    const refused = wechatMini.send(delivery({ files: [clip] }), inbox, ports, signal);
    await expect(refused).rejects.toMatchObject({ code: 'unsupported' });
  });
});
