import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { verifyAppToken } from './app-token.js';

const SECRET = 'the secret that signs our users, long enough';
const NOW = new Date('2026-11-24T12:00:00Z');
const SECONDS = NOW.getTime() / 1000;
const GOOD = { sub: 'c-42', exp: SECONDS + 600 };

/** Signed by other code than the gateway's (RFC 7515, appendix A.1). */
function token(
  claims: object,
  header: object = { alg: 'HS256', typ: 'JWT' },
  secret = SECRET,
  hash = 'sha256',
) {
  const content = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${createHmac(hash, secret).update(content).digest('base64url')}`;
}

describe('the token of an app', () => {
  it('says who its user is', async () => {
    expect(await verifyAppToken(SECRET, token(GOOD), NOW)).toEqual({ kind: 'user', id: 'c-42' });
  });

  it('says what they are called, if it likes', async () => {
    const customer = await verifyAppToken(SECRET, token({ ...GOOD, name: ' Mei Lin ' }), NOW);
    expect(customer).toEqual({ kind: 'user', id: 'c-42', name: 'Mei Lin' });
  });

  it('is good for a minute longer, as clocks differ, and no second more', async () => {
    expect(await verifyAppToken(SECRET, token({ ...GOOD, exp: SECONDS - 59 }), NOW)).toBeDefined();
    expect(await verifyAppToken(SECRET, token({ ...GOOD, exp: SECONDS - 61 }), NOW)).toBeUndefined();
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['no JWT', 'a.b'],
    ['no algorithm', token(GOOD, { alg: 'none' })],
    ['no signature', `${token(GOOD, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
    ['another algorithm', token(GOOD, { alg: 'HS512' }, SECRET, 'sha512')],
    ['an algorithm with a public key', token(GOOD, { alg: 'RS256' })],
    ['an extension that we must know', token(GOOD, { alg: 'HS256', crit: ['x'], x: 1 })],
    ['another secret', token(GOOD, undefined, `${SECRET}.`)],
    ['no user', token({ exp: GOOD.exp })],
    ['a blank user', token({ ...GOOD, sub: ' ' })],
    ['a user with a blank before them', token({ ...GOOD, sub: ' c-42' })],
    ['a user whom no database holds', token({ ...GOOD, sub: 'c\0' })],
    ['half a character for a user', token({ ...GOOD, sub: '\ud800' })],
    ['a user who is a number', token({ ...GOOD, sub: 42 })],
    ['a user without end', token({ ...GOOD, sub: 'x'.repeat(201) })],
    ['no end', token({ sub: 'c-42' })],
    ['an end that is a text', token({ ...GOOD, exp: 'tomorrow' })],
    ['a beginning in the future', token({ ...GOOD, nbf: SECONDS + 120 })],
    [
      'claims that were changed',
      token(GOOD).replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"c-1","exp":9e9}').toString('base64url')}.`),
    ],
  ])('is none with %s', async (_, text) => {
    expect(await verifyAppToken(SECRET, text, NOW)).toBeUndefined();
  });

  it.each([[undefined], [''], [' ']])('is none where the secret is %j', async (secret) => {
    expect(await verifyAppToken(secret, token(GOOD, undefined, ' '), NOW)).toBeUndefined();
  });
});
