import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Node makes a key object of plain bytes each time, which costs more than the signature. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

/** First `bytes` of HMAC-SHA256, as lower-case hexadecimal. The key's bytes must stay what they are. */
export function sign(key: Uint8Array, text: string, bytes = 16): string {
  let object = keyObjects.get(key);
  if (!object) keyObjects.set(key, (object = createSecretKey(key)));
  return createHmac('sha256', object).update(text, 'utf8').digest().subarray(0, bytes).toString('hex');
}

/** Constant-time comparison of two short texts. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
