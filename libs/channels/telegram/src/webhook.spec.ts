import { describe, expect, it } from '@jest/globals';
import type { WebhookRequest } from '@tributary/channel-sdk';
import { anInbox } from './testing/telegram-play.js';
import { answerUpdate, verifySecret } from './webhook.js';

function request(secret: string | undefined, body = '{"update_id":1}'): WebhookRequest {
  return {
    method: 'POST',
    path: '',
    query: {},
    headers: secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret },
    body: new TextEncoder().encode(body),
    url: 'https://desk.example.org/hooks/x',
  };
}

describe('a call', () => {
  it('with the secret is Telegram’s', () => {
    expect(verifySecret(request('a-secret_for-acme-0001'), anInbox())).toEqual({ ok: true });
  });

  it.each([
    ['', 'WRONG_SIGNATURE'],
    ['a-secret_for-acme-000', 'WRONG_SIGNATURE'],
    ['a-secret_for-acme-00011', 'WRONG_SIGNATURE'],
    ['A-secret_for-acme-0001', 'WRONG_SIGNATURE'],
    ['a-secret_for-acme-0001 ', 'WRONG_SIGNATURE'],
    [undefined, 'NO_SIGNATURE'],
  ])('with the secret %p is refused: %s', (secret, code) => {
    expect(verifySecret(request(secret), anInbox())).toEqual({ ok: false, code });
  });

  it('is refused while the inbox has no secret, also without one', () => {
    const inbox = { ...anInbox(), settings: { webhookSecret: '' } };
    expect(verifySecret(request(''), inbox)).toEqual({ ok: false, code: 'NO_SECRET_CONFIGURED' });
  });
});

describe('the answer', () => {
  it('is empty', () => {
    expect(answerUpdate(request('x'))).toEqual({ status: 200, headers: {}, body: '' });
  });

  it('to a pressed button stops its spinner', () => {
    const { status, body } = answerUpdate(request('x', '{"update_id":1,"callback_query":{"id":"77"}}'));
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ method: 'answerCallbackQuery', callback_query_id: '77' });
  });
});
