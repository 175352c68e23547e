import {
  ChannelError,
  type ChannelInbox,
  type OutboundDelivery,
  type PollWindow,
} from '@tributary/channel-sdk';
import { simulatorPorts, type SimulatorPorts, WecomSimulator } from '@tributary/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { wecomKf } from './index.js';
import { kfMessageId, readKfMessageId } from './kf-message-id.js';

const ONE = 'wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q';
const OTHER = 'wkBJ2GCAAASSm4_FhToWMFea0xAFfd3Q';
const ANN = 'wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw';
const settings = {
  corpId: 'ww5823bf96d3bd56c7',
  secret: 'kf-secret-of-nobody',
  openKfIds: [ONE, OTHER],
  callbackToken: 'sesame',
  encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
};
const inbox: ChannelInbox = { id: 'i', name: 'Shop', settings };
const signal = new AbortController().signal;
const { inbound } = wecomKf as { inbound: Extract<typeof wecomKf.inbound, { kind: 'pull' }> };
const text = (content: string) => ({ msgtype: 'text', text: { content } });

let now: number;
let simulator: WecomSimulator;
let ports: SimulatorPorts;
let hook: Server | undefined;

beforeEach(async () => {
  now = Date.parse('2026-11-24T10:30:00Z');
  simulator = new WecomSimulator({
    corpId: settings.corpId,
    secret: settings.secret,
    token: settings.callbackToken,
    encodingAesKey: settings.encodingAesKey,
    openKfIds: settings.openKfIds,
    pageSize: 2,
    now: () => now,
  });
  ports = simulatorPorts(new Map([['https://qyapi.weixin.qq.com', await simulator.start()]]), () => now);
});
afterEach(async () => {
  await simulator.stop();
  hook?.closeAllConnections();
  hook?.close();
  hook = undefined;
});

async function pull(cursor: string | null = null, notice: string | null = null): Promise<PollWindow[]> {
  const windows: PollWindow[] = [];
  for await (const window of inbound.fetch(inbox, cursor, ports, signal, notice)) windows.push(window);
  return windows;
}

const idsOf = (windows: readonly PollWindow[]) => windows.flatMap(({ items }) => items.map(({ id }) => id));

/** What the next callback says to the channel, by way of a door as the host's. */
async function noticeOf(openKfId: string): Promise<string> {
  let notice = '';
  hook = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const query = Object.fromEntries(new URL(request.url ?? '', 'http://hook').searchParams);
      const asked = {
        method: 'POST' as const,
        path: '/',
        query,
        headers: {},
        body: Buffer.concat(chunks),
        url: '',
      };
      if (inbound.verify(asked, inbox, new Date(now)).ok) notice = inbound.notice(asked, inbox);
      response.end(inbound.answer(asked, inbox).body);
    });
  });
  await new Promise<void>((resolve) => hook!.listen(0, '127.0.0.1', resolve));
  simulator.address = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  expect(await simulator.call(openKfId, { tries: 1 })).toEqual([{ status: 200, body: 'success' }]);
  return notice;
}

