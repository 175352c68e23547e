import { createDecipheriv, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';

/** The vendor pads to 32 bytes, not to the cipher's 16: Node's own unpadding throws on pads of 17 to 32. */
const PADDING_BLOCK = 32;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;

/** Prepared once: Node takes several times as long to prepare a key as to open an envelope with it. */
export interface AesKey {
  readonly key: KeyObject;
  /** The vendor's first block is the key's own beginning. */
  readonly iv: Uint8Array;
}

/**
 * The key of an EncodingAESKey: 43 characters of base64 without the closing `=`; null when it is not one.
 *
 * @see https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Technical_Plan.html
 */
export function readAesKey(encodingAesKey: string): AesKey | null {
  if (!/^[A-Za-z0-9+/]{43}$/.test(encodingAesKey)) return null;
  const bytes = Buffer.from(`${encodingAesKey}=`, 'base64');
  return { key: createSecretKey(bytes), iv: bytes.subarray(0, 16) };
}

/** SHA-1 over the parts in the order of their bytes, as the vendor signs what is all ASCII; in hexadecimal. */
function signatureOf(parts: readonly string[]): string {
  return hash('sha1', parts.toSorted().join(''), 'hex');
}

/** In constant time, whatever a stranger gives. */
export function isSignedBy(signature: string, parts: readonly string[]): boolean {
  const expected = Buffer.from(signatureOf(parts));
  const given = Buffer.from(signature);
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
}

/**
 * The message within an envelope: AES-256-CBC, 16 random bytes, the length as 4 bytes, the message, the receiver's id.
 * Null when it cannot be opened or was meant for somebody else. Check the signature first, or this is an oracle.
 */
export function decrypt(envelope: string, { key, iv }: AesKey, receiver: string): Buffer | null {
  const sealed = Buffer.from(envelope, 'base64');
  if (sealed.byteLength === 0 || sealed.byteLength % 16 !== 0) return null;
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  const plain = unpadded(Buffer.concat([decipher.update(sealed), decipher.final()]));
  if (plain === null || plain.byteLength < RANDOM_BYTES + LENGTH_BYTES) return null;
  const begin = RANDOM_BYTES + LENGTH_BYTES;
  const end = begin + plain.readUInt32BE(RANDOM_BYTES);
  if (end > plain.byteLength || plain.toString('utf8', end) !== receiver) return null;
  return plain.subarray(begin, end);
}

function unpadded(plain: Buffer): Buffer | null {
  const length = plain.at(-1) ?? 0;
  if (length < 1 || length > PADDING_BLOCK || length > plain.byteLength) return null;
  const end = plain.byteLength - length;
  return plain.subarray(end).every((byte) => byte === length) ? plain.subarray(0, end) : null;
}
