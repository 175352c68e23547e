import {
  ChannelError,
  type ChannelPorts,
  type ChannelRequest,
  type OutboundDelivery,
} from '@tributary/channel-sdk';
import { describe, expect, it } from '@jest/globals';
import { sms, whatsapp } from './index.js';
import { explain, TWILIO_ERRORS } from './twilio-errors.js';

const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
const SERVICE = `MG${'1'.repeat(32)}`;
const MESSAGES = `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Messages.json`;
const NOW = new Date('2026-11-24T10:00:00Z');

const delivery: OutboundDelivery = {
  messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
  attempt: 2,
  inboxId: 'i',
  channel: 'sms',
  conversationId: 'c',
  ticketId: 't',
  ticketNumber: '1042',
  to: { kind: 'phone', value: '+14155550123' },
  authorName: 'Ada',
  text: 'It left today & costs 5 € + post.',
  files: [],
  threadToken: 'c1.abc',
  references: [],
};

type Answer = { readonly status: number; readonly json?: unknown; readonly headers?: Record<string, string> };

/** Twilio, saying these answers one after the other; an error is thrown instead. */
function played(
  answers: readonly (Answer | ChannelError)[],
  hookUrl?: string,
  fileLink?: ChannelPorts['fileLink'],
) {
  const asked: ChannelRequest[] = [];
  const left = [...answers];
  const ports: ChannelPorts = {
    http: {
      request: async (request) => {
        asked.push(request);
        const answer = left.shift();
        if (answer === undefined) throw new Error('nothing more was to be asked');
        if (answer instanceof Error) throw answer;
        const body = new TextEncoder().encode(JSON.stringify(answer.json ?? {}));
        return { status: answer.status, headers: answer.headers ?? {}, body };
      },
    },
    tokens: { get: async (_name, obtain) => (await obtain()).value },
    now: () => NOW,
    ...(hookUrl ? { hookUrl } : {}),
    ...(fileLink ? { fileLink } : {}),
  };
  const send = (change: Partial<OutboundDelivery> = {}, settings: object = {}, channel = sms) =>
    channel.send(
      { ...delivery, ...change },
      {
        id: 'i',
        name: 'n',
        settings: { accountSid: ACCOUNT, authToken: 'secret', sender: '+1 415 555-0100', ...settings },
      },
      ports,
      new AbortController().signal,
    );
  return { asked, send };
}

const accepted: Answer = { status: 201, json: { sid: 'SM1', status: 'queued' } };
const refused = (status: number, code?: number, headers?: Record<string, string>): Answer => ({
  status,
  json: { code, message: 'said by Twilio', more_info: 'https://www.twilio.com/docs/errors', status },
  ...(headers ? { headers } : {}),
});
const lost = new ChannelError('unknown_outcome', 'the connection was lost');

const formOf = ({ body }: ChannelRequest): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(String(body)));

