import { createHash } from 'node:crypto';
import {
  ChannelError,
  type ChannelResponse,
  type FetchMedia,
  type InboundFile,
} from '@tributary/channel-sdk';
import { openGraph } from './graph.js';
import { text } from './json.js';
import { isMetaFile } from './messaging-attachments.js';
import { metaSettings } from './settings.js';

/** The largest that customers can send: a document on WhatsApp. */
const MAX_BYTES = 100_000_000;
const TIMEOUT_MS = 120_000;
/** Of what has no name but its kind. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'audio/aac': '.aac',
  'audio/amr': '.amr',
  'audio/mp4': '.m4a',
  'audio/mpeg': '.mp3',
  'audio/ogg': '.ogg',
  'application/pdf': '.pdf',
  'image/gif': '.gif',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'video/3gpp': '.3gp',
  'video/mp4': '.mp4',
};

/** Opens an attachment of Messenger or Instagram at the signed address that came with the message. */
export const fetchMessagingMedia: FetchMedia = async (media, _inbox, { http }, signal) => {
  if (!isMetaFile(media.id)) {
    throw new ChannelError('rejected_permanently', 'The file does not stand at Meta.');
  }
  const response = await http.request(
    { method: 'GET', url: media.id, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS },
    signal,
  );
  // The signature of the address has run out, or the customer took the file back.
  if ([403, 404, 410].includes(response.status)) {
    throw new ChannelError('rejected_permanently', 'The file is no longer at Meta.');
  }
  return file(media, taken(response));
};

/**
 * Opens a file of WhatsApp in two steps: its id gives an address for five minutes, which wants the token as well. The
 * bytes are compared with the digest that WhatsApp tells.
 */
export const fetchWhatsappMedia: FetchMedia = async (media, inbox, ports, signal) => {
  const settings = metaSettings(inbox);
  const graph = openGraph(settings, ports, signal);
  const found = await graph.get(encodeURIComponent(media.id), { phone_number_id: settings.phoneNumberId });
  const url = text(found.url) ?? '';
  // The token goes to Meta alone.
  if (!isMetaFile(url))
    throw new ChannelError('rejected_permanently', 'WhatsApp named no address of its own.');
  const response = await ports.http.request(
    {
      method: 'GET',
      url,
      headers: { authorization: `Bearer ${settings.accessToken}` },
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
    },
    signal,
  );
  // The address lives five minutes; the next try gets another.
  if ([401, 403, 404, 410].includes(response.status)) {
    throw new ChannelError('unavailable', `The address of the file was refused (HTTP ${response.status}).`);
  }
  const content = taken(response);
  const digest = text(found.sha256);
  if (digest !== undefined && !isDigestOf(digest, content.body)) {
    throw new ChannelError('unavailable', 'The file arrived changed.');
  }
  return file(media, content);
};

function taken(response: ChannelResponse): ChannelResponse {
  const { status } = response;
  if (status >= 200 && status < 300) return response;
  throw new ChannelError(
    status === 429 ? 'rate_limited' : 'unavailable',
    `The file was not given (HTTP ${status}).`,
  );
}

function file(media: Parameters<FetchMedia>[0], { headers, body }: ChannelResponse): InboundFile {
  const { name, disposition } = media;
  const contentType = headers['content-type']?.split(';')[0]?.trim() || media.contentType;
  const extension = /\.\w{1,5}$/.test(name) ? '' : (EXTENSIONS[contentType] ?? '');
  return { name: `${name}${extension}`, contentType, content: body, disposition };
}

/** WhatsApp writes it in hexadecimal here and in base64 elsewhere. */
function isDigestOf(digest: string, content: Uint8Array): boolean {
  const actual = createHash('sha256').update(content).digest();
  return digest.toLowerCase() === actual.toString('hex') || digest === actual.toString('base64');
}
