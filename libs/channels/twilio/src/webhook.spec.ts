import type { ChannelInbox, WebhookRequest } from '@tributary/channel-sdk';
import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { sms } from './index.js';
import { verifyCall } from './webhook.js';

const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
const inbox: ChannelInbox = {
  id: 'i',
  name: 'n',
  settings: { accountSid: ACCOUNT, authToken: '12345', sender: '+14155550100' },
};

/** A call as Twilio signs it for the address that it was given; `url` is what the host says that was called. */
function aCall(change: {
  readonly signedUrl?: string;
  readonly url?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}): WebhookRequest {
  const { signedUrl = 'https://desk.example.org/base/hooks/i', url = signedUrl } = change;
  const parameters = change.parameters ?? { Body: 'Hi', From: '+14155550123', AccountSid: ACCOUNT };
  const sorted = Object.keys(parameters)
    .sort()
    .map((name) => name + parameters[name]);
  const signature = createHmac('sha1', '12345')
    .update(signedUrl + sorted.join(''))
    .digest('base64');
  const headers = {
    'x-twilio-signature': signature,
    'content-type': 'application/x-www-form-urlencoded',
    ...change.headers,
  };
  const body = new TextEncoder().encode(new URLSearchParams(parameters).toString());
  return { method: 'POST', path: '', query: {}, headers, body, url };
}

const verify = (request: WebhookRequest, settings = inbox.settings) =>
  verifyCall(request, { ...inbox, settings });

describe('a call', () => {
  it('is let in on the public address, whatever stands before it in the house', () => {
    expect(verify(aCall({}))).toEqual({ ok: true });
  });

  it('is let in with a parameter that nobody knew', () => {
    expect(verify(aCall({ parameters: { MessageSid: 'SM1', 'New.Thing[0]': 'a=b' } }))).toEqual({ ok: true });
  });

  it.each([
    ['BAD_SIGNATURE', 'another address', aCall({ url: 'https://desk.example.org/hooks/i' })],
    [
      'BAD_SIGNATURE',
      'another address of another inbox',
      aCall({ url: 'https://desk.example.org/base/hooks/j' }),
    ],
    ['BAD_SIGNATURE', 'another content type', aCall({ headers: { 'content-type': 'application/json' } })],
    ['NO_SIGNATURE', 'no signature', aCall({ headers: { 'x-twilio-signature': '' } })],
    ['OTHER_ACCOUNT', 'another account', aCall({ parameters: { AccountSid: `AC${'f'.repeat(32)}` } })],
  ])('is refused as %s with %s', (code, _what, request) => {
    expect(verify(request)).toEqual({ ok: false, code });
  });

  it.each([undefined, '', '  '])('is refused where the auth token is %j', (authToken) => {
    expect(verify(aCall({}), { ...inbox.settings, authToken })).toEqual({ ok: false, code: 'NO_SECRET' });
  });

  it('hears an empty document: any other text would go to the customer', () => {
    if (sms.inbound.kind !== 'webhook') throw new Error('it is called');
    expect(sms.inbound.answer(aCall({}), inbox)).toEqual({
      status: 200,
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      body: '<Response/>',
    });
  });
});
