import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hookStand, type HookStand } from './hook-stand.js';
import { lineSignature, LineSimulator } from './line.js';
import type { LineChat } from './line-chat.js';

let line: LineSimulator;
let stand: HookStand;
let ann: LineChat;

beforeEach(async () => {
  [line, stand] = await Promise.all([LineSimulator.start(), hookStand()]);
  line.behave({ retryMs: 1 });
  line.setWebhook(stand.url);
  ann = line.person();
});
afterEach(async () => {
  await line.stop();
  await stand.close();
});

interface Call {
  readonly events: readonly {
    readonly webhookEventId: string;
    readonly message?: { readonly id: string; readonly text?: string };
    readonly deliveryContext: { readonly isRedelivery: boolean };
  }[];
}

const calls = () => stand.calls.map(({ body }) => JSON.parse(body.toString()) as Call);

function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: object) {
  return fetch(`${line.origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${line.accessToken}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function push(text: string, headers: Readonly<Record<string, string>> = {}, to = ann.id) {
  return ask('POST', '/v2/bot/message/push', headers, { to, messages: [{ type: 'text', text }] });
}

describe('a call', () => {
  it('is signed as LINE publishes', () => {
    expect(lineSignature('test_secret', '{"hello":"world"}')).toBe(
      't7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=',
    );
  });

  it('carries its signature over the bytes that come', async () => {
    ann.says('Grüße 👋');
    await line.settled();
    const [{ headers, body }] = stand.calls as [(typeof stand.calls)[number]];
    expect(headers['x-line-signature']).toBe(lineSignature(line.channelSecret, body.toString()));
  });

  it('carries several events, when they come together', async () => {
    line.together(() => {
      ann.says('One');
      ann.says('Two');
    });
    await line.settled();
    expect(calls()[0]?.events.map(({ message }) => message?.text)).toEqual(['One', 'Two']);
  });

  it('without events checks the address', async () => {
    expect(await line.verifyWebhook()).toBe(200);
    expect(calls()[0]?.events).toEqual([]);
  });

  it('is repeated as a redelivery with the same id, until it is taken', async () => {
    stand.answers.push({ status: 503, body: '' });
    ann.says('One');
    await line.settled();
    const events = calls().map(({ events: [event] }) => event!);
    expect(events.map(({ deliveryContext }) => deliveryContext.isRedelivery)).toEqual([false, true]);
    expect(events[1]?.webhookEventId).toBe(events[0]?.webhookEventId);
  });

  it('is not repeated, where redelivery is off', async () => {
    const plain = await LineSimulator.start({ redelivers: false });
    plain.setWebhook(stand.url);
    stand.answers.push({ status: 503, body: '' });
    plain.person().says('One');
    await plain.settled();
    await plain.stop();
    expect(stand.calls).toHaveLength(1);
    expect(plain.sender.givenUp).toHaveLength(1);
  });
});

describe('a push', () => {
  const key = { 'x-line-retry-key': '123e4567-e89b-12d3-a456-426614174000' };

  it('with one retry key arrives once, and says so', async () => {
    const first = await push('Hi', key);
    const second = await push('Hi', key);
    expect([first.status, second.status]).toEqual([200, 409]);
    expect(second.headers.get('x-line-accepted-request-id')).toBe(first.headers.get('x-line-request-id'));
    const sent = (await first.json()) as object;
    expect(await second.json()).toMatchObject(sent);
    expect(line.sentTo(ann)).toHaveLength(1);
  });

  it('may arrive without the account hearing of it, and the key still counts', async () => {
    line.loseAnswers(1);
    await expect(push('Hi', key)).rejects.toThrow('fetch failed');
    expect((await push('Hi', key)).status).toBe(409);
    expect(line.sentTo(ann)).toHaveLength(1);
  });

  it.each<[string, () => Promise<Response>, number]>([
    ['with a key that is no UUID', () => push('Hi', { 'x-line-retry-key': 'again' }), 400],
    ['of 5,001 characters', () => push('x'.repeat(5001)), 400],
    ['of nothing', () => push(' '), 400],
    ['to nobody', () => push('Hi', {}, 'U0'), 400],
    ['with a wrong token', () => push('Hi', { authorization: 'Bearer x' }), 401],
  ])('%s is refused', async (_what, send, status) => {
    expect((await send()).status).toBe(status);
    expect(line.pushed).toEqual([]);
  });

  it('of six messages is refused', async () => {
    const messages = Array.from({ length: 6 }, () => ({ type: 'text', text: 'x' }));
    expect((await ask('POST', '/v2/bot/message/push', {}, { to: ann.id, messages })).status).toBe(400);
  });

  it('over the month’s plan is refused, and one over the rate', async () => {
    line.flood(1);
    expect(await (await push('Hi')).json()).toEqual({
      message: 'The API rate limit has been exceeded. Try again later.',
    });
    line.setQuota(0);
    expect(await (await push('Hi')).json()).toEqual({ message: 'You have reached your monthly limit.' });
  });

  it('to who blocked the account is taken and goes nowhere', async () => {
    ann.blocks();
    expect((await push('Hi')).status).toBe(200);
    expect(line.sentTo(ann)).toEqual([]);
  });
});

describe('a content', () => {
  it('is prepared for a while, handed out, and gone one day', async () => {
    const id = ann.sendsVideo(new Uint8Array([1, 2, 3]), 1);
    const content = `/v2/bot/message/${id}/content`;
    expect((await ask('GET', content)).status).toBe(202);
    expect(await (await ask('GET', `${content}/transcoding`)).json()).toEqual({ status: 'processing' });
    expect(await (await ask('GET', `${content}/transcoding`)).json()).toEqual({ status: 'succeeded' });
    const got = await ask('GET', content);
    expect(new Uint8Array(await got.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
    line.forgetContents();
    expect((await ask('GET', content)).status).toBe(410);
  });
});

describe('a token', () => {
  async function obtain(secret: string) {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: line.channelId,
      client_secret: secret,
    });
    return fetch(`${line.origin}/oauth2/v3/token`, { method: 'POST', body });
  }

  it('is given for id and secret, and runs out', async () => {
    const { access_token: token } = (await (await obtain(line.channelSecret)).json()) as {
      access_token: string;
    };
    const headers = { authorization: `Bearer ${token}` };
    expect((await push('Hi', headers)).status).toBe(200);
    line.expireTokens();
    expect((await push('Hi', headers)).status).toBe(401);
  });

  it('is not given for another secret', async () => {
    expect((await obtain('wrong')).status).toBe(400);
  });
});
