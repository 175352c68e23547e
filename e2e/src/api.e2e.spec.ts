import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type Accepted,
  type Message,
  type Receipt,
  type ReplyEvent,
  type Signal,
  TributaryClient,
} from '@tributary/client';
import type {
  ApiAccepted,
  ApiMessage,
  ApiReceipt,
  ApiReplyEvent,
  ApiSignal,
  InboxView,
  Problem,
  TicketDetail,
  TicketRow,
} from '@tributary/contracts';
import { CallbackReceiver } from './system/callback-receiver.js';
import { Desk, messagesOf } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(240_000);

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const SHOP = 'https://shop.customer.example';

let system: RunningSystem;
let shop: CallbackReceiver;
let admin: Desk;
let agents: Desk[];
let inbox: InboxView;
let client: TributaryClient;

beforeAll(async () => {
  shop = await CallbackReceiver.start([SECRET]);
  system = await startSystem({ providerOrigins: `${SHOP}=${shop.origin}` });
  admin = await Desk.signIn(system.signInUrl);
  const people = await admin.people();
  agents = await Promise.all(
    people.filter(({ role }) => role === 'agent').map((each) => admin.colleague(each.email)),
  );
  for (const agent of agents) await agent.startWork();
  inbox = await connect(`${SHOP}/desk`);
  client = new TributaryClient({ url: inbox.publicAddress!, secret: SECRET });
});

afterAll(async () => {
  for (const agent of agents ?? []) await agent.leave();
  await system?.stop();
  await shop?.stop();
});

function connect(callbackUrl: string, name = 'Shop', secret = SECRET): Promise<InboxView> {
  return admin.createInbox({ channel: 'api', name, settings: { secret, callbackUrl } });
}

const ticketsSaying = async (text: string, count = 1): Promise<readonly TicketRow[]> =>
  eventually(`${count} tickets that say ${text}`, async () => {
    const rows = await admin.tickets('all', text);
    return rows.length >= count ? rows : undefined;
  });

const textsIn = (ticket: TicketDetail) => messagesOf(ticket).map(({ text }) => text);

const until = (ticket: { readonly id: string }, text: string): Promise<TicketDetail> =>
  admin.ticketUntil(ticket.id, text, (each) => textsIn(each).includes(text));

const deliveryOf = (ticket: TicketDetail) =>
  messagesOf(ticket).findLast(({ direction }) => direction === 'outbound')?.delivery;

describe('the types of the client', () => {
  it('are those of the contract, both ways', () => {
    const message = (value: Message): Omit<ApiMessage, 'files' | 'type'> => ({
      ...value,
      fields: { ...value.fields },
    });
    const signal = (value: Signal): Omit<ApiSignal, 'type'> => ({ ...value, fields: { ...value.fields } });
    const receipt = (value: Receipt): Omit<ApiReceipt, 'type'> => value;
    const accepted = (value: ApiAccepted): Accepted => value;
    const reply = (value: ApiReplyEvent): ReplyEvent => value;
    expect([message, signal, receipt, accepted, reply]).toHaveLength(5);
  });
});

