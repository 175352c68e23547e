import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wechaty } from '@tributary/channel-wechaty';
import type { ChannelInbox, InboundEvent, OutboundDelivery, WebhookRequest } from '@tributary/channel-sdk';
import { createLogger, systemClock } from '@tributary/runtime';
import { simulatorPorts } from '@tributary/testing';
import {
  type Account,
  type OutboundFile,
  type ReceivedMessage,
  NotSentError,
  UnknownRecipientError,
} from './account.js';
import { Bridge, type BridgeOptions } from './bridge.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ORIGIN = 'https://bridge.example.com';
const inbox: ChannelInbox = {
  id: '00000000-0000-7000-8000-0000000000f3',
  name: 'Shop',
  settings: { riskAccepted: true, bridgeUrl: ORIGIN, signingSecret: SECRET },
};
const { inbound } = wechaty as { inbound: Extract<typeof wechaty.inbound, { kind: 'webhook' }> };
const signal = new AbortController().signal;
const aMessage = (id: string, change: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  ...{ kind: 'message', id, at: 1_795_516_199_000, from: { id: 'wxid_ann', name: 'Ann' }, self: false },
  ...{ type: 'text', text: `text of ${id}` },
  ...change,
});
const aDelivery = (change: Partial<OutboundDelivery> = {}): OutboundDelivery => ({
  ...{ messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162', attempt: 1, inboxId: inbox.id, channel: 'wechaty' },
  conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163',
  ...{ ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164', ticketNumber: '1042' },
  ...{ to: { kind: 'wechaty', value: 'wxid_ann' }, authorName: 'Ada', text: '您好', files: [] },
  ...{ threadToken: 'c1.x', references: [], ...change },
});

/** A phone, played: what it was asked to say, and what it answers. */
class PlayedAccount implements Account {
  readonly said: { readonly to: string; readonly what: string | OutboundFile }[] = [];
  loggedIn = true;
  failing: Error | undefined;

  isLoggedIn(): boolean {
    return this.loggedIn;
  }

  async say(to: { readonly kind: string; readonly id: string }, what: string | OutboundFile) {
    if (this.failing) throw this.failing;
    this.said.push({ to: `${to.kind} ${to.id}`, what });
    return `sent-${this.said.length}`;
  }
}

let account: PlayedAccount;
let folder: string;
let desk: Server;
/** What the desk's channel made of the calls, and how the next calls are answered. */
let events: InboundEvent[];
let answers: number[];
let bridge: Bridge;

beforeEach(async () => {
  account = new PlayedAccount();
  folder = await mkdtemp(join(tmpdir(), 'bridge-'));
  events = [];
  answers = [];
  desk = createServer((request, response) => {
    void takeCall(request).then((status) => response.writeHead(status).end('{}'));
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  bridge = await started();
});
afterEach(async () => {
  await bridge.stop();
  desk.closeAllConnections();
  desk.close();
  await rm(folder, { recursive: true });
});

async function takeCall(incoming: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const request: WebhookRequest = {
    ...{ method: 'POST', path: '', query: {}, url: '' },
    headers: incoming.headers as Record<string, string>,
    body: Buffer.concat(chunks),
  };
  if (!inbound.verify(request, inbox, new Date()).ok) return 403;
  const status = answers.shift() ?? 200;
  if (status === 200) events.push(...(await inbound.parse(request, inbox)));
  return status;
}

function started(change: Partial<BridgeOptions> = {}): Promise<Bridge> {
  const { port } = desk.address() as AddressInfo;
  return Bridge.start(account, {
    ...{ deskUrl: `http://127.0.0.1:${port}/hooks/x`, signingSecret: SECRET, folder },
    ...{ clock: systemClock, logger: createLogger('spec', 'silent'), waitMs: () => 5 },
    ...change,
  });
}

/** Resolves when the desk has so many events. */
async function told(count: number): Promise<readonly InboundEvent[]> {
  while (events.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  return events;
}

const ports = () => simulatorPorts(new Map([[ORIGIN, bridge.address]]));
const send = (change: Partial<OutboundDelivery> = {}) =>
  wechaty.send(aDelivery(change), inbox, ports(), signal);

describe('what the account receives', () => {
  it('becomes messages of the channel, signed and in order', async () => {
    for (const id of ['a', 'b', 'c']) await bridge.receive(aMessage(id));
    expect(await told(3)).toMatchObject(['a', 'b', 'c'].map((id) => ({ kind: 'message', externalId: id })));
    expect(events[0]).toMatchObject({ text: 'text of a', from: { value: 'wxid_ann', name: 'Ann' } });
  });

  it('is told again until the desk takes it, and nothing behind it goes before', async () => {
    answers = [503, 503, 500];
    for (const id of ['a', 'b']) await bridge.receive(aMessage(id));
    expect((await told(2)).map(({ providerEventId }) => providerEventId)).toEqual(['a', 'b']);
  });

  it('waits on disk for the next process when the desk is away', async () => {
    answers = Array.from({ length: 10_000 }, () => 503);
    await bridge.receive(aMessage('a'));
    await bridge.receive(aMessage('b'));
    await bridge.stop();
    expect(events).toEqual([]);
    answers = [];
    bridge = await started();
    await bridge.receive(aMessage('c'));
    expect((await told(3)).map(({ providerEventId }) => providerEventId)).toEqual(['a', 'b', 'c']);
  });

  it('is put aside, and kept, when the desk says that it can never be right', async () => {
    answers = [400];
    for (const id of ['a', 'b']) await bridge.receive(aMessage(id));
    expect((await told(1)).map(({ providerEventId }) => providerEventId)).toEqual(['b']);
    expect(await readdir(join(folder, 'refused'))).toHaveLength(1);
  });

  it('has its file fetched by the channel', async () => {
    const content = Buffer.from('a picture of a lamp');
    const file = async () => ({ name: 'lamp.jpg', contentType: 'image/jpeg', content });
    await bridge.receive(aMessage('m/1', { type: 'image', text: '<xml/>', file }));
    const [event] = await told(1);
    if (event?.kind !== 'message') throw new Error('no message');
    expect(event.text).toBe('');
    const fetched = await wechaty.fetchMedia(event.media![0]!, inbox, ports(), signal);
    expect(fetched).toMatchObject({ name: 'lamp.jpg', contentType: 'image/jpeg' });
    expect(Buffer.from(fetched.content).equals(content)).toBe(true);
  });

  it('has its file for seven days', async () => {
    const file = async () => ({ name: 'a', contentType: 'image/jpeg', content: Buffer.from('a') });
    await bridge.receive(aMessage('old', { file }));
    await told(1);
    await bridge.stop();
    const eightDaysAgo = new Date(Date.now() - 8 * 86_400_000);
    for (const name of await readdir(join(folder, 'files')))
      await utimes(join(folder, 'files', name), eightDaysAgo, eightDaysAgo);
    bridge = await started();
    const [event] = events;
    const media = event?.kind === 'message' ? event.media![0]! : undefined;
    await expect(wechaty.fetchMedia(media!, inbox, ports(), signal)).rejects.toMatchObject({
      code: 'rejected_permanently',
    });
  });

  it('leaves out what the account wrote itself, and rooms unless they are wanted', async () => {
    const room = { id: 'r@chatroom', topic: 'Lamps' };
    await bridge.receive(aMessage('own', { self: true }));
    await bridge.receive(aMessage('in a room', { room }));
    await bridge.receive(aMessage('a'));
    expect((await told(1)).map(({ providerEventId }) => providerEventId)).toEqual(['a']);
    await bridge.stop();
    bridge = await started({ rooms: true });
    await bridge.receive(aMessage('r', { room }));
    expect((await told(2))[1]).toMatchObject({ from: { kind: 'wechaty_room', value: room.id } });
  });
});

describe('what the desk sends', () => {
  it('leaves by the account, text and files, and its ids come back', async () => {
    const files = [{ name: 'a.txt', contentType: 'text/plain', content: Buffer.from('hello') }];
    expect(await send({ files })).toEqual({ state: 'sent', externalId: 'sent-1', furtherIds: ['sent-2'] });
    expect(account.said).toMatchObject([
      { to: 'contact wxid_ann', what: '您好' },
      { what: { name: 'a.txt' } },
    ]);
    expect(Buffer.from((account.said[1]!.what as OutboundFile).content).toString()).toBe('hello');
  });

  it('goes into a room where a room wrote', async () => {
    await send({ to: { kind: 'wechaty_room', value: 'r@chatroom' } });
    expect(account.said).toMatchObject([{ to: 'room r@chatroom' }]);
  });

  it('leaves once however often it is asked for, also at once and after a restart', async () => {
    const [one, other] = await Promise.all([send(), send()]);
    await bridge.stop();
    bridge = await started();
    expect([other, await send()]).toEqual([one, one]);
    expect(account.said).toHaveLength(1);
  });

  it('is not sent again by itself when nobody knows whether it left', async () => {
    account.failing = new Error('the connection broke');
    await expect(send()).rejects.toMatchObject({
      code: 'rejected_permanently',
      message: expect.stringContaining('may have it all the same') as unknown,
    });
    account.failing = undefined;
    await expect(send()).rejects.toMatchObject({ code: 'rejected_permanently' });
    expect(account.said).toEqual([]);
    await send({ attempt: 2 });
    expect(account.said).toHaveLength(1);
  });

  it('waits while the account is not logged in, and fails for whom it does not know', async () => {
    account.loggedIn = false;
    await expect(send()).rejects.toMatchObject({ code: 'unavailable' });
    account.loggedIn = true;
    account.failing = new UnknownRecipientError('the account knows no contact of this id');
    await expect(send()).rejects.toMatchObject({ code: 'rejected_permanently' });
    account.failing = new NotSentError('the account could not look the contact up');
    await expect(send()).rejects.toMatchObject({ code: 'unavailable' });
    account.failing = undefined;
    await send();
    expect(account.said).toHaveLength(1);
  });

  it.each([
    ['unsigned', '/messages', {}],
    ['signed for another path', '/files/a', undefined],
  ])('is refused %s', async (_, path, headers) => {
    const signed = ports();
    await send().catch(() => undefined);
    await wechaty.send(aDelivery({ attempt: 9 }), inbox, signed, signal);
    const before = account.said.length;
    const { body, headers: genuine } = signed.requests[0]!;
    const response = await fetch(`${bridge.address}${path}`, {
      ...{ method: 'POST', body: body as string },
      headers: headers ?? genuine ?? {},
    });
    expect([response.status, account.said.length]).toEqual([403, before]);
  });

  it('is refused when it is signed by another secret', async () => {
    const stranger = { ...inbox, settings: { ...inbox.settings, signingSecret: `whsec_${'A'.repeat(40)}` } };
    await expect(wechaty.send(aDelivery(), stranger, ports(), signal)).rejects.toMatchObject({
      code: 'bad_credentials',
    });
  });
});
