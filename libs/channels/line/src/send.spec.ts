import { describe, expect, it } from '@jest/globals';
import type { ChannelPorts, OutboundDelivery } from '@tributary/channel-sdk';
import fc from 'fast-check';
import { pushMessage, retryKey, splitText } from './send.js';
import { ACCESS_TOKEN, aDelivery, anInbox, answer, CHANNEL_SECRET, playLine } from './testing/line-play.js';

const SENT = answer(200, { sentMessages: [{ id: '461230966842064897', quoteToken: 'IStG5h1Tz7b' }] });
const signal = new AbortController().signal;

async function push(delivery: OutboundDelivery, ...answers: Parameters<typeof playLine>) {
  const { ports, requests } = playLine(...answers);
  const receipt = await pushMessage(delivery, anInbox(), ports, signal);
  return { receipt, requests };
}

describe('a text', () => {
  it('is pushed to whom it is for, with the inbox’s token', async () => {
    const { receipt, requests } = await push(aDelivery(), SENT);
    expect(receipt).toEqual({ state: 'sent', externalId: '461230966842064897' });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: 'https://api.line.me/v2/bot/message/push',
      headers: { authorization: `Bearer ${ACCESS_TOKEN}`, 'content-type': 'application/json' },
    });
    expect(JSON.parse(String(requests[0]?.body))).toEqual({
      to: 'U4af4980629f1c3b4e5d6a7b8c9d0e1f2',
      messages: [{ type: 'text', text: 'Which lamp is it?' }],
    });
  });

  it('over 5,000 characters leaves in several messages of one call', async () => {
    const sentMessages = ['1', '2'].map((id) => ({ id }));
    const text = `${'a'.repeat(4000)}\n\n${'b'.repeat(3000)}`;
    const { receipt, requests } = await push(aDelivery({ text }), answer(200, { sentMessages }));
    expect(requests).toHaveLength(1);
    expect(JSON.parse(String(requests[0]?.body))).toMatchObject({
      messages: [{ text: `${'a'.repeat(4000)}\n\n` }, { text: 'b'.repeat(3000) }],
    });
    expect(receipt).toEqual({ state: 'sent', externalId: '1', furtherIds: ['2'] });
  });

  it('of nothing is refused before anything is sent', async () => {
    await expect(push(aDelivery({ text: '\n' }))).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('a file', () => {
  const png = { name: 'a.png', contentType: 'image/png', content: new Uint8Array(1) };
  const pdf = { name: 'bill.pdf', contentType: 'application/pdf', content: new Uint8Array(1) };
  const large = { ...png, name: 'large.png', content: new Uint8Array(1_000_001) };
  const pushWith = async (files: OutboundDelivery['files'], fileLink?: ChannelPorts['fileLink']) => {
    const { ports, requests } = playLine(SENT);
    await pushMessage(aDelivery({ files }), anInbox(), { ...ports, fileLink }, signal);
    return (JSON.parse(String(requests[0]?.body)) as { messages: unknown[] }).messages;
  };
  const link: ChannelPorts['fileLink'] = ({ name }) => `https://desk.example.org/media/t/${name}`;

  it('is a picture by its address where LINE shows it as one, and a link where it does not', async () => {
    expect(await pushWith([png, pdf, large], link)).toEqual([
      { type: 'text', text: 'Which lamp is it?' },
      {
        type: 'image',
        originalContentUrl: 'https://desk.example.org/media/t/a.png',
        previewImageUrl: 'https://desk.example.org/media/t/a.png',
      },
      { type: 'text', text: 'bill.pdf\nhttps://desk.example.org/media/t/bill.pdf' },
      { type: 'text', text: 'large.png\nhttps://desk.example.org/media/t/large.png' },
    ]);
  });

  it('is refused where the installation has no public https address, in words that say so', async () => {
    await expect(pushWith([png])).rejects.toMatchObject({
      ...{ code: 'unsupported', message: expect.stringContaining('no public https address') },
    });
  });

  it('is refused with four others and a text: LINE takes five messages at once', async () => {
    await expect(pushWith([png, png, png, png, png], link)).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('a text is cut', () => {
  it('into five pieces of 5,000 at most, and nothing of it is lost', () => {
    const text = fc
      .array(fc.constantFrom('word ', '😀', 'x', '\n', '\n\n', '漢字', 'a'.repeat(997)), { maxLength: 6000 })
      .map((parts) => `${parts.join('').slice(0, 24_994)}.`.toWellFormed());
    fc.assert(
      fc.property(text, (whole) => {
        const pieces = splitText(whole);
        expect(pieces.length).toBeLessThanOrEqual(5);
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(5000);
        expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
        const letters = (one: string) => one.replace(/\s/g, '');
        expect(letters(pieces.join(''))).toBe(letters(whole));
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('between the halves of no character, also where all of it has no space', () => {
    const longest = `x${'😀'.repeat(12_497)}`;
    const pieces = splitText(longest);
    expect(pieces.join('')).toBe(longest);
    expect(pieces).toHaveLength(5);
  });
});

describe('the retry key', () => {
  it('is a UUID, the same for every repetition of an attempt', async () => {
    const first = await push(aDelivery(), SENT);
    const second = await push(aDelivery(), SENT);
    const [one, two] = [first, second].map(({ requests }) => requests[0]?.headers?.['x-line-retry-key']);
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(two).toBe(one);
  });

  it('is another for an agent’s new attempt, and for another message', () => {
    const messageId = aDelivery().messageId;
    const keys = [
      retryKey({ messageId, attempt: 1 }),
      retryKey({ messageId, attempt: 2 }),
      retryKey({ messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163', attempt: 1 }),
    ];
    expect(new Set(keys).size).toBe(3);
  });

  it('that LINE knows already means sent, with the ids of the first time', async () => {
    const known = answer(
      409,
      {
        message: 'The retry key is already accepted',
        sentMessages: [{ id: '461230966842064897', quoteToken: 'q' }],
      },
      { 'x-line-accepted-request-id': '123e4567-e89b-12d3-a456-426655440002' },
    );
    expect((await push(aDelivery(), known)).receipt).toEqual({
      state: 'sent',
      externalId: '461230966842064897',
    });
  });
});

describe('an inbox without an access token', () => {
  const TOKEN = answer(200, { token_type: 'Bearer', access_token: 'short-lived-1', expires_in: 900 });
  const withoutToken = anInbox({ accessToken: undefined });

  it('gets one for its id and secret', async () => {
    const { ports, requests } = playLine(TOKEN, SENT);
    await pushMessage(aDelivery(), withoutToken, ports, signal);
    expect(requests[0]?.url).toBe('https://api.line.me/oauth2/v3/token');
    expect(String(requests[0]?.body)).toBe(
      `grant_type=client_credentials&client_id=1653000001&client_secret=${CHANNEL_SECRET}`,
    );
    expect(requests[1]?.headers?.['authorization']).toBe('Bearer short-lived-1');
  });

  it('gets another when LINE no longer takes it, once', async () => {
    const other = answer(200, { token_type: 'Bearer', access_token: 'short-lived-2', expires_in: 900 });
    const refused = answer(401, { message: 'Authentication failed' });
    const { ports, requests } = playLine(TOKEN, refused, other, SENT);
    expect(await pushMessage(aDelivery(), withoutToken, ports, signal)).toMatchObject({ state: 'sent' });
    expect(requests[3]?.headers?.['authorization']).toBe('Bearer short-lived-2');
    const again = playLine(TOKEN, refused, other, refused);
    await expect(pushMessage(aDelivery(), withoutToken, again.ports, signal)).rejects.toMatchObject({
      code: 'bad_credentials',
    });
  });

  it('with a wrong secret says that its credentials are bad, and not what they are', async () => {
    const refused = answer(400, { error: 'invalid_client', error_description: 'invalid client_secret' });
    const { ports } = playLine(refused);
    const error: unknown = await pushMessage(aDelivery(), withoutToken, ports, signal).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'bad_credentials' });
    expect(String(error)).not.toContain(CHANNEL_SECRET);
  });
});
