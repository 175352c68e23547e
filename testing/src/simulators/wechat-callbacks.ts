import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { sealForWechat, wechatSignature, wechatXml } from './wechat-envelope.js';

/** An account as its owner configured it at the vendor. */
export interface CallbackAccount {
  /** AppID or CorpID. */
  readonly receiver: string;
  readonly token: string;
  /** Empty: plain text. */
  readonly encodingAesKey: string;
  readonly format: 'xml' | 'json';
  /** WeCom seals the echo of its address check. */
  readonly isEchoSealed: boolean;
}

export interface DeliveryOptions {
  /** How often it is tried; the vendor does 3 times. */
  readonly tries?: number;
  /** How long an answer is waited for before the next try begins beside it; the vendor waits 5,000. */
  readonly waitMs?: number;
  /** Starts all tries at once: the worst that overlapping can do. */
  readonly atOnce?: boolean;
}

/** What one try was answered; status 0 without an answer. */
export interface Attempt {
  readonly status: number;
  readonly body: string;
}

const WAIT_MS = 5000;
const TRIES = 3;

/** One request as the vendor would make it, signed now. */
export function callbackRequest(
  account: CallbackAccount,
  address: string,
  content: string,
  atSeconds: number,
): { readonly url: string; readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  const { receiver, token, encodingAesKey, format } = account;
  const timestamp = String(atSeconds);
  const nonce = String(randomInt(100_000_000, 2_000_000_000));
  const query = new URLSearchParams({
    signature: wechatSignature(token, timestamp, nonce),
    timestamp,
    nonce,
  });
  let body = content;
  if (encodingAesKey !== '') {
    const Encrypt = sealForWechat(content, encodingAesKey, receiver);
    query.set('encrypt_type', 'aes');
    query.set('msg_signature', wechatSignature(token, timestamp, nonce, Encrypt));
    body = format === 'xml' ? wechatXml({ ToUserName: receiver, Encrypt }) : JSON.stringify({ Encrypt });
  }
  return {
    url: `${address}?${query.toString()}`,
    body,
    headers: { 'content-type': format === 'xml' ? 'text/xml' : 'application/json' },
  };
}

/**
 * Delivers one push until it is answered 200 in time, each try signed anew. A try that is late is not called back: the
 * next runs beside it.
 */
export async function deliverCallback(
  account: CallbackAccount,
  address: string,
  content: string,
  atSeconds: () => number,
  { tries = TRIES, waitMs = WAIT_MS, atOnce = false }: DeliveryOptions = {},
): Promise<readonly Attempt[]> {
  const one = async (): Promise<Attempt> => {
    const { url, body, headers } = callbackRequest(account, address, content, atSeconds());
    const response = await fetch(url, { method: 'POST', body, headers }).catch(() => undefined);
    return { status: response?.status ?? 0, body: (await response?.text()) ?? '' };
  };
  if (atOnce) return Promise.all(Array.from({ length: tries }, one));
  const running: Promise<Attempt>[] = [];
  for (let at = 0; at < tries; at++) {
    const attempt = one();
    running.push(attempt);
    const stop = new AbortController();
    const late = pause(waitMs, null, { signal: stop.signal }).catch(() => null);
    const inTime = await Promise.race([attempt, late]);
    stop.abort();
    if (inTime?.status === 200) break;
  }
  return Promise.all(running);
}

/** The vendor's check when an address is saved: true when it was echoed exactly. */
export async function checkCallbackAddress(
  account: CallbackAccount,
  address: string,
  atSeconds: number,
): Promise<boolean> {
  const { receiver, token, encodingAesKey, isEchoSealed } = account;
  const timestamp = String(atSeconds);
  const nonce = randomBytes(8).toString('hex');
  const word = String(randomInt(1_000_000_000, 9_999_999_999));
  const query = new URLSearchParams({ timestamp, nonce });
  if (isEchoSealed) {
    const echostr = sealForWechat(word, encodingAesKey, receiver);
    query.set('echostr', echostr);
    query.set('msg_signature', wechatSignature(token, timestamp, nonce, echostr));
  } else {
    query.set('echostr', word);
    query.set('signature', wechatSignature(token, timestamp, nonce));
  }
  const response = await fetch(`${address}?${query.toString()}`);
  return response.status === 200 && (await response.text()) === word;
}
