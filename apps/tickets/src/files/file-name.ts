import { clip, storableText } from '../ingestion/message-text.js';

const LONGEST_NAME = 255;
/** A media type without parameters (RFC 6838, section 4.2): the only form that may become a header of ours. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

/**
 * A name to show and to save under, never a path: the last part of a path, without what cannot be seen (zero-width
 * and bidirectional marks make a program look like a picture, FreeScout CVE-2026-28289), without the dots and blanks
 * at its end that Windows drops in silence.
 *
 * @returns at most 255 UTF-16 units; `file` when nothing is left.
 */
export function fileName(name: string): string {
  const lines = storableText(name)
    .normalize('NFC')
    .replaceAll(/[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '');
  const last = lines.split(/[/\\]/).findLast((part) => part.trim() !== '') ?? '';
  return clip(last.trim(), LONGEST_NAME).replace(/[.\s]+$/u, '') || 'file';
}

/** The media type as the sender gave it, without parameters; anything that is none becomes plain bytes. */
export function mediaType(contentType: string): string {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  return MEDIA_TYPE.test(type) ? type : 'application/octet-stream';
}

/** RFC 6266: the exact name in UTF-8, and a plain one for whoever cannot read it. */
export function contentDisposition(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%;]/gu, '_');
  const exact = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
