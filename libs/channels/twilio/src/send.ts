import {
  ChannelError,
  type ChannelPorts,
  type OutboundDelivery,
  type Send,
  type SendReceipt,
} from '@tributary/channel-sdk';
import { addressAt, isReachable, type Medium } from './address.js';
import { authorization, jsonOf, messagesUrl, post } from './api.js';
import { LONGEST_TEXT } from './manifest.js';
import { type TwilioSettings, twilioSettings } from './settings.js';
import { reportAddress } from './status.js';
import { twilioError } from './twilio-errors.js';

/** How far Twilio's clock, which tells whole seconds, may stand behind ours; an equal text before that is another. */
const CLOCK_SKEW_MS = 2000;

/**
 * Sends one reply. Twilio knows no idempotency key, so after a call whose end we did not see its list of messages is
 * asked whether it has the reply: what it has is not sent again.
 */
export function senderOf(medium: Medium): Send {
  return async (delivery, inbox, ports, signal) => {
    const settings = twilioSettings(inbox);
    const form = formOf(delivery, medium, settings, ports);
    if (signal.aborted) throw new ChannelError('unavailable', 'Sending was stopped before it began.');
    const begun = ports.now().getTime();
    try {
      const answer = await post(settings, form, ports, signal);
      const { sid, code, message } = jsonOf(answer);
      if (answer.status < 300 && typeof sid === 'string') return { state: 'sent', externalId: sid };
      const said = typeof message === 'string' ? message : undefined;
      const status = answer.status < 300 ? 502 : answer.status;
      throw twilioError(status, Number(code ?? Number.NaN), said, answer.headers['retry-after']);
    } catch (error) {
      if (!(error instanceof ChannelError) || error.code !== 'unknown_outcome' || signal.aborted) throw error;
      const found = await findSent(form, begun, settings, ports, signal);
      if (found === undefined) throw error;
      return found;
    }
  };
}

function formOf(
  { to, text, files, messageId, attempt }: OutboundDelivery,
  medium: Medium,
  { sender, messagingServiceSid }: TwilioSettings,
  { hookUrl }: ChannelPorts,
): URLSearchParams {
  if (files.length > 0) {
    throw new ChannelError('unsupported', 'Files cannot be sent here yet: Twilio would fetch them from us.');
  }
  if (text.length > LONGEST_TEXT) {
    throw new ChannelError('unsupported', `A message has at most ${LONGEST_TEXT} characters.`);
  }
  if (text.trim() === '') throw new ChannelError('unsupported', 'There is nothing to send.');
  if (!isReachable(medium, to)) {
    throw new ChannelError('rejected_permanently', 'The customer’s address cannot be written to.');
  }
  const form = new URLSearchParams({ To: addressAt(medium, to.value), Body: text });
  if (messagingServiceSid) form.set('MessagingServiceSid', messagingServiceSid);
  // Beside the service it says which of its numbers is meant: the one that the customer knows.
  if (sender) form.set('From', addressAt(medium, sender));
  if (hookUrl) form.set('StatusCallback', reportAddress(hookUrl, messageId, attempt));
  return form;
}

/** @returns undefined when Twilio has no such message, or cannot say. */
async function findSent(
  form: URLSearchParams,
  begun: number,
  settings: TwilioSettings,
  { http }: ChannelPorts,
  signal: AbortSignal,
): Promise<SendReceipt | undefined> {
  const query = new URLSearchParams({ To: form.get('To')!, PageSize: '20' });
  const headers = { authorization: authorization(settings), accept: 'application/json' };
  const url = `${messagesUrl(settings)}?${query.toString()}`;
  const answer = await http.request({ method: 'GET', url, headers }, signal).catch(() => undefined);
  const listed = answer?.status === 200 ? jsonOf(answer)['messages'] : [];
  const sent = (Array.isArray(listed) ? listed : []).find(
    ({ body, direction, date_created: created }: Record<string, unknown>) =>
      body === form.get('Body') &&
      String(direction).startsWith('outbound') &&
      Date.parse(String(created)) >= begun - CLOCK_SKEW_MS,
  ) as { readonly sid?: unknown } | undefined;
  return typeof sent?.sid === 'string' ? { state: 'sent', externalId: sent.sid } : undefined;
}
