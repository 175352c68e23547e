import { corpus } from '@tributary/testing';
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailKind } from './machine-mail.js';
import { readMail } from './mail.js';
import { parseMail } from './parse.js';

const kindOf = async (lines: readonly string[], envelopeSender?: string) =>
  mailKind(await readMail(Buffer.from(lines.join('\r\n'))), envelopeSender);
const from = 'From: Ann <ann@customer.example>';

describe('mail of a person', () => {
  it.each([
    ['an ordinary one', [from, 'Subject: Hello', '', 'hi']],
    ['one through a mailing list', [from, 'List-Id: <a.b>', 'Precedence: list', '', 'hi']],
    ['one that says it is not automatic', [from, 'Auto-Submitted: no', '', 'hi']],
    ['one that asks for no automatic answers', [from, 'X-Auto-Response-Suppress: All', '', 'hi']],
    [
      'one about a parcel',
      [from, 'Subject: Delivery failed', '', 'It could not be delivered, address unknown.'],
    ],
    [
      'one about a bounce',
      [from, 'Subject: Your mails', '', 'I get 550 5.1.1 user unknown when I write to you.'],
    ],
  ])('is %s', async (_case, lines) => {
    expect(await kindOf(lines)).toBe('person');
  });
});

describe('automatic mail', () => {
  it.each([
    ['an out-of-office note', [from, 'Auto-Submitted: auto-replied', '', 'away']],
    ['an old vacation program’s', [from, 'X-Autoreply: yes', '', 'away']],
    ['bulk mail', [from, 'Precedence: bulk', '', 'news']],
    ['mail without a way back', ['Return-Path: <>', from, '', 'away']],
    [
      'a read receipt',
      [from, 'Content-Type: multipart/report; report-type=disposition-notification; boundary=a', '', '--a--'],
    ],
  ])('is %s', async (_case, lines) => {
    expect(await kindOf(lines)).toBe('auto_reply');
  });

  it('is mail that SMTP hands over with an empty sender', async () => {
    expect(await kindOf([from, '', 'away'], '')).toBe('auto_reply');
  });
});

describe('a bounce', () => {
  it.each([
    [
      'a delivery report, although it calls itself an automatic reply',
      [
        'From: x@y.example',
        'Auto-Submitted: auto-replied',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=a',
        '',
        '--a--',
      ],
    ],
    ['mail of a mail system', ['From: MAILER-DAEMON@mx.example', '', 'x']],
    ['mail with a list of failed recipients', [from, 'X-Failed-Recipients: a@b.example', '', 'x']],
    [
      'a forwarded report',
      [
        from,
        'Subject: Fwd: Returned mail: see transcript for details',
        '',
        '> ----- Transcript of session follows -----',
      ],
    ],
    [
      'a notification of Amazon SES',
      ['From: no-reply@sns.amazonaws.com', '', '{"notificationType":"Bounce"}'],
    ],
  ])('is %s', async (_case, lines) => {
    expect(await kindOf(lines)).toBe('bounce');
  });
});

const bounces = corpus('bounces');
if (bounces !== undefined) {
  describe('real bounces and complaints', () => {
    const inbox = { id: 'i', name: 'n', settings: { address: 'help@acme.example' } };

    it.each(readdirSync(bounces))('%s is automatic mail and is kept', async (name) => {
      const raw = readFileSync(join(bounces, name));
      const events = await parseMail({ id: name, raw }, inbox);
      expect(events.find(({ kind }) => kind === 'message')).toMatchObject({ automatic: true });
    });
  });
}
