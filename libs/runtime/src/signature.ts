import { createHmac, timingSafeEqual } from 'node:crypto';

/** First `bytes` of HMAC-SHA256, as lower-case hexadecimal. */
export function sign(key: Uint8Array, text: string, bytes = 16): string {
  return createHmac('sha256', key).update(text, 'utf8').digest().subarray(0, bytes).toString('hex');
}

/** Constant-time comparison of two short texts. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
