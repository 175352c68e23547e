import {
  ChannelError,
  type ChannelInbox,
  type ChannelPorts,
  type ChannelRequest,
  type ChannelResponse,
  type FetchMedia,
  readPayload,
  type Send,
  signedWith,
  textAt,
} from '@tributary/channel-sdk';
import { manifest } from './manifest.js';
import { ROOM } from './parse.js';
import { bridgeUrl, signingKeys } from './settings.js';

const TIMEOUT_MS = 60_000;
/** What the phone app lets people send at most is more; this is what an attachment may have here. */
const MAX_FILE_BYTES = 25_000_000;

/**
 * The bridge sends a message once under its id, however often it is asked: its account gives no id of its own in
 * advance. Where it does not know whether a message left, it says so, and nothing is repeated by itself.
 */
export const sendByBridge: Send = async (delivery, inbox, ports, signal) => {
  const { maxTextLength, maxAttachmentBytes } = manifest.capabilities;
  const { text, files, to, messageId, attempt } = delivery;
  if (text.length > maxTextLength!) {
    throw new ChannelError('unsupported', `a message has at most ${maxTextLength} characters`);
  }
  if (files.reduce((sum, { content }) => sum + content.byteLength, 0) > maxAttachmentBytes) {
    throw new ChannelError('unsupported', `the files of a message have at most ${maxAttachmentBytes} bytes`);
  }
  if (text.trim() === '' && files.length === 0) {
    throw new ChannelError('unsupported', 'there is neither text nor a file');
  }
  const body = JSON.stringify({
    to: { kind: to.kind === ROOM ? 'room' : 'contact', id: to.value },
    text,
    files: files.map(({ name, contentType, content }) => ({
      name,
      contentType,
      content: Buffer.from(content).toString('base64'),
    })),
  });
  const response = await ask('POST', '/messages', `${messageId}-${attempt}`, body, { inbox, ports }, signal);
  const ids = readPayload(response.body)?.['ids'];
  const [externalId, ...furtherIds] = Array.isArray(ids)
    ? ids.filter((id) => typeof id === 'string' && id !== '' && id.length <= 200)
    : [];
  return {
    state: 'sent',
    ...(externalId === undefined ? {} : { externalId: externalId as string }),
    ...(furtherIds.length > 0 ? { furtherIds: furtherIds as string[] } : {}),
  };
};

/** The bridge fetches a file from WeChat when its message comes and keeps it: later there may be nothing to fetch. */
export const fetchFromBridge: FetchMedia = async (media, inbox, ports, signal) => {
  const path = `/files/${encodeURIComponent(media.id)}`;
  const { headers, body } = await ask('GET', path, 'file', '', { inbox, ports }, signal);
  return {
    name: media.name,
    contentType: headers['content-type']?.split(';')[0]?.trim() || media.contentType,
    content: body,
    disposition: media.disposition,
  };
};

async function ask(
  method: 'GET' | 'POST',
  path: string,
  id: string,
  body: string,
  { inbox, ports }: { readonly inbox: ChannelInbox; readonly ports: ChannelPorts },
  signal: AbortSignal,
): Promise<ChannelResponse> {
  const url = bridgeUrl(inbox);
  const keys = signingKeys(inbox);
  if (url === undefined || keys.length === 0) {
    throw new ChannelError('bad_credentials', 'the bridge’s address or secret is missing');
  }
  // The path is signed as well: what was signed for one file opens no other.
  const signed = signedWith(keys, id, ports.now(), `${method} ${path}\n${body}`);
  const request: ChannelRequest = {
    ...{ method, url: `${url}${path}`, timeoutMs: TIMEOUT_MS, maxBytes: MAX_FILE_BYTES },
    headers: { ...signed, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
    ...(method === 'POST' ? { body } : {}),
  };
  const response = await ports.http.request(request, signal);
  if (response.status === 200) return response;
  throw errorOf(response);
}

function errorOf({ status, body }: ChannelResponse): ChannelError {
  const why = textAt(readPayload(body), 'error') ?? `the bridge answered ${status}`;
  switch (status) {
    case 401:
    case 403:
      return new ChannelError('bad_credentials', why);
    case 429:
    case 503:
      return new ChannelError('unavailable', why);
    case 400:
    case 404:
    case 409:
    case 410:
    case 413:
      return new ChannelError('rejected_permanently', why);
    default:
      return new ChannelError(status >= 500 ? 'unknown_outcome' : 'rejected_permanently', why);
  }
}
