import type { InboundEvent, WebhookRequest } from '@tributary/channel-sdk';
import { type Medium, senderAt } from './address.js';
import { cut, type Parameters } from './parameters.js';
import { explain, isOptedOut } from './twilio-errors.js';

/**
 * Connection overrides behind an address: tried again on any fault, three times. They are not part of what is signed.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides, read 2026-11-24.
 */
export const RETRIES = 'rc=3&rp=all';

type Receipt = Extract<InboundEvent, { kind: 'receipt' }>;

/**
 * Statuses of outbound messages that say something about the way to the customer. Those before `sent` say that
 * Twilio still has it, which we knew. https://www.twilio.com/docs/messaging/api/message-resource, read 2026-11-24.
 */
const STATES: Readonly<Record<string, Receipt['state']>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
  undelivered: 'failed',
  canceled: 'failed',
};

/** A report on a message of ours; the address it came to, which is ours and signed, tells which. */
export function parseStatus(
  sid: string,
  status: string,
  given: Parameters,
  query: WebhookRequest['query'],
  medium: Medium,
): readonly InboundEvent[] {
  const providerEventId = `${sid}:${cut(status, 100)}`;
  const state = Object.hasOwn(STATES, status) ? STATES[status] : undefined;
  if (state === undefined) {
    return [{ kind: 'ignored', providerEventId, reason: `STATUS_${cut(status, 50).toUpperCase()}` }];
  }
  const code = Number(given.get('ErrorCode') || Number.NaN);
  const receipt: Receipt = {
    kind: 'receipt',
    providerEventId,
    externalId: sid,
    ...sentAs(query),
    state,
    ...(state === 'failed' ? { detail: explain(code, given.get('ErrorMessage')) } : {}),
  };
  const to = given.get('To');
  if (state !== 'failed' || !isOptedOut(code) || !to) return [receipt];
  const from = senderAt(medium, cut(to, 320), given.get('ExternalUserId'));
  return [
    receipt,
    { kind: 'consent', providerEventId: `${providerEventId}:consent`, from, consent: 'withdrawn' },
  ];
}

/** Puts our message into the address of its reports: they may come before the send has told us Twilio's id. */
export function reportAddress(hook: string, messageId: string, attempt: number): string {
  const url = new URL(hook);
  url.searchParams.set('message', messageId);
  url.searchParams.set('attempt', String(attempt));
  url.hash = RETRIES;
  return url.href;
}

function sentAs({ message, attempt }: WebhookRequest['query']): Pick<Receipt, 'sent'> {
  const number = Number(attempt);
  const isOurs =
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(message ?? '') &&
    Number.isSafeInteger(number) &&
    number >= 1;
  return isOurs ? { sent: { messageId: message!, attempt: number } } : {};
}
