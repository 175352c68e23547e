import { describe, expect, it } from '@jest/globals';
import { readDeliveryReport } from './delivery-report.js';
import { readMail } from './mail.js';

const own = '<t.c1.abc.0190f3a27c5d7e8a9b0c1d2e3f405162@acme.example>';

async function report(parts: readonly [contentType: string, content: string][]) {
  const body = parts.map(([type, content]) => `--b\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`).join('');
  const raw = `From: MAILER-DAEMON@x.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n${body}--b--\r\n`;
  return readDeliveryReport(await readMail(Buffer.from(raw)), 'acme.example');
}

describe('a delivery report', () => {
  it.each([
    ['the returned headers', [['text/rfc822-headers', `References: <x@y>\r\nMessage-ID: ${own}\r\n`]]],
    ['the returned mail', [['message/rfc822', `Message-ID:\r\n ${own}\r\n\r\nhi`]]],
    ['the quoted mail', [['text/plain', `> Subject: x\r\n> Message-Id: ${own}`]]],
    ['the envelope id', [['message/delivery-status', `Original-Envelope-Id: ${own.slice(1, -14)}`]]],
  ] as const)('names our mail by %s', async (_where, parts) => {
    expect((await report(parts.map(([type, content]) => [type, content]))).originalMessageId).toBe(own);
  });

  it('does not take an earlier mail of the thread for the one that failed', async () => {
    const { originalMessageId } = await report([
      ['text/rfc822-headers', `References: ${own}\r\nMessage-ID: <other@acme.example>\r\n`],
    ]);
    expect(originalMessageId).toBe('<other@acme.example>');
  });

  it.each([
    ['failed', 'Action: failed'],
    ['failed', 'Action: failed\r\n\r\nAction: delivered'],
    ['delayed', 'Action: delayed'],
    ['delivered', 'Action: relayed'],
  ])('says %s', async (outcome, status) => {
    expect((await report([['message/delivery-status', status]])).outcome).toBe(outcome);
  });

  it.each([
    ['failed', 'Sorry, no such user.'],
    ['delayed', 'Your mail is delayed. We will keep trying for 5 days.'],
  ])('in prose says %s', async (outcome, prose) => {
    expect((await report([['text/plain', prose]])).outcome).toBe(outcome);
  });

  it('gives people the recipient, the code and the server’s words', async () => {
    const status =
      'Final-Recipient: rfc822; ann@x.example\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2\r\n mailbox full';
    expect((await report([['message/delivery-status', status]])).detail).toBe(
      'ann@x.example 5.2.2 552 5.2.2 mailbox full',
    );
  });
});