describe('a conversation with a system of the company', () => {
  const message: Message = {
    customer: { id: 'c-42', name: 'Mei Lin', email: 'mei@customer.example' },
    ...{ conversation: 'order-1042', subject: 'Order 1042', text: 'Where is lamp 4711?' },
    ...{ priority: 'high', fields: { order: '1042' } },
  };
  let ticket: TicketDetail;
  let reply: ReplyEvent;

  it('a message becomes a ticket of the customer, and somebody gets it', async () => {
    const id = randomUUID();
    expect(await client.send(message, { id })).toEqual({ id, conversation: 'order-1042' });
    const [row] = await ticketsSaying('4711');
    ticket = await admin.ticketUntil(row!.id, 'an agent', ({ assignee }) => assignee !== null);
    expect(ticket).toMatchObject({
      ...{ channel: 'api', subject: 'Order 1042', priority: 'high', contact: { name: 'Mei Lin' } },
      ...{ inbox: { id: inbox.id }, fields: { order: '1042', email: 'mei@customer.example' } },
    });
  });

  it('the original is the call as it came', async () => {
    const original = await admin.original(messagesOf(ticket)[0]!.id);
    expect(JSON.parse(original.toString())).toEqual({ type: 'message', ...message });
  });

  it('a call that is made again changes nothing and is answered alike', async () => {
    const id = randomUUID();
    const again = { ...message, text: 'It is the green one' };
    const answers = await Promise.all([1, 2, 3].map(() => client.send(again, { id })));
    expect(answers).toEqual([1, 2, 3].map(() => ({ id, conversation: 'order-1042' })));
    await client.send({ ...message, text: 'and broken' });
    const { thread, ...found } = await until(ticket, 'and broken');
    expect(textsIn({ thread, ...found })).toEqual([
      'Where is lamp 4711?',
      'It is the green one',
      'and broken',
    ]);
  });

  it('a call under the id of another is refused, and what it said is not there', async () => {
    const id = randomUUID();
    await client.send({ ...message, text: 'It was a gift' }, { id });
    await expect(client.send({ ...message, text: 'It was stolen' }, { id })).rejects.toMatchObject({
      status: 409,
      code: 'KEY_REUSED',
    });
    await client.send({ ...message, text: 'after that' });
    expect(textsIn(await until(ticket, 'after that'))).not.toContain('It was stolen');
  });

  it('a conversation is the customer’s own: another who names it begins another', async () => {
    await client.send({ ...message, customer: { id: 'c-43' }, text: 'Mine as well, 4712' });
    const [row] = await ticketsSaying('4712');
    expect(row!.id).not.toBe(ticket.id);
  });

  it('a reply comes to the callback address, signed, under the names of the caller', async () => {
    await admin.reply(ticket.id, { text: 'It left today.' });
    reply = await eventually('the reply', async () => [...shop.replies.values()].at(-1));
    expect(reply.data).toMatchObject({
      ...{ conversation: 'order-1042', customer: { id: 'c-42' }, text: 'It left today.', signal: null },
      ...{ ticket: { id: ticket.id, number: ticket.number } },
    });
    expect(shop.forged).toBe(0);
    const sent = await admin.ticketUntil(ticket.id, 'sent', (each) => deliveryOf(each)?.state === 'sent');
    expect(deliveryOf(sent)).toMatchObject({ attempt: 1, errorCode: null });
  });

  it('what the customer did with it is shown, whichever report comes first', async () => {
    await client.report({ message: reply.data.id, state: 'read' });
    await client.report({ message: reply.data.id, state: 'delivered' });
    await client.send({ ...message, text: 'after the reports' });
    await until(ticket, 'after the reports');
    const read = await admin.ticketUntil(ticket.id, 'read', (each) => deliveryOf(each)?.state === 'read');
    expect(deliveryOf(read)?.state).toBe('read');
  });

  it('a callback address that stumbles is asked again under the same id, and has the reply once', async () => {
    shop.faults.push(503, 500);
    const before = shop.calls;
    await admin.reply(ticket.id, { text: 'With the morning van.' });
    await admin.ticketUntil(ticket.id, 'sent', (each) => deliveryOf(each)?.state === 'sent');
    expect(shop.calls - before).toBe(3);
    const texts = [...shop.replies.values()].map(({ data }) => data.text);
    expect(texts).toEqual(['It left today.', 'With the morning van.']);
  });

  it('files come in the call and from their address, and leave in the callback', async () => {
    shop.files.set('/lamp.txt', Buffer.from('a picture of a lamp'));
    await client.send({
      ...message,
      text: 'See both',
      files: [
        { name: 'note.txt', content: Buffer.from('a note').toString('base64') },
        { name: 'lamp.txt', url: `${SHOP}/lamp.txt` },
      ],
    });
    const found = await admin.ticketUntil(ticket.id, 'both files', (each) =>
      messagesOf(each).some(({ attachments }) => attachments.length === 2),
    );
    const { attachments } = messagesOf(found).find(({ text }) => text === 'See both')!;
    const contents = await Promise.all(attachments.map(({ url }) => admin.bytes(url)));
    expect(contents.map(String)).toEqual(['a note', 'a picture of a lamp']);
  });
});

describe('a device', () => {
  const alarm: Signal = {
    ...{ source: 'Boiler 7', key: 'boiler-7/pressure', state: 'raised', severity: 'critical' },
    ...{ summary: 'Pressure above 3.2 bar', details: '3.41 bar for 120 s', fields: { site: 'Suzhou' } },
  };
  let ticket: TicketDetail;

  it('raises an alarm, which is a ticket that somebody gets', async () => {
    await client.signal(alarm);
    const [row] = await ticketsSaying('Pressure above');
    ticket = await admin.ticketUntil(row!.id, 'an agent', ({ assignee }) => assignee !== null);
    expect(ticket).toMatchObject({
      ...{ subject: 'Pressure above 3.2 bar', priority: 'urgent', type: 'problem' },
      ...{ contact: { name: 'Boiler 7' }, fields: { severity: 'critical', site: 'Suzhou' } },
    });
  });

  it('that flaps has the one ticket, whose story says so', async () => {
    for (const details of ['3.5 bar', '3.6 bar', '3.7 bar']) {
      await client.signal({ ...alarm, state: 'cleared', summary: 'Back to normal' });
      await client.signal({ ...alarm, details });
    }
    const found = await until(ticket, '[critical] Pressure above 3.2 bar\n\n3.7 bar');
    expect(messagesOf(found)).toHaveLength(4);
    expect(await admin.tickets('all', 'Pressure above')).toHaveLength(1);
    const cleared = found.thread.filter(
      (item) => item.kind === 'event' && item.changes['activity'] === 'signal_cleared',
    );
    expect(cleared).toHaveLength(3);
  });

  it('that clears one alarm clears no other of its own', async () => {
    await client.signal({ ...alarm, key: 'boiler-7/water', summary: 'Water low 4713' });
    const [row] = await ticketsSaying('4713');
    await client.signal({ ...alarm, key: 'boiler-7/water', state: 'cleared', summary: 'Water is back' });
    const story = await admin.ticketUntil(row!.id, 'cleared', ({ thread }) =>
      thread.some((item) => item.kind === 'event' && item.type === 'customer.acted'),
    );
    expect(story.id).not.toBe(ticket.id);
  });

  it('that comes back after the ticket was solved opens it again', async () => {
    await admin.change(ticket.id, { status: 'solved' });
    await client.signal({ ...alarm, details: 'again' });
    const found = await admin.ticketUntil(ticket.id, 'open', ({ status }) => status === 'open');
    expect(found.number).toBe(ticket.number);
  });
});