describe('a reply', () => {
  it('is posted with the account’s credentials, and its id is what Twilio calls it', async () => {
    const { asked, send } = played([accepted]);
    expect(await send()).toEqual({ state: 'sent', externalId: 'SM1' });
    expect(asked).toMatchObject([{ method: 'POST', url: MESSAGES }]);
    expect(asked[0]!.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`${ACCOUNT}:secret`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(formOf(asked[0]!)).toEqual({
      To: '+14155550123',
      From: '+14155550100',
      Body: 'It left today & costs 5 € + post.',
    });
  });

  it('asks for reports at the inbox’s own address, with the message and the attempt in it', async () => {
    const { asked, send } = played([accepted], 'https://desk.example.org/hooks/i');
    await send();
    expect(formOf(asked[0]!)['StatusCallback']).toBe(
      'https://desk.example.org/hooks/i?message=0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162&attempt=2#rc=3&rp=all',
    );
  });

  it('leaves by the messaging service where there is one, from the number that the customer knows', async () => {
    const { asked, send } = played([accepted, accepted]);
    await send({}, { messagingServiceSid: SERVICE });
    await send({}, { messagingServiceSid: SERVICE, sender: '' });
    expect(formOf(asked[0]!)).toMatchObject({ MessagingServiceSid: SERVICE, From: '+14155550100' });
    expect(formOf(asked[1]!)).toMatchObject({ MessagingServiceSid: SERVICE });
    expect(formOf(asked[1]!)).not.toHaveProperty('From');
  });

  it.each([
    [{ kind: 'phone', value: '+4915155501234' }, 'whatsapp:+4915155501234'],
    [{ kind: 'bsuid', value: 'DE.4566546130240823' }, 'whatsapp:DE.4566546130240823'],
  ])('over WhatsApp to %j has the medium before both addresses', async (to, address) => {
    const { asked, send } = played([accepted]);
    await send({ channel: 'whatsapp', to }, {}, whatsapp);
    expect(formOf(asked[0]!)).toMatchObject({ To: address, From: 'whatsapp:+14155550100' });
  });

  it.each([
    ['of nothing but spaces', { text: ' \n' }, 'unsupported'],
    ['of 1,601 characters', { text: '😀'.repeat(800) + 'x' }, 'unsupported'],
    ['to a short code', { to: { kind: 'sender_id', value: '32665' } }, 'rejected_permanently'],
    ['to a WhatsApp user by SMS', { to: { kind: 'bsuid', value: 'DE.1' } }, 'rejected_permanently'],
    [
      'to another medium in disguise',
      { to: { kind: 'phone', value: 'messenger:1' } },
      'rejected_permanently',
    ],
  ])('%s is not even tried', async (_what, change, code) => {
    const { asked, send } = played([]);
    await expect(send(change)).rejects.toMatchObject({ code });
    expect(asked).toEqual([]);
  });

  it('of 1,600 characters is sent whole', async () => {
    const { asked, send } = played([accepted]);
    await send({ text: '😀'.repeat(800) });
    expect(formOf(asked[0]!)['Body']).toBe('😀'.repeat(800));
  });
});

describe('a reply whose end was not seen', () => {
  const listed = (change: object = {}) => ({
    sid: 'SM9',
    body: delivery.text,
    direction: 'outbound-api',
    date_created: 'Tue, 24 Nov 2026 10:00:01 +0000',
    ...change,
  });

  it.each([
    ['the connection was lost', lost],
    ['Twilio broke', refused(500)],
    ['a gateway before it did', refused(504)],
    ['the answer named no message', { status: 201 }],
  ])('because %s is not sent again when Twilio has it', async (_why, first) => {
    const { asked, send } = played([first, { status: 200, json: { messages: [listed()] } }]);
    expect(await send()).toEqual({ state: 'sent', externalId: 'SM9' });
    expect(asked[1]).toMatchObject({ method: 'GET', url: `${MESSAGES}?To=%2B14155550123&PageSize=20` });
  });

  it.each([
    ['it is a customer’s', listed({ direction: 'inbound' })],
    ['it says something else', listed({ body: 'Hello' })],
    ['it left earlier', listed({ date_created: 'Tue, 24 Nov 2026 09:59:00 +0000' })],
    ['it has no date', listed({ date_created: null })],
  ])('is not mistaken for another of the list: %s', async (_why, other) => {
    const { send } = played([lost, { status: 200, json: { messages: [other] } }]);
    await expect(send()).rejects.toMatchObject({ code: 'unknown_outcome' });
  });

  it.each([
    ['cannot be asked', lost],
    ['says no', refused(401, 20003)],
    ['talks nonsense', { status: 200, json: { messages: 'many' } }],
  ])('stays unknown when Twilio %s', async (_why, second) => {
    const { send } = played([lost, second]);
    await expect(send()).rejects.toMatchObject({ code: 'unknown_outcome' });
  });
});

describe('the table of errors', () => {
  it.each(TWILIO_ERRORS.flatMap(({ codes, give, detail }) => codes.map((code) => ({ code, give, detail }))))(
    '$code is $give',
    async ({ code, give, detail }) => {
      const { send } = played([refused(400, code)]);
      const message = `${detail} (Twilio ${code})`;
      await expect(send()).rejects.toMatchObject({ code: give, message });
    },
  );

  it('has every code once', () => {
    const codes = TWILIO_ERRORS.flatMap((row) => row.codes);
    expect(codes).toEqual([...new Set(codes)]);
  });

  it.each([
    [400, 'rejected_permanently'],
    [401, 'bad_credentials'],
    [403, 'bad_credentials'],
    [429, 'rate_limited'],
    [503, 'unavailable'],
  ])(
    'reads status %i with a code that nobody knows as %s, and repeats what Twilio said',
    async (status, code) => {
      const { send } = played([refused(status, 99_999)]);
      await expect(send()).rejects.toMatchObject({ code, message: 'said by Twilio (Twilio 99999)' });
    },
  );

  it('waits as long as Twilio asks', async () => {
    const { send } = played([refused(429, 20429, { 'retry-after': '7' })]);
    await expect(send()).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 7000 });
  });

  it('has words for a failure without any code', () => {
    expect(explain(Number.NaN)).toBe('Twilio could not deliver the message.');
  });
});

