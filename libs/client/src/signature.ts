/*
 * Standard Webhooks, symmetric signatures: base64 of HMAC-SHA256 over `id.timestamp.body`. By Web Crypto, which Node
 * 20, browsers and workers have alike.
 */

/** Web Crypto's `CryptoKey`, by whichever name the platform's types have it. */
export type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const PREFIX = 'whsec_';
const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' };

/** @throws TypeError for what is no `whsec_` secret; the text does not tell it. */
export async function keyOf(secret: string): Promise<Key> {
  if (!/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret)) {
    throw new TypeError('a secret is whsec_ and at least 24 bytes in base64');
  }
  const bytes = fromBase64(secret.slice(PREFIX.length));
  return crypto.subtle.importKey('raw', bytes, ALGORITHM, false, ['sign', 'verify']);
}

/** @param timestamp in whole seconds. */
export async function signatureOf(key: Key, id: string, timestamp: number, body: string): Promise<string> {
  const signed = await crypto.subtle.sign('HMAC', key, signedBytes(id, String(timestamp), encode(body)));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(signed)))}`;
}

/** True when one of the signatures of a header is this key's. */
export async function isSignedBy(
  key: Key,
  signatures: string,
  id: string,
  timestamp: string,
  body: Uint8Array,
): Promise<boolean> {
  const bytes = signedBytes(id, timestamp, body);
  for (const each of signatures.split(' ').slice(0, 20)) {
    const given = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(each)?.[1];
    if (given === undefined) continue;
    if (await crypto.subtle.verify('HMAC', key, fromBase64(given), bytes)) return true;
  }
  return false;
}

export function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function signedBytes(id: string, timestamp: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = encode(`${id}.${timestamp}.`);
  const bytes = new Uint8Array(head.byteLength + body.byteLength);
  bytes.set(head);
  bytes.set(body, head.byteLength);
  return bytes;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