describe('the door refuses', () => {
  const body = JSON.stringify({ type: 'message', customer: { id: 'c-44' }, text: 'Never seen 4799' });
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');

  function signed(text: string | Buffer, change: { id?: string; at?: number; key?: Buffer } = {}) {
    const { id = randomUUID(), at = Math.floor(Date.now() / 1000), key: by = key } = change;
    const signature = createHmac('sha256', by).update(`${id}.${at}.`).update(text).digest('base64');
    return {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(at),
      'webhook-signature': `v1,${signature}`,
    };
  }

  async function post(
    headers: Record<string, string>,
    text: string | Buffer = body,
    url = inbox.publicAddress!,
  ) {
    const response = await fetch(url, { method: 'POST', headers, body: text as string });
    return { status: response.status, text: await response.text() };
  }

  it('what the company did not sign, and tells a stranger nothing', async () => {
    const now = Math.floor(Date.now() / 1000);
    const other = await connect(SHOP, 'Another shop', `whsec_${Buffer.alloc(32, 6).toString('base64')}`);
    const answers = [
      await post({}),
      await post(signed(body), body.replace('4799', '4798')),
      await post(signed(body, { at: now - 400 })),
      await post(signed(body, { at: now + 400 })),
      await post(signed(body, { key: Buffer.alloc(32, 6) })),
      await post(signed(body), body, other.publicAddress!),
      await post(signed(body), body, `${system.url}/hooks/${randomUUID()}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(403));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('what breaks its rules, by field and rule', async () => {
    await expect(client.send({ customer: { id: '' } })).rejects.toMatchObject({
      ...{ status: 400, code: 'VALIDATION_FAILED' },
      faults: [{ field: 'customer.id', rule: 'minLength' }],
    });
    const broken = await post(signed('{"type":'), '{"type":');
    expect([broken.status, (JSON.parse(broken.text) as Problem).code]).toEqual([400, 'BAD_JSON']);
  });

  it('a body of 30 MB', async () => {
    const large = Buffer.alloc(30 * 1024 * 1024, 'x');
    expect((await post(signed(large), large)).status).toBe(413);
  });

  it('to fetch a file from a private address: the message is there, and says why the file is not', async () => {
    const files = [{ name: 'metadata.json', url: 'https://169.254.169.254/latest/meta-data' }];
    await client.send({ customer: { id: 'c-45' }, text: 'A file 4714', files });
    const [row] = await ticketsSaying('4714');
    const found = await admin.ticketUntil(row!.id, 'the fault', (each) =>
      JSON.stringify(each.thread).includes('rejected_permanently'),
    );
    expect(messagesOf(found)[0]?.attachments).toEqual([]);
  });

  it('a callback address inside the network', async () => {
    const connecting = connect('https://10.0.0.7/desk', 'Inside');
    await expect(connecting).rejects.toMatchObject({ status: 400, code: 'SETTINGS_REFUSED' });
  });

  it('and of all that it refused nothing became a ticket', async () => {
    expect(await admin.tickets('all', '4799')).toEqual([]);
  });
});

describe('a system that is killed while it is written to', () => {
  it('has every message of the caller once, in order', async () => {
    const texts = Array.from({ length: 40 }, (_, at) => `Line ${at} of 4731`);
    let accepted = 0;
    // Longer than a start of every process takes.
    const patient = new TributaryClient({ url: inbox.publicAddress!, secret: SECRET, attempts: 30 });
    const sending = (async () => {
      for (const text of texts) {
        await patient.send({ customer: { id: 'c-47' }, conversation: 'long', text });
        accepted += 1;
      }
    })();
    await eventually('a few are accepted', async () => accepted >= 10 || undefined);
    [system] = await Promise.all([system.restartAfterKill(), sending]);
    const [row] = await ticketsSaying('4731');
    expect(textsIn(await until(row!, texts.at(-1)!))).toEqual(texts);
  });
});
