import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type InboundEvent,
} from '@tributary/channel-sdk';
import { hookStand, type HookStand, type LineChat, LineSimulator } from '@tributary/testing';
import { line } from './index.js';
import { aDelivery, anInbox } from './testing/line-play.js';

const signal = new AbortController().signal;

let vendor: LineSimulator;
let stand: HookStand;
let ann: LineChat;
let ports: ChannelPorts;

beforeEach(async () => {
  [vendor, stand] = await Promise.all([LineSimulator.start(), hookStand()]);
  vendor.behave({ retryMs: 1 });
  vendor.setWebhook(stand.url);
  ann = vendor.person();
  ports = portsTo(vendor);
});
afterEach(async () => {
  await vendor.stop();
  await stand.close();
});

const inbox = (accessToken: string | undefined = vendor.accessToken): ChannelInbox =>
  anInbox({ channelId: vendor.channelId, channelSecret: vendor.channelSecret, accessToken });

/** As the host's: the vendor's origins are exchanged, a token is kept until it was refused. */
function portsTo(simulator: LineSimulator): ChannelPorts {
  let kept: string | undefined;
  return {
    http: {
      request: async ({ method, url, headers, body }) => {
        const address = url.replace(/^https:\/\/api(-data)?\.line\.me/, simulator.origin);
        const sent =
          body === undefined ? {} : { body: typeof body === 'string' ? body : Uint8Array.from(body) };
        const response = await fetch(address, { method, headers, ...sent }).catch((error: unknown) => {
          throw new ChannelError('unknown_outcome', 'the connection ended', undefined, { cause: error });
        });
        const content = new Uint8Array(await response.arrayBuffer());
        return { status: response.status, headers: Object.fromEntries(response.headers), body: content };
      },
    },
    tokens: {
      get: async (_name, obtain, refused) => {
        if (kept === undefined || kept === refused) kept = (await obtain()).value;
        return kept;
      },
    },
    now: () => new Date(),
  };
}

/** What the channel makes of everything that LINE posted. */
async function heard(): Promise<InboundEvent[]> {
  await vendor.settled();
  const events: InboundEvent[] = [];
  for (const { headers, body } of stand.calls) {
    const request = { method: 'POST', path: '', query: {}, headers, body, url: stand.url } as const;
    if (line.inbound.kind !== 'webhook') throw new Error('the channel is called');
    expect(line.inbound.verify(request, inbox(), new Date())).toEqual({ ok: true });
    events.push(...(await line.inbound.parse(request, inbox())));
  }
  return events;
}

const replyTo = (chat: LineChat) => ({ to: { kind: 'line', value: chat.id } });
const send = (from = inbox()) => line.send(aDelivery(replyTo(ann)), from, ports, signal);

describe('a conversation', () => {
  it('is heard and answered, and the answer can be quoted', async () => {
    ann.says('Which lamp is it?');
    await vendor.settled();
    const receipt = await send();
    expect(vendor.sentTo(ann)).toEqual([{ id: receipt.externalId, to: ann.id, text: 'Which lamp is it?' }]);
    ann.says('That one', receipt.externalId);
    expect(await heard()).toMatchObject([
      { kind: 'message', text: 'Which lamp is it?', from: { value: ann.id } },
      { kind: 'message', text: 'That one', thread: { references: [receipt.externalId] } },
    ]);
  });

  it('shows what was taken back, who came and who went', async () => {
    ann.adds();
    ann.unsends(ann.says('Oops'));
    ann.blocks();
    expect((await heard()).map(({ kind }) => kind).toSorted()).toEqual([
      'consent',
      'consent',
      'deleted',
      'message',
    ]);
  });

  it('in a group is the group’s, whoever speaks', async () => {
    const club = vendor.group(ann);
    club.joins();
    club.says('Is it sold out?');
    expect((await heard()).every((event) => 'from' in event && event.from.value === club.id)).toBe(true);
    await line.send(aDelivery(replyTo(club)), inbox(), ports, signal);
    expect([vendor.sentTo(club).length, vendor.sentTo(ann).length]).toEqual([1, 0]);
  });

  it('that comes three times in any order, also as a redelivery, has one id for each message', async () => {
    vendor.behave({ copies: 3, isShuffled: true });
    stand.answers.push({ status: 503, body: '' });
    vendor.together(() => {
      for (let at = 0; at < 10; at++) ann.says(String(at));
    });
    const events = await heard();
    expect(events).toHaveLength(40);
    expect(new Set(events.map(({ providerEventId }) => providerEventId)).size).toBe(10);
  });

  it('the check of the address is answered and is nothing', async () => {
    expect(await vendor.verifyWebhook()).toBe(200);
    expect(await heard()).toMatchObject([{ kind: 'ignored', reason: 'verification' }]);
  });
});

describe('contents', () => {
  it('of one set are an album, and each is fetched', async () => {
    ann.sendsImages([new Uint8Array([1]), new Uint8Array([2])]);
    const messages = (await heard()).filter((event) => event.kind === 'message');
    expect(new Set(messages.map(({ album }) => album)).size).toBe(1);
    const files = await Promise.all(
      messages.map(({ media }) => line.fetchMedia(media![0]!, inbox(), ports, signal)),
    );
    expect(files.map(({ content }) => content[0])).toEqual(expect.arrayContaining([1, 2]));
  });

  it('that are prepared come later, and those that are gone never', async () => {
    ann.sendsVideo(new Uint8Array([1, 2, 3]), 1);
    const [message] = (await heard()).filter((event) => event.kind === 'message');
    const fetching = () => line.fetchMedia(message!.media![0]!, inbox(), ports, signal);
    await expect(fetching()).rejects.toMatchObject({ code: 'unavailable' });
    expect((await fetching()).content).toEqual(new Uint8Array([1, 2, 3]));
    vendor.forgetContents();
    await expect(fetching()).rejects.toMatchObject({ code: 'rejected_permanently' });
  });
});

describe('a push', () => {
  it('whose answer was lost is sent again and arrives once', async () => {
    vendor.loseAnswers(1);
    await expect(send()).rejects.toMatchObject({ code: 'unknown_outcome' });
    const receipt = await send();
    expect(vendor.sentTo(ann)).toMatchObject([{ id: receipt.externalId }]);
  });

  it('over the rate is tried again, over the month’s plan it waits for the next', async () => {
    vendor.flood(1);
    await expect(send()).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: undefined });
    vendor.setQuota(0);
    const over: unknown = await send().catch((error: unknown) => error);
    expect(over).toMatchObject({ code: 'rate_limited' });
    expect((over as ChannelError).retryAfterMs).toBeGreaterThan(0);
  });

  it('of an inbox without a token gets one, and another when that ran out', async () => {
    const without = inbox('');
    await send(without);
    vendor.expireTokens();
    await line.send(aDelivery({ ...replyTo(ann), attempt: 2 }), without, ports, signal);
    expect(vendor.sentTo(ann)).toHaveLength(2);
  });
});
