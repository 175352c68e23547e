import {
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type ChannelResponse,
  numberAt,
  readPayload,
  textAt,
} from '@tributary/channel-sdk';
import { lineError } from './api-errors.js';
import { lineSettings } from './settings.js';

/**
 * Calls with the inbox's token, or with one that LINE gives for its id and secret for 15 minutes; a token of ours
 * that LINE no longer takes is exchanged once.
 */
export async function withAccessToken(
  inbox: ChannelInbox,
  ports: ChannelPorts,
  signal: AbortSignal,
  call: (token: string) => Promise<ChannelResponse>,
): Promise<ChannelResponse> {
  const { accessToken } = lineSettings(inbox);
  if (accessToken !== undefined) return call(accessToken);
  const obtain = () => obtainToken(inbox, ports, signal);
  const token = await ports.tokens.get('line', obtain);
  const response = await call(token);
  return response.status === 401 ? call(await ports.tokens.get('line', obtain, token)) : response;
}

/** A stateless token: as many as we like, none to revoke. */
async function obtainToken(inbox: ChannelInbox, ports: ChannelPorts, signal: AbortSignal) {
  const { channelId = '', channelSecret = '' } = lineSettings(inbox);
  const response = await ports.http.request(
    {
      method: 'POST',
      url: 'https://api.line.me/oauth2/v3/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: channelId,
        client_secret: channelSecret,
      }).toString(),
    },
    signal,
  );
  const answer = readPayload(response.body);
  const value = textAt(answer, 'access_token');
  if (response.status === 200 && value !== undefined) {
    return { value, expiresInMs: (numberAt(answer, 'expires_in') ?? 0) * 1000 };
  }
  if (response.status === 400) {
    throw new ChannelError('bad_credentials', 'LINE gives no token for this channel ID and secret.');
  }
  throw lineError(response, ports.now());
}
