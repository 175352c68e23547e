import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type {
  ChannelInbox,
  InboundEvent,
  Verification,
  WebhookAnswer,
  WebhookRequest,
} from '@tributary/channel-sdk';
import { distinct, ignored, unreadable } from './events.js';
import { isObject, type Json, parseJson } from './json.js';
import { metaSettings } from './settings.js';

const SIGNATURE = /^sha256=([0-9a-f]{64})$/;
const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };

/**
 * A delivery carries `X-Hub-Signature-256`: HMAC-SHA256 of the bytes as they came, by the app's secret. Meta signs
 * what it sends, which has non-ASCII characters escaped; JSON written anew would not match. The handshake carries the
 * verify token.
 */
export function verifyWebhook(request: WebhookRequest, inbox: ChannelInbox): Verification {
  const { appSecret, verifyToken } = metaSettings(inbox);
  if (request.method === 'GET') {
    if (verifyToken === '') return { ok: false, code: 'NO_SECRET_CONFIGURED' };
    const isOurs =
      request.query['hub.mode'] === 'subscribe' &&
      sameText(request.query['hub.verify_token'] ?? '', verifyToken);
    return isOurs ? { ok: true } : { ok: false, code: 'BAD_TOKEN' };
  }
  if (appSecret === '') return { ok: false, code: 'NO_SECRET_CONFIGURED' };
  const given = SIGNATURE.exec(request.headers['x-hub-signature-256'] ?? '')?.[1];
  if (given === undefined) return { ok: false, code: 'NO_SIGNATURE' };
  const expected = createHmac('sha256', appSecret).update(request.body).digest();
  return timingSafeEqual(expected, Buffer.from(given, 'hex'))
    ? { ok: true }
    : { ok: false, code: 'BAD_SIGNATURE' };
}

/** Meta wants its challenge back, and any 2xx otherwise. */
export function answerWebhook({ method, query }: WebhookRequest): WebhookAnswer {
  return { status: 200, headers: PLAIN, body: method === 'GET' ? (query['hub.challenge'] ?? '') : 'OK' };
}

/**
 * The events of a call.
 *
 * @param expected `object` of the calls that this channel reads; the callback of one app may get others.
 */
export function webhookEvents(
  request: WebhookRequest,
  expected: string,
  eventsOf: (body: Json) => readonly InboundEvent[],
): InboundEvent[] {
  if (request.method === 'GET') return [ignored(request.query, 'handshake')];
  const body = parseJson(request.body);
  const bytes = createHash('sha256').update(request.body).digest('hex');
  if (!isObject(body)) return [unreadable(bytes, 'BROKEN_JSON', 'The body is no JSON object.')];
  if (typeof body.object !== 'string') {
    return [unreadable(bytes, 'UNKNOWN_OBJECT', 'The body does not say what it is about.')];
  }
  if (body.object !== expected) return [ignored(bytes, 'other_object')];
  const events = eventsOf(body);
  return events.length === 0 ? [ignored(bytes, 'empty')] : distinct(events);
}

/** Takes the same time wherever they differ. */
function sameText(left: string, right: string): boolean {
  const hash = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(hash(left), hash(right));
}
