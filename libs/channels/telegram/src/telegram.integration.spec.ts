import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type InboundEvent,
} from '@tributary/channel-sdk';
import { hookStand, type HookStand, type TelegramChat, TelegramSimulator } from '@tributary/testing';
import { telegram } from './index.js';
import { aDelivery, aFile, anInbox } from './testing/telegram-play.js';

const SECRET = 'a-secret_for-acme-0001';
const PNG = Uint8Array.from(Buffer.from('89504e470d0a1a0a', 'hex'));
const signal = new AbortController().signal;

let vendor: TelegramSimulator;
let stand: HookStand;
let ann: TelegramChat;

beforeEach(async () => {
  [vendor, stand] = await Promise.all([TelegramSimulator.start(), hookStand()]);
  vendor.setWebhook(stand.url, SECRET);
  ann = vendor.person('Ann');
});
afterEach(async () => {
  await vendor.stop();
  await stand.close();
});

const inbox = (): ChannelInbox => ({
  ...anInbox(),
  settings: { botToken: vendor.token, webhookSecret: SECRET },
});

/** As the host's: the vendor's origin is exchanged. */
const ports: ChannelPorts = {
  http: {
    request: async ({ method, url, headers, body }) => {
      const address = url.replace('https://api.telegram.org', vendor.origin);
      const sent =
        body === undefined ? {} : { body: typeof body === 'string' ? body : Uint8Array.from(body) };
      const response = await fetch(address, { method, headers, ...sent }).catch((error: unknown) => {
        throw new ChannelError('unknown_outcome', 'the connection ended', undefined, { cause: error });
      });
      const content = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, headers: Object.fromEntries(response.headers), body: content };
    },
  },
  tokens: { get: async (_name, obtain) => (await obtain()).value },
  now: () => new Date(),
};

/** What the channel makes of everything that Telegram posted. */
async function heard(): Promise<InboundEvent[]> {
  await vendor.settled();
  const events: InboundEvent[] = [];
  for (const { headers, body } of stand.calls) {
    const request = { method: 'POST', path: '', query: {}, headers, body, url: stand.url } as const;
    if (telegram.inbound.kind !== 'webhook') throw new Error('the channel is called');
    expect(telegram.inbound.verify(request, inbox(), new Date())).toEqual({ ok: true });
    events.push(...(await telegram.inbound.parse(request, inbox())));
  }
  return events;
}

const replyTo = (chat: TelegramChat) => ({ to: { kind: 'telegram', value: String(chat.id) } });

describe('a conversation', () => {
  it('is heard and answered in its chat, and the answer answers the message', async () => {
    const question = ann.says('Which lamp is it?');
    const [message] = await heard();
    expect(message).toMatchObject({ kind: 'message', text: 'Which lamp is it?', from: { name: 'Ann' } });
    if (message?.kind !== 'message') throw new Error('a message is expected');
    const references = [message.externalId!];
    const delivery = aDelivery({ ...replyTo(ann), text: 'The red one', references });
    const receipt = await telegram.send(delivery, inbox(), ports, signal);
    const [sent] = vendor.sentTo(ann);
    expect(sent).toMatchObject({ text: 'The red one', repliesTo: question });
    expect(receipt.externalId).toBe(`${ann.id}:${sent!.message_id}`);
    ann.replies(sent!.message_id, 'Thanks');
    expect((await heard()).at(-1)).toMatchObject({ thread: { references: [receipt.externalId] } });
  });

  it('shows edits, reactions, blocks and returns', async () => {
    const id = ann.says('One');
    ann.edits(id, 'Two');
    ann.reacts(id, '👍');
    ann.blocksBot();
    ann.letsBotIn();
    const externalId = `${ann.id}:${id}`;
    expect((await heard()).slice(1)).toMatchObject([
      { kind: 'edited', externalId, text: 'Two' },
      { kind: 'reaction', externalId, reaction: '👍' },
      { kind: 'consent', consent: 'withdrawn' },
      { kind: 'consent', consent: 'given' },
    ]);
  });

  it('that comes three times in any order has one id for each message', async () => {
    vendor.behave({ copies: 3, isShuffled: true });
    for (let at = 0; at < 10; at++) ann.says(String(at));
    const events = await heard();
    expect(events).toHaveLength(30);
    expect(new Set(events.map(({ providerEventId }) => providerEventId)).size).toBe(10);
  });

  it('in a group is the group’s, whoever speaks', async () => {
    const club = vendor.group('Kettle club', ann);
    club.says('Is it sold out?');
    const [joined, question] = await heard();
    expect(joined).toMatchObject({ kind: 'consent', consent: 'given' });
    expect(question).toMatchObject({ from: { value: String(club.id), name: 'Ann (Kettle club)' } });
    await telegram.send(aDelivery({ ...replyTo(club), text: 'No' }), inbox(), ports, signal);
    expect([vendor.sentTo(club).length, vendor.sentTo(ann).length]).toEqual([1, 0]);
  });
});

describe('files', () => {
  it('of a customer are fetched from Telegram, also after their path ran out', async () => {
    ann.sendsDocument('a.pdf', new Uint8Array([1, 2, 3]));
    const [message] = await heard();
    if (message?.kind !== 'message') throw new Error('a message is expected');
    for (let round = 0; round < 2; round++) {
      const file = await telegram.fetchMedia(message.media![0]!, inbox(), ports, signal);
      expect(file).toMatchObject({ name: 'a.pdf', content: new Uint8Array([1, 2, 3]) });
      vendor.moveFiles();
    }
  });

  it('of an agent arrive, a picture that is none as a document', async () => {
    ann.starts();
    const files = [{ ...aFile('ok.png', 'image/png'), content: PNG }];
    await telegram.send(aDelivery({ ...replyTo(ann), files }), inbox(), ports, signal);
    const broken = [aFile('broken.png', 'image/png')];
    await telegram.send(aDelivery({ ...replyTo(ann), files: broken }), inbox(), ports, signal);
    expect(vendor.sentTo(ann)).toMatchObject([
      { text: 'Which lamp is it?', files: [{ kind: 'photo', name: 'ok.png' }] },
      { files: [{ kind: 'document', name: 'broken.png' }] },
    ]);
  });
});

describe('a reply that cannot be sent', () => {
  const send = () => telegram.send(aDelivery(replyTo(ann)), inbox(), ports, signal);

  it('to who blocked the bot is refused for good', async () => {
    ann.starts();
    ann.blocksBot();
    await expect(send()).rejects.toMatchObject({ code: 'rejected_permanently' });
  });

  it('to who never wrote has to wait for them', async () => {
    await expect(send()).rejects.toMatchObject({ code: 'window_closed' });
  });

  it('over the rate waits as long as Telegram says', async () => {
    ann.starts();
    vendor.flood(1);
    await expect(send()).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 1000 });
  });

  it('with a revoked token says so', async () => {
    ann.starts();
    const before = inbox();
    vendor.revokeToken();
    const sending = telegram.send(aDelivery(replyTo(ann)), before, ports, signal);
    await expect(sending).rejects.toMatchObject({ code: 'bad_credentials' });
  });

  it('whose answer was lost is not sent twice', async () => {
    ann.starts();
    vendor.loseAnswers(1);
    await expect(send()).rejects.toMatchObject({ code: 'rejected_permanently' });
    expect(vendor.sentTo(ann)).toHaveLength(1);
  });
});