describe('a pull', () => {
  it('brings what other accounts have when one of them was deleted at the vendor, and tells of that one', async () => {
    const sent = simulator.write(OTHER, ANN, text('hello'));
    const withDeleted = { ...inbox, settings: { ...settings, openKfIds: ['wkDeleted', ONE, OTHER] } };
    const windows: PollWindow[] = [];
    const pulling = (async () => {
      for await (const window of inbound.fetch(withDeleted, null, ports, signal, null)) windows.push(window);
    })();
    await expect(pulling).rejects.toMatchObject({ code: 'bad_credentials' });
    expect(idsOf(windows)).toEqual([sent]);
  });

  it('goes on until the vendor has no more, in order, page by page', async () => {
    const sent = ['a', 'b', 'c', 'd', 'e'].map((content) => simulator.write(ONE, ANN, text(content)));
    const windows = await pull();
    expect(idsOf(windows)).toEqual(sent);
    expect(windows.map(({ items }) => items.length)).toEqual([2, 2, 1, 0]);
  });

  it('goes on from its cursor, of each account', async () => {
    simulator.write(ONE, ANN, text('a'));
    simulator.write(OTHER, ANN, text('b'));
    const cursor = (await pull()).at(-1)!.cursor;
    const later = [simulator.write(ONE, ANN, text('c')), simulator.write(OTHER, ANN, text('d'))];
    expect(idsOf(await pull(cursor))).toEqual(later);
  });

  it('that a callback caused begins with its account, and asks with its token', async () => {
    const sent = [simulator.write(OTHER, ANN, text('b')), simulator.write(ONE, ANN, text('a'))];
    const windows = await pull(null, await noticeOf(OTHER));
    expect(idsOf(windows)).toEqual(sent);
    const bodies = ports.requests
      .filter(({ url }) => url.includes('sync_msg'))
      .map(({ body }) => String(body));
    expect(bodies.map((body) => JSON.parse(body) as unknown)).toMatchObject([
      { open_kfid: OTHER, token: expect.stringMatching(/^ENC/), limit: 1000 },
      { open_kfid: ONE, token: expect.stringMatching(/^ENC/), limit: 1000 },
    ]);
  });

  it('with a callback’s token that is too old does without', async () => {
    const sent = simulator.write(ONE, ANN, text('a'));
    const notice = await noticeOf(ONE);
    now += 601_000;
    expect(idsOf(await pull(null, notice))).toEqual([sent]);
  });

  it('that the vendor limits is tried later', async () => {
    for (let call = 0; call < 5; call++) await pull();
    await expect(pull()).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('ends with an error when the vendor’s cursor stands still', async () => {
    const stuck = {
      errcode: 0,
      next_cursor: 'c',
      has_more: 1,
      msg_list: [],
      access_token: 't',
      expires_in: 7200,
    };
    const http = {
      request: async () => ({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(stuck)) }),
    };
    const drain = async () => {
      for await (const _window of inbound.fetch(inbox, null, { ...ports, http }, signal, null)) continue;
    };
    await expect(drain()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('WeCom’s address check', () => {
  it('is answered with the word inside the envelope', async () => {
    await noticeOf(ONE);
    hook!.removeAllListeners('request').on('request', (request, response) => {
      const query = Object.fromEntries(new URL(request.url ?? '', 'http://hook').searchParams);
      const asked = {
        method: 'GET' as const,
        path: '/',
        query,
        headers: {},
        body: new Uint8Array(),
        url: '',
      };
      const answer = inbound.answer(asked, inbox);
      response.writeHead(inbound.verify(asked, inbox, new Date(now)).ok ? 200 : 403).end(answer.body);
    });
    expect(await simulator.checkAddress()).toBe(true);
  });
});

function delivery(change: Partial<OutboundDelivery> = {}): OutboundDelivery {
  return {
    messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
    attempt: 1,
    inboxId: 'i',
    channel: 'wecom_kf',
    conversationId: 'c',
    ticketId: 't',
    ticketNumber: '1042',
    to: { kind: 'external_userid', value: ANN },
    authorName: 'Ada',
    text: '您好',
    files: [],
    threadToken: 'c1',
    references: [],
    ...change,
  };
}

const send = (change?: Partial<OutboundDelivery>) => wecomKf.send(delivery(change), inbox, ports, signal);

describe('a reply', () => {
  it('leaves from the account that was written to', async () => {
    const id = simulator.write(OTHER, ANN, text('hi'));
    const { externalId } = await send({ references: ['x', `${OTHER}/${id}`] });
    expect(simulator.shown).toMatchObject([{ openKfId: OTHER, text: '您好' }]);
    expect(externalId).toBe(`${OTHER}/${simulator.shown[0]!.msgid}`);
  });

  it('leaves from the first account when nothing says which, or it is no longer served', async () => {
    simulator.write(ONE, ANN, text('hi'));
    await send();
    await send({ messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163', references: ['wkGone/1'] });
    expect(simulator.shown.map(({ openKfId }) => openKfId)).toEqual([ONE, ONE]);
  });

  it('sent twice is shown once, and twice means sent', async () => {
    simulator.write(ONE, ANN, text('hi'));
    const first = await send();
    expect(await send()).toEqual(first);
    expect(simulator.shown).toHaveLength(1);
  });

  it('of an agent who tries again is another', async () => {
    simulator.write(ONE, ANN, text('hi'));
    await send();
    await send({ attempt: 2 });
    expect(simulator.shown).toHaveLength(2);
  });

  it('with files has an id a part, and whatever is no picture goes as a file', async () => {
    simulator.write(ONE, ANN, text('hi'));
    const files = [{ name: '发票.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1.7') }];
    const receipt = await send({ files });
    expect(simulator.shown.map(({ type }) => type)).toEqual(['text', 'file']);
    expect([receipt.externalId, ...receipt.furtherIds!]).toEqual(
      simulator.shown.map(({ msgid }) => `${ONE}/${msgid}`),
    );
  });

  it('after a connection lost half way goes on where it was', async () => {
    simulator.write(ONE, ANN, text('hi'));
    const files = [{ name: 'a.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1.7') }];
    const lost = {
      ...ports,
      http: {
        request: (request: Parameters<typeof ports.http.request>[0], abort: AbortSignal) =>
          String(request.body).includes('"msgtype":"file"')
            ? Promise.reject(new ChannelError('unknown_outcome', 'connection lost'))
            : ports.http.request(request, abort),
      },
    };
    await expect(wecomKf.send(delivery({ files }), inbox, lost, signal)).rejects.toMatchObject({
      code: 'unknown_outcome',
    });
    await send({ files });
    expect(simulator.shown.map(({ type }) => type)).toEqual(['text', 'file']);
  });

  it('to a session that a colleague has taken in WeCom says so', async () => {
    simulator.write(ONE, ANN, text('hi'));
    simulator.setState(ONE, ANN, 3, 'mei');
    await expect(send()).rejects.toMatchObject({
      code: 'rejected_permanently',
      message: expect.stringContaining('in WeCom (mei)'),
    });
  });

  it('is refused after five messages, and after 48 hours', async () => {
    simulator.write(ONE, ANN, text('hi'));
    for (let attempt = 1; attempt <= 5; attempt++) await send({ attempt });
    await expect(send({ attempt: 6 })).rejects.toMatchObject({ code: 'window_closed' });
    simulator.write(ONE, ANN, text('hi'));
    now += 48 * 3_600_000;
    await expect(send({ attempt: 7 })).rejects.toMatchObject({ code: 'window_closed' });
  });
});

describe('an id of ours', () => {
  it('is short enough for the vendor and tells what it is of', () => {
    const part = { messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162', attempt: 99_999, part: 99 };
    expect(kfMessageId(part)).toMatch(/^[0-9a-zA-Z_-]{1,32}$/);
    expect(readKfMessageId(kfMessageId(part))).toEqual(part);
    expect(readKfMessageId('somebody-elses')).toBeUndefined();
  });
});

describe('a file of a customer', () => {
  it('has the name that came with its bytes', async () => {
    const id = simulator.media.put('file', 'invoice.pdf', 'application/pdf', Buffer.from('%PDF-1.7'));
    const media = {
      id,
      name: 'file',
      contentType: 'application/octet-stream',
      disposition: 'attachment' as const,
    };
    const file = await wecomKf.fetchMedia(media, inbox, ports, signal);
    expect(file).toMatchObject({ name: 'invoice.pdf', contentType: 'application/pdf' });
  });

  it('in JSON is a file, not an answer', async () => {
    const id = simulator.media.put('file', 'a.json', 'application/json', Buffer.from('{"errcode":40007}'));
    const media = {
      id,
      name: 'file',
      contentType: 'application/octet-stream',
      disposition: 'attachment' as const,
    };
    const { content } = await wecomKf.fetchMedia(media, inbox, ports, signal);
    expect(Buffer.from(content).toString()).toBe('{"errcode":40007}');
  });
});
