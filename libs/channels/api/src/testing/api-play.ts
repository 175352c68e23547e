import type { ChannelInbox, OutboundDelivery, WebhookRequest } from '@tributary/channel-sdk';

const INBOX = '00000000-0000-7000-8000-0000000000a2';
/** The secret and the time of the specification's own example. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const SIGNED_AT = new Date(1_614_265_330_000);
export const CALLBACK = 'https://shop.customer.example/hooks/desk?tenant=1';

export function anInbox(settings: Readonly<Record<string, unknown>> = {}): ChannelInbox {
  return { id: INBOX, name: 'Shop', settings: { secret: SECRET, callbackUrl: CALLBACK, ...settings } };
}

export function aRequest(change: Partial<WebhookRequest> = {}): WebhookRequest {
  return {
    ...{ method: 'POST', path: '', query: {}, headers: { 'webhook-id': 'msg_1' }, body: new Uint8Array() },
    ...{ url: `https://desk.example.org/hooks/${INBOX}` },
    ...change,
  };
}

export function aDelivery(change: Partial<OutboundDelivery> = {}): OutboundDelivery {
  return {
    messageId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162',
    attempt: 1,
    inboxId: INBOX,
    channel: 'api',
    conversationId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163',
    ticketId: '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405164',
    ticketNumber: '1042',
    to: { kind: 'user', value: 'c-42' },
    authorName: 'Ada',
    text: 'It left our house today.',
    files: [],
    threadToken: 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860',
    references: [`${INBOX}/conversation/order-1042`],
    ...change,
  };
}
