import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type CallbackRequest, readCallback } from './index.js';

/** Secret, id and time of the example of the specification. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const AT = 1_614_265_330;
const NOW = new Date(AT * 1000);
const BODY = '{"type":"message.created","data":{"id":"msg_1","text":"Grüße 😀"}}';

/** Signed by other code than the client's. */
function signed(
  body = BODY,
  secret = SECRET,
  at = AT,
): CallbackRequest & { headers: Record<string, string> } {
  const key = Buffer.from(secret.slice(6), 'base64');
  const signature = createHmac('sha256', key).update(`${ID}.${at}.${body}`).digest('base64');
  return {
    headers: { 'webhook-id': ID, 'webhook-timestamp': `${at}`, 'webhook-signature': `v1,${signature}` },
    body,
  };
}

const codeOf = (request: CallbackRequest, secrets: string | string[] = SECRET, now = NOW) =>
  readCallback(request, secrets, now).then(
    () => 'taken',
    (error: unknown) => (error as { code: string }).code,
  );

describe('a callback', () => {
  it('that the desk signed is read', async () => {
    expect(await readCallback(signed(), SECRET, NOW)).toEqual(JSON.parse(BODY));
  });

  it('is read from bytes and from headers of a platform alike', async () => {
    const { headers, body } = signed();
    const request = { headers: new Headers(headers), body: new TextEncoder().encode(body as string) };
    expect(await readCallback(request, SECRET, NOW)).toEqual(JSON.parse(BODY));
  });

  it('is judged by the signature that the specification shows', async () => {
    const headers = {
      ...{ 'webhook-id': ID, 'webhook-timestamp': `${AT}` },
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    // Signed, and no event of a desk.
    expect(await codeOf({ headers, body: '{"test": 2432232314}' })).toBe('NOT_AN_EVENT');
  });

  it('is read by either secret while they are changed', async () => {
    expect(await codeOf(signed(BODY, OTHER), [SECRET, OTHER])).toBe('taken');
  });

  it.each<[string, CallbackRequest, string]>([
    ['without headers', { headers: {}, body: BODY }, 'NO_SIGNATURE'],
    ['signed by another', signed(BODY, OTHER), 'BAD_SIGNATURE'],
    ['written anew', { ...signed(), body: JSON.stringify(JSON.parse(BODY), null, 1) }, 'BAD_SIGNATURE'],
    [
      'under another id',
      { ...signed(), headers: { ...signed().headers, 'webhook-id': 'x' } },
      'BAD_SIGNATURE',
    ],
    [
      'of another time',
      { ...signed(), headers: { ...signed().headers, 'webhook-timestamp': `${AT + 1}` } },
      'BAD_SIGNATURE',
    ],
    [
      'with half a signature',
      { ...signed(), headers: { ...signed().headers, 'webhook-signature': 'v1,g0hM' } },
      'BAD_SIGNATURE',
    ],
    ['from five minutes ago', signed(BODY, SECRET, AT - 301), 'STALE'],
    ['from the future', signed(BODY, SECRET, AT + 301), 'STALE'],
  ])('%s is forged', async (_, request, code) => {
    expect(await codeOf(request)).toBe(code);
  });

  it('is never read by what is no secret', async () => {
    await expect(readCallback(signed(), 'hunter2', NOW)).rejects.toThrow('24 bytes in base64');
  });
});
