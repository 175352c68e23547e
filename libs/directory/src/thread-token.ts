import { sameText, sign } from '@tributary/runtime';

const VERSION = 'c1';
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * A conversation's signed token, put where a customer's answer brings it back: `c1.<id>.<mac>`, lower case, 46
 * characters, safe in the local part of a mail address. Knowing a ticket's number is not enough to write into it.
 *
 * @param key the workspace's own, derived from the master key for this use.
 */
export function threadToken(key: Uint8Array, conversationId: string): string {
  const id = encodeUuid(conversationId);
  return `${VERSION}.${id}.${sign(key, `${VERSION}.${id}`, 8)}`;
}

/** @returns the conversation's id, or undefined when the token is not ours, was changed, or is of another workspace. */
export function verifyThreadToken(key: Uint8Array, token: string): string | undefined {
  const [version, id, mac, ...rest] = token.toLowerCase().split('.');
  if (version !== VERSION || !id || !mac || rest.length > 0) return undefined;
  if (!sameText(mac, sign(key, `${VERSION}.${id}`, 8))) return undefined;
  return decodeUuid(id);
}

/** 128 bits as 26 characters of base32 (RFC 4648 alphabet, lower case, without padding). */
function encodeUuid(uuid: string): string {
  let value = BigInt(`0x${uuid.replaceAll('-', '')}`) << 2n;
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = ALPHABET[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}

function decodeUuid(text: string): string | undefined {
  if (text.length !== 26) return undefined;
  let value = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return undefined;
    value = (value << 5n) | BigInt(digit);
  }
  const hex = (value >> 2n).toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
