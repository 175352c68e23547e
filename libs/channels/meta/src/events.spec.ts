import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type {
  ChannelInbox,
  ChannelModule,
  Inbound,
  InboundEvent,
  WebhookRequest,
} from '@tributary/channel-sdk';
import { instagram, messenger, whatsappCloud } from './index.js';

type Door = Extract<Inbound, { kind: 'webhook' }>;

const inbox: ChannelInbox = {
  id: 'i',
  name: 'Acme',
  settings: { pageId: '104551239876543', accountId: '17841405822304914', phoneNumberId: '106540352242922' },
};

function parse({ inbound }: ChannelModule, body: unknown, settings = {}): Promise<readonly InboundEvent[]> {
  const request: WebhookRequest = {
    ...{ method: 'POST', path: '', query: {}, headers: {}, url: 'https://desk.example/hooks/i' },
    body: Buffer.from(JSON.stringify(body)),
  };
  return (inbound as Door).parse(request, { ...inbox, settings: { ...inbox.settings, ...settings } });
}

const item = (event: object) => ({
  ...{
    sender: { id: '6498723110425561' },
    recipient: { id: '104551239876543' },
    timestamp: 1_764_000_000_000,
  },
  ...event,
});
const pageCall = (...messaging: object[]) => ({
  object: 'page',
  entry: [{ id: '104551239876543', messaging }],
});

describe('events of a call', () => {
  it('that stand in it twice are told once, and the repetition is counted', async () => {
    const message = item({ message: { mid: 'm_1', text: 'Hello' } });
    const events = await parse(messenger, pageCall(message, message, message));
    expect(events.map(({ kind }) => kind)).toEqual(['message', 'ignored', 'ignored']);
    expect(new Set(events.map(({ providerEventId }) => providerEventId)).size).toBe(3);
  });

  it('that no account of ours is meant by are ignored one by one, each with the reason', async () => {
    const body = pageCall(item({ message: { mid: 'm_1' } }), item({ message: { mid: 'm_2' } }));
    expect(await parse(messenger, body, { pageId: '99999' })).toMatchObject([
      { kind: 'ignored', reason: 'other_account' },
      { kind: 'ignored', reason: 'other_account' },
    ]);
  });

  it('that the account did itself are nothing a customer did', async () => {
    const reaction = { mid: 'm_1', action: 'react', reaction: 'love' };
    const ours = { ...item({ reaction }), sender: { id: '104551239876543' } };
    expect(await parse(messenger, pageCall(ours))).toMatchObject([{ kind: 'ignored', reason: 'own_event' }]);
  });

  it('hold an id that is longer than the log takes by its digest', async () => {
    const [event] = await parse(messenger, pageCall(item({ message: { mid: 'm'.repeat(900), text: 'x' } })));
    expect(event).toMatchObject({ kind: 'message', externalId: 'm'.repeat(900) });
    expect(event!.providerEventId.length).toBeLessThan(100);
  });

  it('hold no text that PostgreSQL cannot', async () => {
    const body = pageCall(item({ message: { mid: 'm_1', text: 'a\0b \ud83d c' } }));
    expect(await parse(messenger, body)).toMatchObject([{ text: 'a\uFFFDb \uFFFD c' }]);
  });

  it('are none when the call has none, and the call is counted', async () => {
    expect(await parse(messenger, { object: 'page', entry: [] })).toMatchObject([
      { kind: 'ignored', reason: 'empty' },
    ]);
  });

  it('take a test call of the app dashboard, which says the same in another place', async () => {
    const body = {
      object: 'instagram',
      entry: [
        {
          id: '17841405822304914',
          changes: [{ field: 'messages', value: item({ message: { mid: 'm_1', text: 'Test' } }) }],
        },
      ],
    };
    expect(await parse(instagram, body)).toMatchObject([{ kind: 'message', text: 'Test' }]);
  });
});

describe('a mention in a story', () => {
  const url = 'https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1';
  const mention = {
    object: 'instagram',
    entry: [
      {
        id: '17841405822304914',
        messaging: [
          item({ message: { mid: 'm_1', attachments: [{ type: 'story_mention', payload: { url } }] } }),
        ],
      },
    ],
  };

  it('is no message unless the inbox wants it', async () => {
    expect(await parse(instagram, mention)).toMatchObject([{ kind: 'ignored', reason: 'story_mention' }]);
    expect(await parse(instagram, mention, { storyMentions: true })).toMatchObject([
      { kind: 'message', text: '(mentioned us in a story)', media: [{ id: url }] },
    ]);
  });
});

describe('calls with a part that has another shape than Meta writes', () => {
  const junk = [null, 17, '', 'text', [], [null], {}, { id: {} }, true];

  it.each([messenger, instagram, whatsappCloud])(
    'to $manifest.channel always mean something, wherever the part stands',
    async (channel) => {
      const folder = new URL(`../fixtures/${channel.manifest.channel}/`, import.meta.url);
      const names = readdirSync(folder).filter((name) => !name.endsWith('.expected.json'));
      for (const name of names) {
        const body: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
        for (const changed of eachChanged(body, junk)) {
          const events = await parse(channel, changed);
          const ids = events.map(({ providerEventId }) => providerEventId);
          expect(ids.length).toBeGreaterThan(0);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids.every((id) => id !== '' && id.length <= 500)).toBe(true);
        }
      }
    },
  );
});

/** The value with each of its parts replaced by each of the others, one at a time. */
function* eachChanged(value: unknown, others: readonly unknown[]): Generator<unknown> {
  yield* others;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    for (const changed of eachChanged(part, others)) {
      yield Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
    }
  }
}
