import { describe, expect, it } from '@jest/globals';
import { keyOf, signedWith, verifySigned } from './standard-webhooks.js';

/** The example of the specification, which its libraries test with (libraries/javascript, read 2026-11-24). */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  seconds: 1_614_265_330,
};
type Vector = typeof VECTOR;
const OTHER = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

function verify({ secret, id, timestamp, body, signature, seconds }: Vector, more: readonly string[] = []) {
  const keys = [secret, ...more].flatMap((each) => keyOf(each) ?? []);
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  return verifySigned(keys, headers, new TextEncoder().encode(body), new Date(seconds * 1000));
}

const MUTATIONS: readonly [string, Partial<Vector>][] = [
  ['another secret', { secret: OTHER }],
  ['no secret', { secret: '' }],
  ['another id', { id: 'msg_p5jXN8AQM9LWM0D4loKWxJel' }],
  ['an id that takes the time in', { id: `${VECTOR.id}.${VECTOR.timestamp}`, timestamp: '' }],
  ['another time', { timestamp: '1614265331' }],
  ['the time with a zero before it', { timestamp: '01614265330' }],
  ['a space more in the body', { body: `${VECTOR.body} ` }],
  ['a body that says the same', { body: '{"test":2432232314}' }],
  ['no body', { body: '' }],
  ['no signature', { signature: '' }],
  ['half a signature', { signature: VECTOR.signature.slice(0, 24) }],
  ['the signature in small letters', { signature: VECTOR.signature.toLowerCase() }],
  ['the signature without its version', { signature: VECTOR.signature.slice(3) }],
  ['the signature as another version', { signature: VECTOR.signature.replace('v1', 'v1a') }],
  ['a time five minutes and a second ago', { seconds: VECTOR.seconds + 301 }],
  ['a time in five minutes and a second', { seconds: VECTOR.seconds - 301 }],
];

describe('a call signed by Standard Webhooks', () => {
  it('is taken as the specification shows it', () => {
    expect(verify(VECTOR)).toEqual({ ok: true });
  });

  it.each(MUTATIONS)('is refused with %s', (_, change) => {
    expect(verify({ ...VECTOR, ...change })).toMatchObject({ ok: false });
  });

  it('is taken for five minutes, by either clock', () => {
    for (const seconds of [VECTOR.seconds - 300, VECTOR.seconds + 300]) {
      expect(verify({ ...VECTOR, seconds })).toEqual({ ok: true });
    }
  });

  it('is taken by the previous secret while there are two', () => {
    expect(verify({ ...VECTOR, secret: OTHER }, [VECTOR.secret])).toEqual({ ok: true });
  });

  it('is taken when one of its signatures is right', () => {
    const signature = `v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== v1,AAAA ${VECTOR.signature}`;
    expect(verify({ ...VECTOR, signature })).toEqual({ ok: true });
  });

  it('of ours is what the specification shows, once for each key', () => {
    const keys = [VECTOR.secret, OTHER].map((secret) => keyOf(secret)!);
    const headers = signedWith(keys, VECTOR.id, new Date(VECTOR.seconds * 1000 + 999), VECTOR.body);
    expect(headers).toMatchObject({ 'webhook-id': VECTOR.id, 'webhook-timestamp': VECTOR.timestamp });
    const [first, second] = headers['webhook-signature']!.split(' ');
    expect(first).toBe(VECTOR.signature);
    expect(verify({ ...VECTOR, secret: OTHER, signature: second! })).toEqual({ ok: true });
  });
});

describe('a secret', () => {
  it.each([
    ['without its prefix', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['with another prefix', 'whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['of 23 bytes', `whsec_${Buffer.alloc(23, 7).toString('base64')}`],
    ['of 65 bytes', `whsec_${Buffer.alloc(65, 7).toString('base64')}`],
    ['that is no base64', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_'],
  ])('%s is none', (_, secret) => {
    expect(keyOf(secret)).toBeUndefined();
  });
});
