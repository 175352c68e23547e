import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { InboxView, TicketDetail } from '@tributary/contracts';
import { type MailServers, startMailServers, type TestMailbox } from '@tributary/testing';
import { Desk, messagesOf } from './system/desk.js';
import { handOver, mail } from './system/mail-handover.js';
import { headerOf } from './system/mail-headers.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(240_000);

const SUPPORT = 'support@shop.example';
const FETCHED = 'fetched@shop.example';
const CUSTOMER = 'ann@customers.example';
const STRANGER = 'eve@strangers.example';

let system: RunningSystem;
let servers: MailServers;
let admin: Desk;
let mailbox: TestMailbox;

beforeAll(async () => {
  [system, servers] = await Promise.all([startSystem(), startMailServers()]);
  admin = await Desk.signIn(system.signInUrl);
  await servers.createMailbox(CUSTOMER);
  // All before the first delivery: Dovecot sees a new user only some time after it has read the list.
  mailbox = await servers.createMailbox(FETCHED);
});

afterAll(async () => {
  await servers?.stop();
  await system?.stop();
});

/** What a mail program writes when its user presses "reply". */
function answerTo(theirs: string, from: string, text: string, extra: readonly string[] = []): Buffer {
  const id = headerOf(theirs, 'message-id');
  const chain = [headerOf(theirs, 'references'), id].filter(Boolean).join(' ');
  return mail(
    `From: <${from}>`,
    `To: ${headerOf(theirs, 'reply-to') || headerOf(theirs, 'from')}`,
    `Subject: Re: ${headerOf(theirs, 'subject')}`,
    ...(extra.length > 0 ? extra : [`In-Reply-To: ${id}`, `References: ${chain}`]),
    `Message-ID: <${crypto.randomUUID()}@customers.example>`,
    ...['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '', text, ''],
  );
}

const addressIn = (header: string): string => /<([^<>]+)>/.exec(header)?.[1] ?? header;

describe('a conversation by mail', () => {
  let inbox: InboxView;
  let ticket: TicketDetail;
  let reply: string;

  /** Where a mail server would hand over what is addressed to us. */
  const toUs = (raw: Buffer, from: string, to = SUPPORT) => handOver(system.smtpPort, { from, to }, raw);

  beforeAll(async () => {
    inbox = await admin.createInbox({
      channel: 'email',
      name: 'Shop',
      settings: {
        ...{ address: SUPPORT, displayName: 'The Shop' },
        ...{ smtpHost: '127.0.0.1', smtpPort: servers.smtpPort, smtpTls: 'none' },
      },
    });
  });

  it('a mail becomes a ticket', async () => {
    const raw = mail(
      ...[`From: "Ann Müller" <${CUSTOMER}>`, `To: ${SUPPORT}`, 'Subject: =?utf-8?q?Caf=C3=A9_kettle?='],
      ...['Message-ID: <first@customers.example>', 'Content-Type: text/plain; charset=utf-8', ''],
      ...['Wo ist mein Kessel?', ''],
    );
    await toUs(raw, CUSTOMER);
    const row = await admin.ticketWhere('of the mail', ({ subject }) => subject === 'Café kettle');
    ticket = await admin.ticket(row.id);
    expect(ticket).toMatchObject({
      channel: 'email',
      contact: { name: 'Ann Müller' },
      inbox: { id: inbox.id },
    });
    expect(messagesOf(ticket)[0]?.text.trim()).toBe('Wo ist mein Kessel?');
  });

  it('the same mail handed over twice is one message', async () => {
    const raw = mail(
      `From: <${CUSTOMER}>`,
      `To: ${SUPPORT}`,
      'Subject: Twice',
      'Message-ID: <twice@c.example>',
      '',
      'x',
      '',
    );
    await toUs(raw, CUSTOMER);
    await toUs(raw, CUSTOMER);
    await toUs(mail(`From: <${CUSTOMER}>`, `To: ${SUPPORT}`, 'Subject: After', '', 'x', ''), CUSTOMER);
    await admin.ticketWhere('the next', ({ subject }) => subject === 'After');
    const found = await admin.tickets('all', 'Twice');
    expect(found).toHaveLength(1);
    expect(messagesOf(await admin.ticket(found[0]!.id))).toHaveLength(1);
  });

  it('the agent’s reply is in the customer’s mailbox, threaded under their mail', async () => {
    await admin.reply(ticket.id, { text: 'It left today.\n祝好' });
    const [received] = await servers.arrived(CUSTOMER, 1);
    reply = received!;
    expect(headerOf(reply, 'in-reply-to')).toBe('<first@customers.example>');
    expect(headerOf(reply, 'references')).toBe('<first@customers.example>');
    expect(headerOf(reply, 'message-id')).toMatch(/^<t\.[a-z0-9.]+@shop\.example>$/);
    expect(headerOf(reply, 'from')).toMatch(/The[ _]Shop/);
    expect(headerOf(reply, 'from')).toContain(SUPPORT);
    expect(headerOf(reply, 'subject')).toContain(ticket.number);
    expect(headerOf(reply, 'reply-to')).toMatch(/<support\+[a-z0-9.]+@shop\.example>/);
  });

  it('the desk knows that it was sent', async () => {
    const found = await admin.ticketUntil(ticket.id, 'sent', (each) =>
      messagesOf(each).some(({ delivery }) => delivery?.state === 'sent'),
    );
    expect(messagesOf(found)).toHaveLength(2);
  });

  /** Waits for the answer in the ticket; a ticket of its own would not have it. */
  const expectInTicket = async (text: string) => {
    const found = await admin.ticketUntil(ticket.id, text, (each) =>
      messagesOf(each).some((message) => message.text.includes(text)),
    );
    const message = messagesOf(found).find((each) => each.text.includes(text));
    expect(message).toMatchObject({ direction: 'inbound', unverifiedSender: false });
  };

  it('the customer’s answer lands in the same ticket', async () => {
    const raw = answerTo(reply, CUSTOMER, 'Thank you, says the whole header chain');
    await toUs(raw, CUSTOMER, addressIn(headerOf(reply, 'reply-to')));
    await expectInTicket('says the whole header chain');
  });

  it('an answer without references finds it by the address that it was sent to', async () => {
    const raw = answerTo(reply, CUSTOMER, 'Found by the plus address', ['X-Mailer: old']);
    await toUs(raw, CUSTOMER, addressIn(headerOf(reply, 'reply-to')));
    await expectInTicket('Found by the plus address');
  });

  it('an answer to the plain address without references finds it by the number in its subject', async () => {
    const raw = mail(
      ...[`From: <${CUSTOMER}>`, `To: ${SUPPORT}`, `Subject: Re: ${headerOf(reply, 'subject')}`, ''],
      ...['Found by the number', ''],
    );
    await toUs(raw, CUSTOMER);
    await expectInTicket('Found by the number');
  });

  it('a stranger who writes the number gets a ticket of their own', async () => {
    const raw = mail(
      ...[`From: <${STRANGER}>`, `To: ${SUPPORT}`, `Subject: Re: kettle [#${ticket.number}]`, ''],
      ...['Please send it to my address instead', ''],
    );
    await toUs(raw, STRANGER);
    const row = await admin.ticketWhere('of the stranger', ({ snippet }) =>
      snippet.includes('to my address'),
    );
    expect(row.id).not.toBe(ticket.id);
    expect(row.contact.name).toBe(STRANGER);
  });

  it('a stranger who knows a Message-ID of ours but not its token gets one, too', async () => {
    const forged = headerOf(reply, 'message-id').replace(/^<t\.[a-z0-9]/, (start) =>
      start.endsWith('a') ? '<t.b' : '<t.a',
    );
    const raw = answerTo(reply, STRANGER, 'I forged the token', [
      `In-Reply-To: ${forged}`,
      `References: <first@customers.example>`,
    ])
      .toString()
      .replace(/^To: .*$/m, `To: ${SUPPORT}`);
    await toUs(Buffer.from(raw), STRANGER);
    const row = await admin.ticketWhere('of the forger', ({ snippet }) => snippet.includes('I forged'));
    expect(row.id).not.toBe(ticket.id);
  });

  it('an answer to a solved ticket opens it again', async () => {
    await admin.change(ticket.id, { status: 'solved' });
    const raw = answerTo(reply, CUSTOMER, 'It is broken after all');
    await toUs(raw, CUSTOMER, addressIn(headerOf(reply, 'reply-to')));
    await expectInTicket('It is broken after all');
    expect((await admin.ticket(ticket.id)).status).toBe('open');
  });
});

describe('a mailbox that is fetched', () => {
  beforeAll(async () => {
    await servers.put(
      FETCHED,
      mail(`From: <${CUSTOMER}>`, `To: ${FETCHED}`, 'Subject: Was there before', '', 'x', ''),
    );
    await admin.createInbox({
      channel: 'email',
      name: 'Fetched',
      settings: {
        ...{ address: FETCHED, imapHost: '127.0.0.1', imapPort: servers.imapPort, imapTls: 'none' },
        ...{ imapUser: mailbox.user, imapPassword: mailbox.password },
        ...{ smtpHost: '127.0.0.1', smtpPort: servers.smtpPort, smtpTls: 'none' },
      },
    });
  });

  it('a mail that comes in is a ticket', async () => {
    const raw = mail(
      `From: <${CUSTOMER}>`,
      `To: ${FETCHED}`,
      'Subject: By IMAP',
      'Message-ID: <imap@c.example>',
      '',
      'Hello',
      '',
    );
    await handOver(servers.smtpPort, { from: CUSTOMER, to: FETCHED }, raw);
    const row = await admin.ticketWhere('of the mail', ({ subject }) => subject === 'By IMAP');
    expect((await admin.ticket(row.id)).inbox.name).toBe('Fetched');
  });

  it('an answer that goes through Postfix to the plus address comes back into the ticket', async () => {
    const row = await admin.ticketWhere('of the mail', ({ subject }) => subject === 'By IMAP');
    const before = (await servers.mails(CUSTOMER)).length;
    await admin.reply(row.id, { text: 'And by SMTP' });
    const reply = (await servers.arrived(CUSTOMER, before + 1)).at(-1)!;
    const to = addressIn(headerOf(reply, 'reply-to'));
    expect(to).toMatch(/^fetched\+/);
    await handOver(
      servers.smtpPort,
      { from: CUSTOMER, to },
      answerTo(reply, CUSTOMER, 'Both ways', ['X-Mailer: old']),
    );
    const found = await admin.ticketUntil(row.id, 'the answer', (each) => messagesOf(each).length === 3);
    expect(messagesOf(found).at(-1)?.text).toContain('Both ways');
  });

  it('a reply that bounces is shown as failed, with what the other server said', async () => {
    const gone = 'gone@nowhere.example';
    const raw = mail(`From: <${gone}>`, `To: ${FETCHED}`, 'Subject: Gone', '', 'Hello', '');
    await handOver(servers.smtpPort, { from: gone, to: FETCHED }, raw);
    const { id } = await admin.ticketWhere('of the gone', ({ subject }) => subject === 'Gone');
    await admin.reply(id, { text: 'Are you there?' });
    // The report comes by one topic and the mail it came in by another: either may be first.
    const failed = await admin.ticketUntil(
      id,
      'a failed reply and the bounce',
      (each) =>
        messagesOf(each).some(({ delivery }) => delivery?.state === 'failed') &&
        messagesOf(each).some(({ automatic }) => automatic),
    );
    const reply = messagesOf(failed).find(({ direction }) => direction === 'outbound');
    expect(reply?.delivery?.errorDetail).toContain('5.1.1');
    expect(messagesOf(failed).find(({ automatic }) => automatic)?.direction).toBe('inbound');
  });

  it('its password is never read back', async () => {
    const inbox = (await admin.inboxes()).find(({ name }) => name === 'Fetched');
    expect(inbox?.secretsSet).toMatchObject({ imapPassword: true });
    expect(JSON.stringify(inbox)).not.toContain(mailbox.password);
  });
});