describe('files', () => {
  const aFile = (name: string, size = 1) => ({
    ...{ name, contentType: 'image/png', content: new Uint8Array(size) },
  });
  const link: ChannelPorts['fileLink'] = ({ name }) => `https://desk.example.org/media/t/${name}`;
  const formsOf = (asked: readonly ChannelRequest[]) =>
    asked.map(({ body }) => {
      const form = new URLSearchParams(String(body));
      return { text: form.get('Body'), media: form.getAll('MediaUrl') };
    });
  const address = (name: string) => `https://desk.example.org/media/t/${name}`;

  it('of a text message leave with it, each by its address', async () => {
    const { asked, send } = played([accepted], undefined, link);
    await send({ files: [aFile('a.png'), aFile('b.png')] });
    expect(formsOf(asked)).toEqual([{ text: delivery.text, media: [address('a.png'), address('b.png')] }]);
  });

  it('leave one by one on WhatsApp, after the text', async () => {
    const { asked, send } = played([accepted, { status: 201, json: { sid: 'MM2' } }], undefined, link);
    expect(await send({ files: [aFile('a.png')] }, {}, whatsapp)).toEqual({
      ...{ state: 'sent', externalId: 'SM1', furtherIds: ['MM2'] },
    });
    expect(formsOf(asked)).toEqual([
      { text: delivery.text, media: [] },
      { text: null, media: [address('a.png')] },
    ]);
  });

  it('are not sent twice when one of them fails: the agent hears how far it came', async () => {
    const { send } = played([accepted, refused(400, 21620)], undefined, link);
    await expect(send({ files: [aFile('a.png')] }, {}, whatsapp)).rejects.toMatchObject({
      ...{ code: 'rejected_permanently', message: expect.stringContaining('Only 1 of 2 parts') },
    });
  });

  it('are refused before anything is asked when they are too many or too large', async () => {
    for (const files of [Array.from({ length: 11 }, () => aFile('a.png')), [aFile('a.png', 5_000_001)]]) {
      const { asked, send } = played([], undefined, link);
      await expect(send({ files })).rejects.toMatchObject({ code: 'unsupported' });
      expect(asked).toEqual([]);
    }
  });

  it('are refused in words where the installation has no public https address', async () => {
    const { asked, send } = played([]);
    await expect(send({ files: [aFile('a.png')] })).rejects.toMatchObject({
      ...{ code: 'unsupported', message: expect.stringContaining('no public https address') },
    });
    expect(asked).toEqual([]);
  });
});
