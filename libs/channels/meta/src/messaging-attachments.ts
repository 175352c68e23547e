import type { MediaReference } from '@tributary/channel-sdk';
import { list, object, text, type Json } from './json.js';

/** Where Meta serves files of messages; their addresses are signed and expire. */
const FILE_HOST = /(?:^|\.)(?:fbsbx\.com|fbcdn\.net|cdninstagram\.com|whatsapp\.net|facebook\.com)$/;
/** Of a reference's id, which holds the address. */
const LONGEST_ADDRESS = 2000;

const TYPES_BY_EXTENSION: Readonly<Record<string, string>> = {
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  ogg: 'audio/ogg',
  pdf: 'application/pdf',
  png: 'image/png',
  webp: 'image/webp',
};
const TYPES_BY_KIND: Readonly<Record<string, string>> = {
  audio: 'audio/mp4',
  image: 'image/jpeg',
  sticker: 'image/png',
  story_mention: 'image/jpeg',
  video: 'video/mp4',
};

export interface Attachments {
  /** Files at Meta, each once. */
  readonly media: readonly MediaReference[];
  /** What is no file, a line each: places, links, cards. */
  readonly lines: readonly string[];
}

/** What hangs on a message of Messenger or Instagram. Kinds that are not known are named, never left out. */
export function readAttachments(attachments: unknown): Attachments {
  const media = new Map<string, MediaReference>();
  const lines: string[] = [];
  for (const attachment of list(attachments).map(object)) {
    const payload = object(attachment.payload);
    const kind = payload.sticker_id === undefined ? (text(attachment.type) ?? 'attachment') : 'sticker';
    const url = text(payload.url) ?? text(attachment.url);
    if (url !== undefined && kind !== 'fallback' && isMetaFile(url)) media.set(url, mediaAt(url, kind));
    else lines.push(line(kind, attachment, payload, url));
  }
  return { media: [...media.values()].slice(0, 100), lines };
}

/** A file at Meta by its address: that of a story somebody answered, or of an attachment. */
export function mediaAt(url: string, kind: string): MediaReference {
  const fileName = decode(new URL(url).pathname.split('/').at(-1) ?? '');
  const extension = /\.([a-z0-9]{2,5})$/i.exec(fileName)?.[1]?.toLowerCase();
  return {
    id: url,
    name: extension === undefined ? kind : fileName.slice(-200).toWellFormed(),
    contentType: TYPES_BY_EXTENSION[extension ?? ''] ?? TYPES_BY_KIND[kind] ?? 'application/octet-stream',
    disposition: 'attachment',
  };
}

/** True for an address that Meta itself serves files at, over TLS. */
export function isMetaFile(url: string): boolean {
  if (url.length > LONGEST_ADDRESS || !URL.canParse(url)) return false;
  const { protocol, hostname, username, port } = new URL(url);
  return protocol === 'https:' && username === '' && port === '' && FILE_HOST.test(hostname);
}

function line(kind: string, attachment: Json, payload: Json, url: string | undefined): string {
  const { lat, long } = object(payload.coordinates);
  if (typeof lat === 'number' && typeof long === 'number') return placeLine(lat, long);
  if (kind === 'ephemeral') return '(a photo or video that can be seen once, which is not passed on)';
  const title = text(attachment.title) ?? text(payload.title);
  return [title, url].filter((part) => part !== undefined).join(' ') || `(${kind.replaceAll('_', ' ')})`;
}

/** A place as text that an agent can follow. */
export function placeLine(
  latitude: unknown,
  longitude: unknown,
  ...words: readonly (string | undefined)[]
): string {
  const place = `${text(latitude) ?? '?'},${text(longitude) ?? '?'}`;
  const named = words.filter((word) => word !== undefined).join(', ');
  return `${named === '' ? '' : `${named} `}https://www.openstreetmap.org/search?query=${place}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
