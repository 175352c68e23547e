import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Verification } from './channel.js';

/*
 * Standard Webhooks, symmetric signatures (`v1`): the base64 HMAC-SHA256 of `id.timestamp.body`.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, read 2026-11-24.
 */

/** Seconds between the signer's clock and ours, either way. */
const TOLERANCE_S = 300;
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
/** A full stop would end the id within what is signed. */
const ID = /^[\w-]{1,200}$/;
/** Bytes of a key, as the specification wants them. */
const [SHORTEST_KEY, LONGEST_KEY] = [24, 64];

type Headers = Readonly<Record<string, string>>;

/** @returns undefined for what is no secret of 24 to 64 bytes in base64 behind `whsec_`. */
export function keyOf(secret: string): Uint8Array | undefined {
  const key = Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64');
  return key.byteLength >= SHORTEST_KEY && key.byteLength <= LONGEST_KEY ? key : undefined;
}

/**
 * True for a call that one of the keys signed, in the last or next five minutes.
 *
 * @param headers by lower-case names.
 */
export function verifySigned(
  keys: readonly Uint8Array[],
  headers: Headers,
  body: Uint8Array,
  now: Date,
): Verification {
  if (keys.length === 0) return { ok: false, code: 'NO_SECRET' };
  const { id, timestamp, signature } = signedHeaders(headers);
  if (signature === '') return { ok: false, code: 'NO_SIGNATURE' };
  if (!ID.test(id)) return { ok: false, code: 'BAD_ID' };
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, code: 'BAD_TIMESTAMP' };
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_S) return { ok: false, code: 'STALE' };
  const given = signature.split(' ').slice(0, 20);
  const isSigned = keys.some((key) => {
    const right = `v1,${hmac(key, id, timestamp, body)}`;
    return given.some((each) => isSame(right, each));
  });
  return isSigned ? { ok: true } : { ok: false, code: 'BAD_SIGNATURE' };
}

/** The headers that prove a call of ours; one signature a key, so that keys can be changed one after the other. */
export function signedWith(keys: readonly Uint8Array[], id: string, at: Date, body: string): Headers {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const bytes = new TextEncoder().encode(body);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': keys.map((key) => `v1,${hmac(key, id, timestamp, bytes)}`).join(' '),
  };
}

function signedHeaders(headers: Headers) {
  const read = (name: string) => headers[`webhook-${name}`] ?? '';
  return { id: read('id'), timestamp: read('timestamp'), signature: read('signature') };
}

function hmac(key: Uint8Array, id: string, timestamp: string, body: Uint8Array): string {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
