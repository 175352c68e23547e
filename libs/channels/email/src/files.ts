import type { InboundFile } from '@tributary/channel-sdk';
import type { Mail, MailFile } from './mail.js';

const MOST_FILES = 100;
const LONGEST_NAME = 200;

const EXTENSIONS: Readonly<Record<string, string>> = {
  'message/rfc822': 'eml',
  'text/rfc822-headers': 'txt',
  'message/delivery-status': 'txt',
  'message/feedback-report': 'txt',
  'text/calendar': 'ics',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/csv': 'csv',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/ms-tnef': 'dat',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

/**
 * A mail's files. Inline is what the HTML shows by its Content-ID, whatever the disposition says: programs mark
 * pasted pictures as attachments and attachments as inline.
 *
 * @param overflow bodies too long for an event, which become files.
 */
export function messageFiles(mail: Mail, overflow: readonly InboundFile[]): readonly InboundFile[] {
  const shown = contentIdsIn(mail.html);
  const files = [...mail.files.map((file, at) => inboundFile(file, at, shown)), ...overflow];
  if (files.length <= MOST_FILES) return files;
  const left = files.slice(MOST_FILES - 1);
  return [...files.slice(0, MOST_FILES - 1), listOf(left)];
}

function inboundFile(file: MailFile, at: number, shown: ReadonlySet<string>): InboundFile {
  const contentType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(file.contentType)
    ? file.contentType
    : 'application/octet-stream';
  const inline = file.contentId !== undefined && shown.has(file.contentId);
  return {
    name: safeName(file.name) ?? `part-${at + 1}.${EXTENSIONS[contentType] ?? 'bin'}`,
    contentType,
    content: file.content,
    disposition: inline ? 'inline' : 'attachment',
    ...(file.contentId === undefined ? {} : { contentId: file.contentId }),
  };
}

/** Content-IDs that the HTML refers to; they may be percent-encoded there (RFC 2392). */
function contentIdsIn(html: string | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, id = ''] of (html ?? '').matchAll(/\bcid:([^"'\s<>)]+)/gi)) {
    found.add(id);
    try {
      found.add(decodeURIComponent(id));
    } catch {
      // A stray percent sign: the id as it stands is all there is.
    }
  }
  return found;
}

/** The last part of a path, without control characters and without marks that turn `fdp.exe` into `exe.pdf`. */
function safeName(name: string | null): string | undefined {
  const last = name
    ?.split(/[/\\]/)
    .at(-1)
    ?.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
  if (!last || /^\.+$/.test(last)) return undefined;
  if (last.length <= LONGEST_NAME) return last;
  const dot = last.lastIndexOf('.');
  const extension = dot > 0 && last.length - dot <= 12 ? last.slice(dot) : '';
  return `${last.slice(0, LONGEST_NAME - extension.length)}${extension}`.toWellFormed();
}

/** What did not fit is told, never dropped in silence; the bytes are in the stored original. */
function listOf(files: readonly InboundFile[]): InboundFile {
  const lines = files.map((file) => `${file.name} (${file.contentType}, ${file.content.byteLength} bytes)`);
  const text = `The mail has ${lines.length} more files; they are in the stored original:\n${lines.join('\n')}\n`;
  return {
    name: 'more-files.txt',
    contentType: 'text/plain',
    content: new TextEncoder().encode(text),
    disposition: 'attachment',
  };
}
