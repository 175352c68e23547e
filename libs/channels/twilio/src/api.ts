import { ChannelError, type ChannelPorts, type ChannelResponse } from '@tributary/channel-sdk';
import type { TwilioSettings } from './settings.js';

export const API = 'https://api.twilio.com';

/** Of the account's messages; form in, JSON out. */
export function messagesUrl({ accountSid }: TwilioSettings): string {
  return `${API}/2010-04-01/Accounts/${accountSid}/Messages.json`;
}

export function authorization({ accountSid, authToken }: TwilioSettings): string {
  if (authToken === undefined) throw new ChannelError('bad_credentials', 'This inbox has no auth token.');
  return `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
}

/** @returns the answer's object; an empty one when there is none to read. */
export function jsonOf({ body }: ChannelResponse): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export function post(
  settings: TwilioSettings,
  form: URLSearchParams,
  { http }: ChannelPorts,
  signal: AbortSignal,
): Promise<ChannelResponse> {
  const headers = {
    authorization: authorization(settings),
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  };
  return http.request(
    { method: 'POST', url: messagesUrl(settings), headers, body: form.toString(), timeoutMs: 20_000 },
    signal,
  );
}
