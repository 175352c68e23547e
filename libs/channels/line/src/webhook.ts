import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ChannelInbox, Verification, WebhookAnswer, WebhookRequest } from '@tributary/channel-sdk';
import { lineSettings } from './settings.js';

/** HMAC-SHA256 of the bytes as they came, with the channel secret, in base64. */
export function verifySignature(request: WebhookRequest, inbox: ChannelInbox): Verification {
  const { channelSecret } = lineSettings(inbox);
  if (channelSecret === undefined) return { ok: false, code: 'NO_SECRET_CONFIGURED' };
  const given = request.headers['x-line-signature'];
  if (given === undefined) return { ok: false, code: 'NO_SIGNATURE' };
  const right = Buffer.from(createHmac('sha256', channelSecret).update(request.body).digest('base64'));
  const claimed = Buffer.from(given);
  const isRight = claimed.byteLength === right.byteLength && timingSafeEqual(claimed, right);
  return isRight ? { ok: true } : { ok: false, code: 'WRONG_SIGNATURE' };
}

export function answerWebhook(): WebhookAnswer {
  return { status: 200, headers: {}, body: '' };
}
