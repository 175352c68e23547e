import {
  ChannelError,
  type ChannelResponse,
  type FetchMedia,
  type InboundFile,
  type MediaReference,
} from '@tributary/channel-sdk';
import { createHash } from 'node:crypto';
import { type Call, type Provider, request } from './provider.js';

export type MediaKind = 'image' | 'voice' | 'video' | 'file';

export interface OutboundFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** What a vendor takes of one kind of file. */
export interface MediaRule {
  readonly kind: MediaKind;
  /** Absent: everything. */
  readonly types?: readonly string[];
  readonly maxBytes: number;
}

const UPLOAD_TIMEOUT_MS = 60_000;
/** A customer's file is 20 MB at most (WeCom); the rest is room for what the vendor changes. */
const MAX_FETCH_BYTES = 25_000_000;
const SMALLEST_BYTES = 5;
/** WeCom tells the name of a file only with its bytes. */
export const UNNAMED_FILE = 'file';

/** @throws ChannelError `unsupported`, saying why, when the vendor takes no such file. */
export function mediaKindOf(file: OutboundFile, rules: readonly MediaRule[]): MediaKind {
  const type = file.contentType.split(';')[0]!.trim().toLowerCase();
  const matching = rules.filter(({ types }) => types === undefined || types.includes(type));
  const fitting = matching.find(({ maxBytes }) => file.content.byteLength <= maxBytes);
  if (fitting && file.content.byteLength >= SMALLEST_BYTES) return fitting.kind;
  const most = Math.max(0, ...matching.map(({ maxBytes }) => maxBytes));
  const why =
    matching.length === 0 ? `files of type ${type} are not taken here` : `it must have 5 to ${most} bytes`;
  throw new ChannelError('unsupported', `${file.name}: ${why}`);
}

/** Puts a file at the vendor for 3 days, to be sent by the id returned. Repeating it does no harm. */
export async function uploadMedia(
  provider: Provider,
  kind: MediaKind,
  file: OutboundFile,
  call: Call,
): Promise<string> {
  const { boundary, body } = multipart(file);
  const { answer } = await request(provider, call, (token) => ({
    method: 'POST',
    url: `${provider.origin}/cgi-bin/media/upload?access_token=${encodeURIComponent(token)}&type=${kind}`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body,
    timeoutMs: UPLOAD_TIMEOUT_MS,
  })).catch((error: unknown) => {
    // Nothing reached the customer yet, so it is safe to begin anew.
    const isUnsure = error instanceof ChannelError && error.code === 'unknown_outcome';
    throw isUnsure ? new ChannelError('unavailable', error.message, undefined, { cause: error }) : error;
  });
  const id = answer?.['media_id'];
  if (typeof id !== 'string') throw new ChannelError('unavailable', 'the vendor gave no id for a file');
  return id;
}

/** One field, `media`, as the vendor wants it; the boundary comes from the bytes, so it is not in them by chance. */
function multipart({ name, contentType, content }: OutboundFile) {
  const boundary = `tributary-${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
  const safeName = name.replaceAll(/[\r\n"\\]/g, '_').slice(0, 200);
  const safeType = /^[\w.+-]+\/[\w.+-]+$/.test(contentType) ? contentType : 'application/octet-stream';
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="${safeName}"; ` +
    `filelength=${content.byteLength}\r\nContent-Type: ${safeType}\r\n\r\n`;
  return {
    boundary,
    body: Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}

/**
 * The file of a message, for 3 days after it came; then it is gone. A video of an Official Account is answered with an
 * address to fetch it from.
 */
export function mediaFrom(provider: Provider): FetchMedia {
  return async (media, inbox, ports, signal) => {
    const call: Call = { inbox, ports, signal };
    const { response, answer } = await request(provider, call, (token) => ({
      method: 'GET',
      url: `${provider.origin}/cgi-bin/media/get?${new URLSearchParams({
        access_token: token,
        media_id: media.id,
      }).toString()}`,
      timeoutMs: UPLOAD_TIMEOUT_MS,
      maxBytes: MAX_FETCH_BYTES,
    }));
    const address = answer?.['video_url'];
    if (typeof address !== 'string') return fileOf(media, response);
    return fileOf(media, await fetchVideo(address, call));
  };
}

async function fetchVideo(address: string, { ports, signal }: Call): Promise<ChannelResponse> {
  const response = await ports.http.request(
    { method: 'GET', url: address, timeoutMs: UPLOAD_TIMEOUT_MS, maxBytes: MAX_FETCH_BYTES },
    signal,
  );
  if (response.status === 200) return response;
  const isGone = response.status < 500 && response.status !== 429;
  throw new ChannelError(
    isGone ? 'rejected_permanently' : 'unavailable',
    `the video’s address answered ${response.status}`,
  );
}

function fileOf(media: MediaReference, { status, headers, body }: ChannelResponse): InboundFile {
  if (status !== 200) throw new ChannelError('rejected_permanently', `the file was answered with ${status}`);
  const said = headers['content-type']?.split(';')[0]?.trim();
  return {
    name: media.name === UNNAMED_FILE ? (sentName(headers['content-disposition']) ?? media.name) : media.name,
    contentType: said === undefined || said === 'application/octet-stream' ? media.contentType : said,
    content: body,
    disposition: media.disposition,
  };
}

/** The name as the customer's phone gave it, in UTF-8 whichever way it is written; without control characters. */
function sentName(disposition = ''): string | undefined {
  const extended = /filename\*=utf-8''([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1];
  const name = extended ? unescaped(extended) : plain && Buffer.from(plain, 'latin1').toString();
  return name?.replaceAll(/\p{Cc}/gu, '').trim() || undefined;
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
