import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { type ChatCustomer, chatToken, signedCustomer, verifyChatToken } from './chat-session.js';

const KEY = new Uint8Array(32).fill(7);
const INBOX = '00000000-0000-7000-8000-0000000000c1';
const NOW = new Date('2026-11-24T08:00:00Z');
const DAY_MS = 86_400_000;
const VISITOR: ChatCustomer = { kind: 'visitor', id: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405170' };
const USER: ChatCustomer = { kind: 'user', id: '客户 7.a' };

const after = (days: number) => new Date(NOW.getTime() + days * DAY_MS);

describe('the token of a chat session', () => {
  it.each([VISITOR, USER])('says who it is for: %j', (customer) => {
    expect(verifyChatToken(KEY, INBOX, chatToken(KEY, INBOX, customer, NOW), NOW)).toEqual(customer);
  });

  it('lasts half a year for a visitor, a day for a user', () => {
    const [visitor, user] = [VISITOR, USER].map((customer) => chatToken(KEY, INBOX, customer, NOW)) as [
      string,
      string,
    ];
    expect(verifyChatToken(KEY, INBOX, visitor, after(179))).toEqual(VISITOR);
    expect(verifyChatToken(KEY, INBOX, visitor, after(181))).toBeUndefined();
    expect(verifyChatToken(KEY, INBOX, user, after(0.9))).toEqual(USER);
    expect(verifyChatToken(KEY, INBOX, user, after(1.1))).toBeUndefined();
  });

  it('opens no other inbox, and none under another key', () => {
    const token = chatToken(KEY, INBOX, VISITOR, NOW);
    expect(verifyChatToken(KEY, INBOX.replace('c1', 'c2'), token, NOW)).toBeUndefined();
    expect(verifyChatToken(new Uint8Array(32).fill(8), INBOX, token, NOW)).toBeUndefined();
  });

  it('is refused when anything of it was changed', () => {
    const token = chatToken(KEY, INBOX, VISITOR, NOW);
    for (let at = 0; at < token.length; at++) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      expect(verifyChatToken(KEY, INBOX, changed, NOW)).toBeUndefined();
    }
    for (const junk of ['', '.', '..', 'w1..', `${token}.`, `${token}x`, token.slice(3)]) {
      expect(verifyChatToken(KEY, INBOX, junk, NOW)).toBeUndefined();
    }
  });
});

describe('the site’s word for its user', () => {
  const SECRET = 'the secret of the shop, long enough for HMAC';
  const signature = createHmac('sha256', SECRET).update('u-7').digest('hex');

  it('is the HMAC of the id, in either case of the letters', () => {
    for (const written of [signature, signature.toUpperCase()]) {
      expect(signedCustomer(SECRET, { id: 'u-7', signature: written })).toEqual({ kind: 'user', id: 'u-7' });
    }
  });

  it.each([
    ['another user', SECRET, 'u-8', signature],
    ['no signature', SECRET, 'u-7', ''],
    ['half a signature', SECRET, 'u-7', signature.slice(0, 32)],
    ['another secret', `${SECRET}!`, 'u-7', signature],
  ])('is refused for %s', (_, secret, id, written) => {
    expect(() => signedCustomer(secret, { id, signature: written })).toThrow('IDENTITY_REFUSED');
  });

  it.each([undefined, '', null])('is refused when the secret is %j, whatever the signature', (secret) => {
    const empty = createHmac('sha256', '').update('u-7').digest('hex');
    expect(() => signedCustomer(secret, { id: 'u-7', signature: empty })).toThrow('IDENTITY_NOT_SET_UP');
  });
});
