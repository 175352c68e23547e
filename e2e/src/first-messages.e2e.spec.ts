import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TicketDetail, TicketRow } from '@tributary/contracts';
import { TwilioSimulator } from '@tributary/testing';
import { Desk, messagesOf } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(600_000);

const OURS = '+14155550100';
const CUSTOMERS = 1000;
/** At once; each of them waits between its two messages. */
const TOGETHER = 40;
const APART_MS = 200;

const words = (at: number) => [`Lamp ${at} is broken.`, `It is the blue one, ${at}.`];

/** Work for each item, some of it at once. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: TOGETHER }, lane));
}

describe(`${CUSTOMERS} new customers who send two messages ${APART_MS} ms apart`, () => {
  let system: RunningSystem;
  let twilio: TwilioSimulator;
  let admin: Desk;
  let rows: readonly TicketRow[];
  let tickets: readonly TicketDetail[];

  beforeAll(async () => {
    twilio = await TwilioSimulator.start();
    system = await startSystem({ providerOrigins: `https://api.twilio.com=${twilio.origin}` });
    admin = await Desk.signIn(system.signInUrl);
    const { sid: accountSid, authToken } = twilio.account;
    const settings = { accountSid, authToken, sender: OURS };
    const inbox = await admin.createInbox({ channel: 'sms', name: 'Hotline', settings });
    twilio.assign(OURS, inbox.publicAddress!);
    const customers = Array.from({ length: CUSTOMERS }, (_, at) => at);
    await each(customers, async (at) => {
      const from = `+1${2_125_550_000 + at}`;
      const [first, second] = words(at);
      const sent = twilio.write({ from, to: OURS, body: first });
      await sleep(APART_MS);
      await Promise.all([sent, twilio.write({ from, to: OURS, body: second })]);
    });
    rows = await eventually('every second message', async () => {
      const all = (await admin.allTickets()).filter(({ channel }) => channel === 'sms');
      const ended = all.filter(({ snippet }) => snippet.startsWith('It is the blue one'));
      return ended.length >= CUSTOMERS ? all : undefined;
    });
    const read: TicketDetail[] = [];
    await each(rows, async ({ id }) => void read.push(await admin.ticket(id)));
    tickets = read;
  });

  afterAll(async () => {
    await system?.stop();
    await twilio?.stop();
  });

  it('have one ticket each', () => {
    expect([rows.length, new Set(rows.map(({ contact }) => contact.id)).size]).toEqual([
      CUSTOMERS,
      CUSTOMERS,
    ]);
  });

  it('have both messages in it, in their order', () => {
    const wrong = tickets.filter((ticket) => {
      const messages = messagesOf(ticket);
      const at = Number(/\d+/.exec(messages[0]?.text ?? '')?.[0]);
      return JSON.stringify(messages.map(({ text }) => text)) !== JSON.stringify(words(at));
    });
    expect(wrong.map((ticket) => messagesOf(ticket).map(({ text }) => text))).toEqual([]);
  });
});
