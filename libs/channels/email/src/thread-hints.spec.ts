import { describe, expect, it } from '@jest/globals';
import { readMail } from './mail.js';
import { threadHints } from './thread-hints.js';

const own = (token: string) => `<t.${token}.0190f3a27c5d7e8a9b0c1d2e3f405162@acme.example>`;

async function hints(headers: readonly string[], recipient?: string) {
  const mail = await readMail(Buffer.from(`From: a@b.example\r\n${headers.join('\r\n')}\r\n\r\nhi\r\n`));
  return threadHints(mail, recipient);
}

describe('hints to a conversation', () => {
  it('begin with the address the mail was delivered to, then answer to, then the chain from its end', async () => {
    const { tokens } = await hints(
      [
        'To: help+c1.to@acme.example',
        'Delivered-To: help+c1.delivered@acme.example',
        `In-Reply-To: ${own('c1.answer')}`,
        `References: ${own('c1.first')} ${own('c1.last')}`,
      ],
      'help+c1.envelope@acme.example',
    );
    expect(tokens).toEqual(['c1.envelope', 'c1.delivered', 'c1.to', 'c1.answer', 'c1.last', 'c1.first']);
  });

  it('name every reference once, nearest first, ours and theirs', async () => {
    const { references } = await hints(['In-Reply-To: <c@x>', 'References: <a@x>\r\n\t<b@x> <c@x>']);
    expect(references).toEqual(['<c@x>', '<b@x>', '<a@x>']);
  });

  it('name ticket numbers of the subject', async () => {
    expect((await hints(['Subject: Re: [#1042] AW: [#1042] [#7] #9'])).ticketNumbers).toEqual(['1042', '7']);
  });

  it('stay within what the topic takes, however long the mail’s headers are', async () => {
    const chain = Array.from({ length: 300 }, (_, at) => own(`c1.a${at}`)).join('\r\n ');
    const subject = Array.from({ length: 30 }, (_, at) => `[#${at}]`).join(' ');
    const { tokens, references, ticketNumbers } = await hints([
      `References: ${chain}`,
      `Subject: ${subject}`,
    ]);
    expect([tokens.length, references.length, ticketNumbers.length]).toEqual([50, 100, 10]);
    expect(references[0]).toBe(own('c1.a299'));
  });

  it('are none for a plus address that carries no token', async () => {
    expect((await hints(['To: ann+newsletter@customer.example'])).tokens).toEqual([]);
  });
});
