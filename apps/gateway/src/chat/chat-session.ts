import { createHmac } from 'node:crypto';
import { ProblemError, sameText, sign } from '@tributary/runtime';

/** Who writes in a chat: somebody whom we know by nothing but their browser, or a user whom the site has signed for. */
export interface ChatCustomer {
  readonly kind: 'visitor' | 'user';
  /** Ours for a visitor, the site's own for a user. */
  readonly id: string;
  /** As whoever signed for the user says; what they write themselves is another matter. */
  readonly name?: string;
}

/** A visitor's browser keeps the token; each visit begins the time anew. */
const VISITOR_SECONDS = 180 * 86_400;
/** A site signs for its user again with each page, so a token outlives a sign-out there by no more than this. */
const USER_SECONDS = 86_400;
const VERSION = 'w1';
const LONGEST_USER_ID = 200;

/**
 * `w1.<kind, expiry, id in base64url>.<mac>`, of one inbox.
 *
 * @param key the workspace's own, derived for chat sessions.
 */
export function chatToken(key: Uint8Array, inboxId: string, customer: ChatCustomer, now: Date): string {
  const seconds = customer.kind === 'user' ? USER_SECONDS : VISITOR_SECONDS;
  const expires = Math.floor(now.getTime() / 1000) + seconds;
  const content = Buffer.from(JSON.stringify([customer.kind, expires, customer.id])).toString('base64url');
  return `${VERSION}.${content}.${macOf(key, inboxId, content)}`;
}

/** @returns undefined for a token that is not ours, of another inbox, or too old. */
export function verifyChatToken(
  key: Uint8Array,
  inboxId: string,
  token: string,
  now: Date,
): ChatCustomer | undefined {
  const [version, content, mac, ...rest] = token.split('.');
  if (version !== VERSION || !content || !mac || rest.length > 0) return undefined;
  if (!sameText(mac, macOf(key, inboxId, content))) return undefined;
  const [kind, expires, id] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [
    ChatCustomer['kind'],
    number,
    string,
  ];
  return expires * 1000 > now.getTime() ? { kind, id } : undefined;
}

function macOf(key: Uint8Array, inboxId: string, content: string): string {
  return sign(key, `${VERSION}:${inboxId}:${content}`);
}

/**
 * The site's word for who its user is: HMAC-SHA256 of the id by the inbox's secret, in hexadecimal.
 *
 * @throws ProblemError 403 for a signature that is not the site's, also when the inbox has no secret.
 */
export function signedCustomer(secret: unknown, user: { id: string; signature: string }): ChatCustomer {
  if (typeof secret !== 'string' || secret === '') {
    throw new ProblemError(403, 'IDENTITY_NOT_SET_UP', 'the inbox has no identity secret');
  }
  const expected = createHmac('sha256', secret).update(user.id, 'utf8').digest('hex');
  if (user.id.length > LONGEST_USER_ID || !sameText(expected, user.signature.toLowerCase())) {
    throw new ProblemError(403, 'IDENTITY_REFUSED', 'the signature is not that of the id');
  }
  return { kind: 'user', id: user.id };
}
