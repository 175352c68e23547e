import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type ChannelInbox,
  objectAt,
  readPayload,
  textAt,
  type Verification,
  type WebhookAnswer,
  type WebhookRequest,
} from '@tributary/channel-sdk';
import { telegramSettings } from './settings.js';

/**
 * Telegram signs nothing: it sends the secret that `setWebhook` was given. Digests are compared, so that neither the
 * time taken nor the length tells anything.
 */
export function verifySecret(request: WebhookRequest, inbox: ChannelInbox): Verification {
  const { webhookSecret } = telegramSettings(inbox);
  if (webhookSecret === undefined) return { ok: false, code: 'NO_SECRET_CONFIGURED' };
  const given = request.headers['x-telegram-bot-api-secret-token'];
  if (given === undefined) return { ok: false, code: 'NO_SIGNATURE' };
  const isRight = timingSafeEqual(digest(given), digest(webhookSecret));
  return isRight ? { ok: true } : { ok: false, code: 'WRONG_SIGNATURE' };
}

/** A pressed button shows a spinner until it is answered; one call may ride on the answer to the webhook. */
export function answerUpdate(request: WebhookRequest): WebhookAnswer {
  const callback = textAt(objectAt(readPayload(request.body), 'callback_query'), 'id');
  if (callback === undefined) return { status: 200, headers: {}, body: '' };
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method: 'answerCallbackQuery', callback_query_id: callback }),
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
