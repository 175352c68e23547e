import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Channel, InboxView, TicketDetail } from '@tributary/contracts';
import { type MetaAccount, type MetaCustomer, MetaSimulator } from '@tributary/testing';
import { Desk, messagesOf } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(240_000);

const page: MetaAccount = {
  ...{ product: 'messenger', id: '104551239876543', senderId: '104551239876543', displayNumber: '' },
};
const account: MetaAccount = {
  ...{ product: 'instagram', id: '17841405822304914', senderId: '104551239876543', displayNumber: '' },
};
const number: MetaAccount = {
  ...{
    product: 'whatsapp',
    id: '106540352242922',
    senderId: '106540352242922',
    displayNumber: '15550783881',
  },
};
const APP = {
  appSecret: 'the secret of an app',
  verifyToken: 'a word of ours',
  accessToken: 'EAAG-the-first',
};

/** One white dot. */
const picture = {
  ...{ name: 'lamp.png', contentType: 'image/png' },
  content: Uint8Array.from(
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAGwOKnwAAAABJRU5ErkJggg==',
      'base64',
    ),
  ),
};

interface Case {
  readonly channel: Channel;
  readonly at: MetaAccount;
  readonly customer: MetaCustomer;
  readonly settings: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [
  {
    ...{ channel: 'messenger', at: page, customer: { id: '6498723110425561' } },
    settings: { ...APP, pageId: page.id },
  },
  {
    ...{ channel: 'instagram', at: account, customer: { id: '1254459154682919' } },
    settings: { ...APP, pageId: account.senderId, accountId: account.id },
  },
  {
    ...{ channel: 'whatsapp_cloud', at: number },
    customer: { id: '16505551234', userId: 'US.13491208655302741918', name: 'Ann Müller' },
    settings: { ...APP, phoneNumberId: number.id },
  },
];

let system: RunningSystem;
let meta: MetaSimulator;
let admin: Desk;

beforeAll(async () => {
  meta = await MetaSimulator.start({
    ...APP,
    accounts: [page, account, number],
    echoes: 'before',
    startsAt: Date.now(),
  });
  const providerOrigins = [...meta.origins].map((pair) => pair.join('=')).join(' ');
  system = await startSystem({ providerOrigins });
  admin = await Desk.signIn(system.signInUrl);
});

afterAll(async () => {
  await system?.stop();
  await meta?.stop();
});

describe.each(CASES)('a conversation on $channel', ({ channel, at, customer, settings }) => {
  let inbox: InboxView;
  let ticket: TicketDetail;
  const hello = `Grüße aus ${channel}: the lamp flickers 💡`;

  const ticketWith = (text: string) =>
    admin.ticketUntil(ticket.id, text, (each) => messagesOf(each).some((message) => message.text === text));

  beforeAll(async () => {
    inbox = await admin.createInbox({ channel, name: `Acme ${channel}`, settings });
  });

  it('begins when Meta accepts the address that the inbox shows', async () => {
    expect(inbox.publicAddress).toBe(`${system.url}/hooks/${inbox.id}`);
    await meta.subscribe(at.product, inbox.publicAddress!);
  });

  it('a message that Meta signed becomes a ticket, with the call as its original', async () => {
    await meta.writes(at, customer, { text: hello });
    const row = await admin.ticketWhere(hello, (each) => each.channel === channel);
    ticket = await admin.ticket(row.id);
    expect(messagesOf(ticket).map(({ text }) => text)).toEqual([hello]);
    const original = (await admin.original(messagesOf(ticket)[0]!.id)).toString();
    expect(original).toContain('Gr\\u00fc\\u00dfe');
  });

  it('a message that comes three times at once is one message', async () => {
    meta.calls.hold();
    await meta.writes(at, customer, { text: 'It is the green one' });
    await meta.calls.release({ deliveries: 3 });
    await meta.writes(at, customer, { text: 'and it hums' });
    const texts = messagesOf(await ticketWith('and it hums')).map(({ text }) => text);
    expect(texts).toEqual([hello, 'It is the green one', 'and it hums']);
  });

  it('a reply leaves once, and its echo, which comes before the answer, is no message', async () => {
    const before = meta.sent.length;
    await admin.reply(ticket.id, { text: 'Which lamp is it?' });
    const replied = await admin.ticketUntil(ticket.id, 'sent', (each) => stateOf(each) !== 'queued');
    expect(meta.sent.slice(before).map(({ account: { id }, to }) => [id, to])).toEqual([
      [at.id, customer.userId ?? customer.id],
    ]);
    await meta.writes(at, customer, { text: 'After the echo' });
    const texts = messagesOf(await ticketWith('After the echo')).map(({ text }) => text);
    expect(texts.slice(-2)).toEqual(['Which lamp is it?', 'After the echo']);
    expect(stateOf(replied)).toBe('sent');
  });

  it('what became of the reply is shown up to read, and never falls back', async () => {
    const sent = meta.sent.at(-1)!;
    // Messenger tells by a time alone, which is later than the sending.
    meta.advance(60_000);
    await eventually('the reply is read', async () => {
      await meta.reports(sent, 'read');
      return stateOf(await admin.ticket(ticket.id)) === 'read' || undefined;
    });
    await meta.reports(sent, 'delivered');
    await meta.writes(at, customer, { text: 'After the reports' });
    expect(stateOf(await ticketWith('After the reports'))).toBe('read');
  });

  it('a picture that stays at Meta is fetched into the message, as it was sent', async () => {
    await meta.writes(at, customer, { text: 'See here', file: picture });
    const shown = await admin.ticketUntil(ticket.id, 'the picture', (each) =>
      messagesOf(each).some(({ text, attachments }) => text === 'See here' && attachments.length === 1),
    );
    const [file] = messagesOf(shown).at(-1)!.attachments;
    // WhatsApp gives names to documents alone.
    const name = at.product === 'whatsapp' ? 'image.png' : 'lamp.png';
    expect(file).toMatchObject({ name, contentType: 'image/png' });
    expect(await admin.bytes(file!.url)).toEqual(Buffer.from(picture.content));
  });

  it('a day later the reply is refused as outside the window', async () => {
    meta.advance(25 * 3_600_000);
    await admin.reply(ticket.id, { text: 'Are you still there?' });
    const failed = await admin.ticketUntil(ticket.id, 'failed', (each) => stateOf(each) === 'failed');
    expect(messagesOf(failed).findLast(isOurs)!.delivery).toMatchObject({ errorCode: 'window_closed' });
  });

  it('a call that Meta did not sign is refused', async () => {
    const body = JSON.stringify({ object: 'page', entry: [] });
    const headers = { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` };
    const response = await fetch(inbox.publicAddress!, { method: 'POST', headers, body });
    expect(response.status).toBe(403);
  });
});

describe('an inbox on whatsapp_cloud', () => {
  it('keeps one conversation with a customer whose number is hidden later', async () => {
    const hidden = { userId: 'US.13491208655302741918' };
    await meta.writes(number, hidden, { text: 'Now without a number' });
    const row = await admin.ticketWhere('the hidden one', (each) => each.channel === 'whatsapp_cloud');
    await admin.ticketUntil(row.id, 'the message without a number', (each) =>
      messagesOf(each).some(({ text }) => text === 'Now without a number'),
    );
    const rows = (await admin.tickets()).filter((each) => each.channel === 'whatsapp_cloud');
    expect(rows).toHaveLength(1);
  });
});

function isOurs({ direction }: { readonly direction: string }): boolean {
  return direction === 'outbound';
}

function stateOf(ticket: TicketDetail): string | undefined {
  return messagesOf(ticket).findLast(isOurs)?.delivery?.state;
}
