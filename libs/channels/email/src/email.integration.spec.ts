import type { OutboundDelivery, PollWindow } from '@tributary/channel-sdk';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import { type MailServers, startMailServers, type TestMailbox } from '@tributary/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { fetchMail } from './fetch.js';
import { readMail } from './mail.js';
import { parseMail } from './parse.js';
import { sendMail } from './send.js';

const token = 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860';
let servers: MailServers;

beforeAll(async () => {
  servers = await startMailServers();
});
afterAll(() => servers?.stop());

function inboxOf(mailbox: TestMailbox, settings: object = {}) {
  return {
    id: 'inbox',
    name: 'Support',
    settings: {
      address: mailbox.address,
      displayName: 'Acme Support',
      ...{ imapHost: '127.0.0.1', imapPort: servers.imapPort, imapTls: 'none' },
      ...{ imapUser: mailbox.user, imapPassword: mailbox.password },
      ...{ smtpHost: '127.0.0.1', smtpPort: servers.smtpPort, smtpTls: 'none' },
      ...settings,
    },
  };
}

type Inbox = ReturnType<typeof inboxOf>;

const newInbox = async () => inboxOf(await servers.createMailbox(`help-${randomUUID()}@acme.example`));
const aMail = (subject: string) =>
  Buffer.from(
    `From: ann@customer.example\r\nSubject: ${subject}\r\nMessage-ID: <${randomUUID()}@x>\r\n\r\nhi\r\n`,
  );

/** Reads windows until `enough` mails came, then ends the session as the host does. */
async function read(inbox: Inbox, cursor: string | null, enough: number): Promise<PollWindow[]> {
  const stopping = new AbortController();
  const windows: PollWindow[] = [];
  for await (const window of fetchMail(inbox, cursor, unreachablePorts, stopping.signal)) {
    windows.push(window);
    if (windows.reduce((sum, { items }) => sum + items.length, 0) >= enough) stopping.abort();
  }
  return windows;
}

const idsOf = (windows: readonly PollWindow[]) => windows.flatMap(({ items }) => items.map(({ id }) => id));

async function subjectsOf(windows: readonly PollWindow[], inbox: Inbox): Promise<unknown[]> {
  const items = windows.flatMap(({ items: all }) => all);
  const events = await Promise.all(items.map((item) => parseMail(item, inbox)));
  return events.flat().map((event) => (event.kind === 'message' ? event.subject : event.kind));
}

const reply = (to: string, change: Partial<OutboundDelivery> = {}): OutboundDelivery => ({
  messageId: randomUUID(),
  attempt: 1,
  inboxId: 'inbox',
  channel: 'email',
  conversationId: 'c',
  ticketId: 't',
  ticketNumber: '1042',
  to: { kind: 'email', value: to },
  authorName: 'Ada',
  subject: 'Broken lamp',
  text: 'Which lamp is it?',
  files: [],
  threadToken: token,
  references: ['<first@customer.example>'],
  ...change,
});

const send = (delivery: OutboundDelivery, inbox: Inbox) =>
  sendMail(delivery, inbox, unreachablePorts, AbortSignal.timeout(10_000));

describe('a mail through Postfix and Dovecot', () => {
  it('goes to the customer as an answer in their thread, and their answer finds its conversation', async () => {
    const inbox = await newInbox();
    const customer = inboxOf(await servers.createMailbox(`ann-${randomUUID()}@customer.example`));
    const { externalId } = await send(reply(customer.settings.address), inbox);
    const [received = ''] = await servers.arrived(customer.settings.address, 1);
    const mail = await readMail(Buffer.from(received));
    expect(mail.header('message-id')).toBe(externalId);
    expect(mail.header('in-reply-to')).toBe('<first@customer.example>');
    expect(mail.header('references')).toBe('<first@customer.example>');
    expect(mail.header('subject')).toBe('Re: Broken lamp [#1042]');

    const local = inbox.settings.address.split('@')[0];
    await send(
      reply(`${local}+${token}@acme.example`, { threadToken: 'c1.theirs', references: [] }),
      customer,
    );
    const [window] = await read(inbox, null, 1);
    const [event] = await parseMail(window!.items[0]!, inbox);
    expect(event).toMatchObject({ kind: 'message', automatic: false, thread: { tokens: [token] } });
  });

  it('to nobody comes back as a report that names our message', async () => {
    const inbox = await newInbox();
    const { externalId } = await send(reply('gone@customer.example'), inbox);
    const [window] = await read(inbox, null, 1);
    const events = await parseMail(window!.items[0]!, inbox);
    expect(events).toMatchObject([
      { kind: 'receipt', state: 'failed', externalId, detail: expect.stringContaining('5.1.1') },
      { kind: 'message', automatic: true, thread: { tokens: [token] } },
    ]);
  });

  it('with files arrives whole', async () => {
    const inbox = await newInbox();
    const content = Buffer.alloc(3_000_000, 'tributary');
    const files = [{ name: 'Größe.bin', contentType: 'application/octet-stream', content }];
    await send(
      reply(inbox.settings.address, { files }),
      inboxOf(await servers.createMailbox(`b-${randomUUID()}@b.example`)),
    );
    const [window] = await read(inbox, null, 1);
    const [event] = await parseMail(window!.items[0]!, inbox);
    const received = event?.kind === 'message' ? event.files[0] : undefined;
    expect(received?.name).toBe('Größe.bin');
    expect(Buffer.compare(received?.content ?? new Uint8Array(), content)).toBe(0);
  });
});

