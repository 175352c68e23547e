import { corpus } from '@tributary/testing';
import type { InboundEvent } from '@tributary/channel-sdk';
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMail } from './mail.js';
import { parseMail } from './parse.js';

const inbox = { id: 'i', name: 'n', settings: { address: 'help@acme.example' } };
const header =
  'From: Ann <ann@customer.example>\r\nTo: help@acme.example\r\nMessage-ID: <1@customer.example>\r\n';

const parse = (mail: string | Uint8Array) => parseMail({ id: 'item', raw: Buffer.from(mail) }, inbox);

async function message(mail: string): Promise<Extract<InboundEvent, { kind: 'message' }>> {
  const found = (await parse(mail)).find((event) => event.kind === 'message');
  if (found === undefined) throw new Error('no message');
  return found;
}

describe('the id of a mail', () => {
  it('is another for another body, although the Message-ID is the same', async () => {
    const ids = await Promise.all(
      ['one', 'two'].map(async (body) => (await message(`${header}\r\n${body}`)).providerEventId),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('is the same wherever and whenever the same bytes are found', async () => {
    const raw = Buffer.from(`${header}\r\nhello`);
    const [first] = await parseMail({ id: 'uid 7', raw }, inbox);
    const [second] = await parseMail({ id: 'uid 9', raw, recipient: 'help@acme.example' }, inbox);
    expect(first?.providerEventId).toBe(second?.providerEventId);
  });
});

describe('the sender of a mail', () => {
  const from = async (lines: string) => (await message(`${lines}\r\n\r\nhi`)).from;

  it('is Reply-To where it is an address, with the name of From when it has none', async () => {
    const value = 'office@customer.example';
    expect(await from(`From: Ann <ann@customer.example>\r\nReply-To: ${value}`)).toEqual({
      kind: 'email',
      value,
      name: 'Ann',
    });
  });

  it.each(['not an address', '<>', 'help@acme.example', 'help+c1.abc@acme.example'])(
    'is From where Reply-To is %s',
    async (replyTo) => {
      expect(await from(`From: ann@customer.example\r\nReply-To: ${replyTo}`)).toMatchObject({
        value: 'ann@customer.example',
      });
    },
  );

  it('is one identity in whatever case it is written', async () => {
    expect((await from('From: ANN@Customer.Example')).value).toBe('ann@customer.example');
  });

  it('is the first of several, also inside a group', async () => {
    expect((await from('From: Team: ann@customer.example, bob@customer.example;')).value).toBe(
      'ann@customer.example',
    );
  });

  it('may have an apostrophe', async () => {
    expect((await from("From: o'brien@customer.example")).value).toBe("o'brien@customer.example");
  });
});

describe('our own mail', () => {
  it.each([
    ['from our address', 'From: help@acme.example'],
    ['from our address with a plus part', 'From: help+c1.abc@acme.example'],
    ['an automatic answer of our own mailbox', 'From: help@acme.example\r\nAuto-Submitted: auto-replied'],
  ])('is no message: %s', async (_case, lines) => {
    expect(await parse(`${lines}\r\n\r\nhi`)).toMatchObject([{ kind: 'ignored', reason: 'own_echo' }]);
  });
});

describe('a mail handed over by SMTP', () => {
  it('carries the token of its envelope recipient, which its header may not show', async () => {
    const raw = Buffer.from(`${header}\r\nhi`);
    const [event] = await parseMail(
      { id: 'x', raw, recipient: 'help+c1.abc@acme.example', sender: 'a@b.example' },
      inbox,
    );
    expect(event).toMatchObject({
      to: 'help+c1.abc@acme.example',
      thread: { tokens: ['c1.abc'] },
      automatic: false,
    });
  });
});

describe('a bounce', () => {
  const bounce = (to: string, id: string) =>
    `Return-Path: <>\r\nDelivered-To: ${to}\r\nFrom: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: ${id}\r\n\r\n--b--\r\n`;

  it('of a mail whose Message-ID a relay replaced stands in its conversation', async () => {
    const events = await parse(bounce('help+c1.abc@acme.example', '<0102@email.amazonses.com>'));
    expect(events).toMatchObject([{ kind: 'message', automatic: true, thread: { tokens: ['c1.abc'] } }]);
  });

  it('of a stranger’s mail marks nothing as failed', async () => {
    const events = await parse(bounce('help@acme.example', '<spam@elsewhere.example>'));
    expect(events).toMatchObject([{ kind: 'message', automatic: true }]);
  });

  it('without any sender is kept all the same', async () => {
    const [event] = await parse(
      'Return-Path: <>\r\nSubject: Delivery Status Notification (Failure)\r\n\r\n550 5.1.1',
    );
    expect(event).toMatchObject({
      kind: 'message',
      automatic: true,
      from: { value: 'mailer-daemon@unknown.invalid' },
    });
  });
});

describe('a mail beyond a limit', () => {
  it('that was not fetched whole is unreadable under the id it was fetched with', async () => {
    const raw = Buffer.from(`${header}Subject: Film\r\n\r\nxxx`);
    const [event] = await parseMail({ id: 'beginning and size', raw, fullSize: 52_428_800 }, inbox);
    expect(event).toMatchObject({
      kind: 'unreadable',
      reason: 'TOO_LARGE',
      providerEventId: 'beginning and size',
    });
    expect(event).toHaveProperty(
      'detail',
      'A mail of 50 MB from ann@customer.example was not fetched whole. Subject: Film',
    );
  });

  it('of text has the whole text as a file', async () => {
    const { text, files } = await message(`${header}\r\n${'word '.repeat(60_000)}end`);
    expect(Buffer.byteLength(text)).toBeLessThan(140_000);
    expect(files.map(({ name }) => name)).toEqual(['full-text.txt']);
    expect(Buffer.from(files[0]?.content ?? []).toString()).toMatch(/end$/);
  });

  it('of HTML has the page as a file, and its text', async () => {
    const { text, html, files } = await message(
      `${header}Content-Type: text/html\r\n\r\n<p>hello</p>${'<i></i>'.repeat(80_000)}`,
    );
    expect([text, html]).toEqual(['hello', undefined]);
    expect(files.map(({ name }) => name)).toEqual(['original.html']);
  });

  it('of files lists those that do not fit', async () => {
    const part = (at: number) => `--b\r\nContent-Type: image/png; name="${at}.png"\r\n\r\nx\r\n`;
    const parts = Array.from({ length: 120 }, (_, at) => part(at)).join('');
    const { files } = await message(
      `${header}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--`,
    );
    expect(files).toHaveLength(100);
    expect(Buffer.from(files[99]?.content ?? []).toString()).toContain('119.png (image/png');
  });

  it.each([
    ['line ends alone', `${header}\r\n${'\n'.repeat(500_000)}`],
    [
      'parts in parts',
      `${header}${Array.from({ length: 400 }, (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`).join('')}`,
    ],
    ['headers alone', `${header}${'X-Filler: abcdefghijklmnop\r\n'.repeat(100_000)}`],
  ])('of sense is unreadable: %s', async (_case, mail) => {
    expect(await parse(mail)).toMatchObject([{ kind: 'unreadable', reason: 'BROKEN_MIME' }]);
  });
});

describe('names of files', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\a.txt', 'a.txt'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['..', 'part-1.png'],
  ])('%j become %s', async (name, safe) => {
    const part = `--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename*=UTF-8''${encodeURIComponent(name)}\r\n\r\nx\r\n--b--`;
    const { files } = await message(`${header}Content-Type: multipart/mixed; boundary=b\r\n\r\n${part}`);
    expect(files[0]?.name).toBe(safe);
  });
});

const mails = corpus('mail');
if (mails !== undefined) {
  describe('mails of another parser’s tests', () => {
    const cases = readdirSync(mails).filter((name) => name.endsWith('.eml'));
    const expectedOf = (name: string) =>
      JSON.parse(readFileSync(join(mails, name.replace(/eml$/, 'expected.json')), 'utf8')) as ExpectedMail;

    it.each(cases)('%s has one outcome, and the sender, subject and id that parser reads', async (name) => {
      const raw = readFileSync(join(mails, name));
      const expected = expectedOf(name);
      const [event, ...more] = await parse(raw);
      expect(more).toEqual([]);
      const address = headerOf(expected, 'from')?.Address?.List?.[0]?.address;
      if (address == null) return expect(event).toMatchObject({ kind: 'unreadable', reason: 'NO_SENDER' });
      const id = headerOf(expected, 'message_id')?.Text;
      if (event?.kind !== 'message') throw new Error(`${event?.kind} instead of a message`);
      expect(event.from.value).toBe(address);
      expect(event.subject).toBe(headerOf(expected, 'subject')?.Text);
      expect(event.externalId).toBe(id === undefined ? undefined : `<${id}>`);
    });

    it.each(cases)('%s loses no text that parser finds', async (name) => {
      const raw = readFileSync(join(mails, name));
      const mail = await readMail(raw);
      const found = [
        mail.text,
        mail.html,
        ...mail.files.map((file) => Buffer.from(file.content).toString()),
      ].join(' ');
      const expected = expectedOf(name);
      const bodies = new Set([...expected.text_body, ...expected.html_body]);
      const words = expected.parts
        .filter((_part, at) => bodies.has(at))
        .flatMap(({ body }) => (body.Text ?? '').match(/[A-Za-z]{4,}/g) ?? []);
      expect(words.filter((word) => !found.includes(word))).toEqual([]);
    });
  });
}

interface ExpectedMail {
  readonly text_body: readonly number[];
  readonly html_body: readonly number[];
  readonly parts: readonly {
    readonly headers: readonly { readonly name: unknown; readonly value: ExpectedHeader }[];
    readonly body: { readonly Text?: string };
  }[];
}
interface ExpectedHeader {
  readonly Text?: string;
  readonly Address?: { readonly List?: readonly { readonly address: string | null }[] };
}

function headerOf(mail: ExpectedMail, name: string): ExpectedHeader | undefined {
  return mail.parts[0]?.headers.findLast((each) => each.name === name)?.value;
}
