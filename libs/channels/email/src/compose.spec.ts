import type { OutboundDelivery } from '@tributary/channel-sdk';
import { describe, expect, it } from '@jest/globals';
import { cappedReferences, composeMail, replySubject } from './compose.js';
import { readMail } from './mail.js';
import { parseMail } from './parse.js';

const token = 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860';
const inbox = {
  id: 'i',
  name: 'n',
  settings: { address: 'Help@acme.example', displayName: 'Acme "Support"' },
};
const delivery: OutboundDelivery = {
  messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
  attempt: 1,
  inboxId: 'i',
  channel: 'email',
  conversationId: 'c',
  ticketId: 't',
  ticketNumber: '1042',
  to: { kind: 'email', value: 'ann@customer.example', name: 'Änn' },
  authorName: 'Ada',
  subject: 'Größe',
  text: 'Guten Tag,\n\nwelche Größe?\n',
  files: [],
  threadToken: token,
  references: ['<first@customer.example>', '<last@customer.example>'],
};

const compose = async (change: Partial<OutboundDelivery> = {}, settings: object = {}) => {
  const composed = await composeMail(
    { ...delivery, ...change },
    { ...inbox, settings: { ...inbox.settings, ...settings } },
  );
  return { ...composed, mail: await readMail(composed.raw) };
};

describe('a reply as mail', () => {
  it('is from the agent at our address, to the customer', async () => {
    const { mail, envelope } = await compose();
    expect(mail.from).toEqual([{ name: 'Ada (Acme "Support")', address: 'help@acme.example' }]);
    expect(mail.to).toEqual([{ name: 'Änn', address: 'ann@customer.example' }]);
    expect(envelope.to).toBe('ann@customer.example');
  });

  it('asks for answers and for reports at an address with the token', async () => {
    const { mail, envelope } = await compose();
    expect(mail.replyTo[0]?.address).toBe(`help+${token}@acme.example`);
    expect(envelope.from).toBe(`help+${token}@acme.example`);
  });

  it('uses the plain address alone where the mailbox takes no plus addresses', async () => {
    const { mail, envelope } = await compose({}, { plusAddressing: false });
    expect(mail.replyTo).toEqual([]);
    expect(envelope.from).toBe('help@acme.example');
  });

  it('answers the last message of the conversation', async () => {
    const { mail } = await compose();
    expect(mail.header('in-reply-to')).toBe('<last@customer.example>');
    expect(mail.header('references')).toBe('<first@customer.example> <last@customer.example>');
  });

  it('has the same Message-ID each time an attempt is composed, and a new one for the next attempt', async () => {
    const ids = await Promise.all([1, 1, 2].map(async (attempt) => (await compose({ attempt })).messageId));
    expect(ids[0]).toBe(`<t.${token}.0190f3a27c5d7e8a9b0c1d2e3f405162@acme.example>`);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('has its Message-ID on one line, once', async () => {
    const { raw, messageId } = await compose();
    expect(raw.toString().match(/^message-id:.*$/gim)).toEqual([`Message-ID: ${messageId}`]);
  });

  it('carries text and files unharmed', async () => {
    const content = Buffer.from([0, 255, 10, 13]);
    const { mail } = await compose({
      files: [{ name: 'Größe.bin', contentType: 'application/x-a', content }],
    });
    expect(mail.text?.trimEnd()).toBe('Guten Tag,\n\nwelche Größe?');
    expect(mail.files).toMatchObject([{ name: 'Größe.bin', contentType: 'application/x-a' }]);
    expect(Buffer.from(mail.files[0]?.content ?? [])).toEqual(content);
  });

  it('cannot be given headers by what people write', async () => {
    const { raw } = await compose({
      subject: 'a\r\nBcc: x@evil.example',
      authorName: 'Ada\r\nBcc: y@evil.example',
      references: ['<a@b>\r\nBcc: z@evil.example'],
    });
    expect(raw.toString()).not.toMatch(/^bcc:/im);
  });

  it('is known as our own when it comes back, and leads a customer’s answer home', async () => {
    const { raw, messageId } = await compose();
    expect(await parseMail({ id: 'x', raw }, inbox)).toMatchObject([{ kind: 'ignored', reason: 'own_echo' }]);
    const answer = Buffer.from(`From: ann@customer.example\r\nIn-Reply-To: ${messageId}\r\n\r\nBlue.`);
    expect(await parseMail({ id: 'y', raw: answer }, inbox)).toMatchObject([{ thread: { tokens: [token] } }]);
  });
});

describe('the subject of a reply', () => {
  it.each([
    ['Broken lamp', true, 'Re: Broken lamp [#7]'],
    ['Re: Broken lamp [#7]', true, 'Re: Broken lamp [#7]'],
    ['AW: [#7] Broken  lamp', true, 'AW: Broken lamp [#7]'],
    ['回复：灯', true, '回复：灯 [#7]'],
    ['Your order', false, 'Your order [#7]'],
    [undefined, true, 'Re: [#7]'],
  ])('of %j is stable', (subject, isAnswer, expected) => {
    expect(replySubject(subject, '7', isAnswer)).toBe(expected);
  });
});

describe('the chain of references', () => {
  it('keeps the first and the last ten', () => {
    const ids = Array.from({ length: 30 }, (_, at) => `<${at}@x>`);
    expect(cappedReferences(ids)).toEqual(['<0@x>', ...ids.slice(20)]);
  });

  it('leaves out what is no Message-ID', () => {
    expect(cappedReferences(['<a@b>', 'x', '<a b@c>', '<>'])).toEqual(['<a@b>']);
  });
});
