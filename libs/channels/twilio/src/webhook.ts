import type { ChannelInbox, Verification, WebhookAnswer, WebhookRequest } from '@tributary/channel-sdk';
import { formOf, isForm, parametersOf } from './parameters.js';
import { twilioSettings } from './settings.js';
import { isSigned, isSignedBody } from './signature.js';

/** The account signed it, on the address that the installation is known by, and it is about this account. */
export function verifyCall(request: WebhookRequest, inbox: ChannelInbox): Verification {
  const { accountSid, authToken } = twilioSettings(inbox);
  if (authToken === undefined) return { ok: false, code: 'NO_SECRET' };
  const signature = request.headers['x-twilio-signature'];
  if (!signature) return { ok: false, code: 'NO_SIGNATURE' };
  const isTheirs = request.url.includes('bodySHA256=')
    ? isSignedBody(authToken, signature, request.url, request.body)
    : isForm(request) && isSigned(authToken, signature, request.url, formOf(request));
  if (!isTheirs) return { ok: false, code: 'BAD_SIGNATURE' };
  const account = parametersOf(request).get('AccountSid') ?? accountSid;
  return account === accountSid ? { ok: true } : { ok: false, code: 'OTHER_ACCOUNT' };
}

/** Twilio would send any other text to the customer: an empty document says nothing. */
export function answerCall(): WebhookAnswer {
  return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: '<Response/>' };
}
