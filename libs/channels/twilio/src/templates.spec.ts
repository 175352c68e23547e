import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OutboundDelivery } from '@tributary/channel-sdk';
import { simulatorPorts, TwilioSimulator } from '@tributary/testing';
import { whatsapp } from './index.js';

const OURS = '+14155550100';
const THEIRS = '+4915155501234';
const SHIPPED = `HX${'1'.repeat(32)}`;

let twilio: TwilioSimulator;

beforeAll(async () => {
  twilio = await TwilioSimulator.start();
  twilio.assign(`whatsapp:${OURS}`, 'http://127.0.0.1:9/hooks/i');
  const content = (sid: string, friendlyName: string, status: 'approved' | 'pending') => ({
    ...{ sid, friendlyName, status, language: 'de' },
    ...{ body: 'Hallo {{1}}, Bestellung {{2}} ist da.', variables: { '1': 'Anna', '2': '' } },
  });
  twilio.account.contents.push(
    content(SHIPPED, 'shipped', 'approved'),
    ...Array.from({ length: 120 }, (_, i) =>
      content(`HX${String(i).padStart(32, '0')}`, `waiting ${i}`, 'pending'),
    ),
    content(`HX${'2'.repeat(32)}`, 'last', 'approved'),
  );
});
afterAll(() => twilio.stop());

const origins = () =>
  new Map(['https://api.twilio.com', 'https://content.twilio.com'].map((each) => [each, twilio.origin]));
const inbox = () => {
  const { sid: accountSid, authToken } = twilio.account;
  return { id: 'i', name: 'n', settings: { accountSid, authToken, sender: OURS } };
};
const signal = new AbortController().signal;
const send = (change: Partial<OutboundDelivery>) =>
  whatsapp.send(
    {
      ...{ messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162', attempt: 1, inboxId: 'i', channel: 'whatsapp' },
      ...{ conversationId: 'c', ticketId: 't', ticketNumber: '1', to: { kind: 'phone', value: THEIRS } },
      ...{ authorName: 'Ada', text: 'Hallo Anna, Bestellung 4711 ist da.', files: [], threadToken: 'x' },
      references: [],
      ...change,
    },
    inbox(),
    simulatorPorts(origins()),
    signal,
  );
const use = (variables: Record<string, string>, id = SHIPPED) => ({
  template: { id, name: 'shipped', language: 'de', variables },
});

describe('templates of WhatsApp at Twilio', () => {
  it('are those that are approved, over all pages, with their variables', async () => {
    const listed = await whatsapp.templates!(inbox(), simulatorPorts(origins()), signal);
    expect(listed.map(({ name }) => name)).toEqual(['shipped', 'last']);
    expect(listed[0]).toEqual({
      ...{ id: SHIPPED, name: 'shipped', language: 'de', text: 'Hallo {{1}}, Bestellung {{2}} ist da.' },
      variables: [
        { name: '1', example: 'Anna' },
        { name: '2', example: null },
      ],
    });
  });

  it('are not told to whom has no credentials', async () => {
    const wrong = { ...inbox(), settings: { ...inbox().settings, authToken: 'wrong' } };
    await expect(whatsapp.templates!(wrong, simulatorPorts(origins()), signal)).rejects.toMatchObject({
      code: 'bad_credentials',
    });
  });

  it('reach a customer who has not written for long, where a text does not', async () => {
    await send({});
    await send(use({ '1': 'Anna', '2': '4711' }));
    await twilio.settled();
    const [text, template] = twilio.sentTo(`whatsapp:${THEIRS}`);
    expect([text!.status, text!.errorCode]).toEqual(['failed', 63016]);
    expect(template).toMatchObject({ status: 'read', body: 'Hallo Anna, Bestellung 4711 ist da.' });
  });

  it('are sent once when the answer was lost', async () => {
    const before = twilio.sentTo(`whatsapp:${THEIRS}`).length;
    twilio.account.faults.lostAnswers = 1;
    await send(use({ '1': 'Anna', '2': '4711' }));
    expect(twilio.sentTo(`whatsapp:${THEIRS}`)).toHaveLength(before + 1);
  });

  it('fail for good when they are unknown or filled wrongly, and go without files', async () => {
    const file = { name: 'a', contentType: 'image/png', content: new Uint8Array(1) };
    await expect(send(use({ '1': 'Anna' }))).rejects.toMatchObject({ code: 'rejected_permanently' });
    const unknown = use({}, `HX${'9'.repeat(32)}`);
    await expect(send(unknown)).rejects.toMatchObject({ code: 'rejected_permanently' });
    await expect(send({ ...use({ '1': 'A', '2': 'B' }), files: [file] })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});