describe('reading a mailbox', () => {
  it('takes a backlog of a thousand in windows of fifty at most, in order', async () => {
    const inbox = await newInbox();
    await servers.put(
      inbox.settings.address,
      ...Array.from({ length: 1000 }, (_, at) => aMail(`mail ${at}`)),
    );
    const windows = await read(inbox, null, 1000);
    expect(Math.max(...windows.map(({ items }) => items.length))).toBe(50);
    expect(await subjectsOf(windows, inbox)).toEqual(Array.from({ length: 1000 }, (_, at) => `mail ${at}`));
  });

  it('goes on behind the cursor', async () => {
    const inbox = await newInbox();
    await servers.put(inbox.settings.address, aMail('one'), aMail('two'));
    const before = await read(inbox, null, 2);
    await servers.put(inbox.settings.address, aMail('three'));
    const after = await read(inbox, before.at(-1)!.cursor, 1);
    expect(await subjectsOf(after, inbox)).toEqual(['three']);
  });

  it('reads again what was fetched when the cursor was not saved, under the same ids', async () => {
    const inbox = await newInbox();
    await servers.put(inbox.settings.address, aMail('one'), aMail('two'));
    expect(idsOf(await read(inbox, null, 2))).toEqual(idsOf(await read(inbox, null, 2)));
  });

  it('reads everything again after the server renumbered the folder, under the same ids', async () => {
    const inbox = await newInbox();
    await servers.put(inbox.settings.address, aMail('one'), aMail('two'));
    const before = await read(inbox, null, 2);
    await servers.renumber(inbox.settings.address);
    const after = await read(inbox, before.at(-1)!.cursor, 2);
    expect(after.at(-1)!.cursor.split(':')[0]).not.toBe(before.at(-1)!.cursor.split(':')[0]);
    expect(idsOf(after).toSorted()).toEqual(idsOf(before).toSorted());
  });

  it('hears of a mail that comes while it waits', async () => {
    const inbox = await newInbox();
    await servers.put(inbox.settings.address, aMail('before'));
    const stopping = new AbortController();
    const session = fetchMail(inbox, null, unreachablePorts, stopping.signal);
    await session.next();
    const waiting = session.next();
    await send(reply(inbox.settings.address, { references: [] }), await newInbox());
    const { value: window } = await waiting;
    stopping.abort();
    expect(await subjectsOf([window as PollWindow], inbox)).toEqual(['Broken lamp [#1042]']);
  });

  it('leaves the mailbox as it is: nothing is marked as read', async () => {
    const inbox = await newInbox();
    await servers.put(inbox.settings.address, aMail('one'));
    await read(inbox, null, 1);
    expect(await servers.flags(inbox.settings.address)).toEqual(['']);
  });

  it('fetches the beginning of a mail that is too large, and goes on', async () => {
    const inbox = await newInbox();
    const film = Buffer.concat([aMail('film'), Buffer.alloc(31 * 1024 * 1024, 'x'.repeat(76) + '\r\n')]);
    await servers.put(inbox.settings.address, film, aMail('next'));
    const windows = await read(inbox, null, 2);
    expect(await subjectsOf(windows, inbox)).toEqual(['unreadable', 'next']);
    expect(windows[0]!.items[0]!.raw.byteLength).toBe(256 * 1024);
  });
});

describe('a session', () => {
  const failureOf = (inbox: Inbox) =>
    read(inbox, null, 1).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('ends as unavailable when the server ends it', async () => {
    const inbox = await newInbox();
    await servers.put(inbox.settings.address, aMail('one'));
    const session = fetchMail(inbox, null, unreachablePorts, new AbortController().signal);
    await session.next();
    const waiting = session.next().then(
      () => undefined,
      (error: unknown) => error,
    );
    await servers.kick(inbox.settings.address);
    expect(await waiting).toMatchObject({ code: 'unavailable' });
  });

  it('with a wrong password ends as bad credentials, and tells neither password', async () => {
    const failure = await failureOf(
      inboxOf(await servers.createMailbox(`w-${randomUUID()}@acme.example`), {
        imapPassword: 'not this one',
      }),
    );
    expect(failure).toMatchObject({ code: 'bad_credentials' });
    expect(String(failure)).not.toContain('not this one');
  });

  it('does not sign in where STARTTLS is asked for and not offered', async () => {
    const mailbox = await servers.createMailbox(`t-${randomUUID()}@acme.example`);
    expect(await failureOf(inboxOf(mailbox, { imapTls: 'starttls' }))).toMatchObject({ code: 'unavailable' });
  });

  it('with a folder that is not there is unavailable', async () => {
    const mailbox = await servers.createMailbox(`f-${randomUUID()}@acme.example`);
    expect(await failureOf(inboxOf(mailbox, { imapMailbox: 'Nowhere' }))).toMatchObject({
      code: 'unavailable',
    });
  });

  it('without an IMAP server is unsupported', async () => {
    const mailbox = await servers.createMailbox(`n-${randomUUID()}@acme.example`);
    expect(await failureOf(inboxOf(mailbox, { imapHost: '' }))).toMatchObject({ code: 'unsupported' });
  });

  it('ends at once when it is stopped while it waits', async () => {
    const inbox = await newInbox();
    const stopping = new AbortController();
    const waiting = fetchMail(inbox, null, unreachablePorts, stopping.signal).next();
    setTimeout(() => stopping.abort(), 500);
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});
