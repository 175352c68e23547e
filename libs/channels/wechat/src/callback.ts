import type { Verification, WebhookAnswer, WebhookRequest } from '@tributary/channel-sdk';
import { type AesKey, decrypt, isSignedBy } from './envelope-cipher.js';
import { MAX_PUSH_BYTES, readPush } from './push-body.js';

/** How one account's callbacks are signed and sealed. */
export interface CallbackKeys {
  /** Whose account an envelope must name: AppID or CorpID. */
  readonly receiver: string;
  readonly token: string;
  /** False: callbacks come in plain text. */
  readonly isSealed: boolean;
  /** Null when there is none, or none that can be one. */
  readonly aesKey: AesKey | null;
  /** WeCom seals the echo of its address check too; the others never do. */
  readonly isEchoSealed: boolean;
}

export type OpenedCallback =
  | { readonly kind: 'echo'; readonly text: string }
  | { readonly kind: 'push'; readonly body: Uint8Array }
  | { readonly kind: 'refused'; readonly code: string };

const PLAIN_MAX_AGE_MS = 3_600_000;

/**
 * A callback whose sender is proved by its signature, with what it says.
 *
 * With an EncodingAESKey only sealed messages are taken: whoever learns the token alone must not get by in plain text.
 */
export function openCallback(request: WebhookRequest, keys: CallbackKeys): OpenedCallback {
  const known = lastOpened.get(request);
  if (known?.keys === keys) return known.opened;
  const opened = open(request, keys);
  lastOpened.set(request, { keys, opened });
  return opened;
}

/** A call is opened to verify it, to read it and to answer it, which must cost its unsealing once. */
const lastOpened = new WeakMap<
  WebhookRequest,
  { readonly keys: CallbackKeys; readonly opened: OpenedCallback }
>();

function open(request: WebhookRequest, keys: CallbackKeys): OpenedCallback {
  const { receiver, token, isSealed, aesKey, isEchoSealed } = keys;
  if (token === '' || receiver === '' || (isSealed && aesKey === null)) return refused('NOT_CONFIGURED');
  if (request.body.byteLength > MAX_PUSH_BYTES) return refused('BODY_REFUSED');
  const isEcho = request.method === 'GET';
  const { timestamp = '', nonce = '', signature = '', msg_signature = '', echostr = '' } = request.query;
  if (!/^\d{1,13}$/.test(timestamp)) return refused('SIGNATURE_INVALID');
  if (aesKey === null || (isEcho && !isEchoSealed)) {
    if (!isSignedBy(signature, [token, timestamp, nonce])) return refused('SIGNATURE_INVALID');
    return isEcho ? { kind: 'echo', text: echostr } : openPlain(request.body);
  }
  const envelope = isEcho ? echostr : readPush(request.body)?.['Encrypt'];
  if (envelope === undefined) return refused('BODY_REFUSED');
  if (!isSignedBy(msg_signature, [token, timestamp, nonce, envelope])) return refused('SIGNATURE_INVALID');
  const opened = decrypt(envelope, aesKey, receiver);
  if (opened === null) return refused('ENVELOPE_REFUSED');
  if (!isEcho) return { kind: 'push', body: opened };
  // A message is sealed and signed as an echo is: whoever caught one must not have it opened here.
  const text = opened.toString();
  return /^[\w-]{1,64}$/.test(text) ? { kind: 'echo', text } : refused('ENVELOPE_REFUSED');
}

/** What is no document of the vendor's is refused here too: a document type, entities, broken XML. */
function openPlain(body: Uint8Array): OpenedCallback {
  return readPush(body) === null ? refused('BODY_REFUSED') : { kind: 'push', body };
}

/**
 * The vendors name no age at which a timestamp is too old. A sealed message is signed whole and has its own id, so a
 * repeated one is a duplicate whenever it comes. In plain text the signature covers the query alone: who once saw an
 * address could post anything under it for ever, so it is good for an hour either way.
 */
export function verifyCallback(request: WebhookRequest, keys: CallbackKeys, now: Date): Verification {
  const opened = openCallback(request, keys);
  if (opened.kind === 'refused') return { ok: false, code: opened.code };
  const isSignedWhole = keys.isSealed && (request.method === 'POST' || keys.isEchoSealed);
  const ageMs = now.getTime() - Number(request.query['timestamp']) * 1000;
  if (!isSignedWhole && Math.abs(ageMs) > PLAIN_MAX_AGE_MS) return { ok: false, code: 'TIMESTAMP_STALE' };
  return { ok: true };
}

/** The echo of an address check, or the word that stops the vendor from sending the same again. */
export function answerCallback(request: WebhookRequest, keys: CallbackKeys): WebhookAnswer {
  const opened = openCallback(request, keys);
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body: opened.kind === 'echo' ? opened.text : 'success',
  };
}

function refused(code: string): OpenedCallback {
  return { kind: 'refused', code };
}
