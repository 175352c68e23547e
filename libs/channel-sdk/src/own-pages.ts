import { ChannelError } from './channel.errors.js';
import type { OutboundDelivery, SendReceipt } from './channel.js';
import type { ChannelManifest } from './manifest.js';

/**
 * The reply of a channel whose page is ours and reads it from where it is stored: only its limits are checked.
 *
 * @param state `delivered` where the page says nothing back, `sent` where it reports what was shown.
 * @throws ChannelError `unsupported`
 */
export function keptReply(
  { text, files }: OutboundDelivery,
  { capabilities: { maxTextLength, maxAttachmentBytes } }: ChannelManifest,
  state: SendReceipt['state'],
): SendReceipt {
  if (maxTextLength !== null && text.length > maxTextLength) {
    throw new ChannelError('unsupported', `a reply has at most ${maxTextLength} characters`);
  }
  const bytes = files.reduce((sum, file) => sum + file.content.byteLength, 0);
  if (bytes > maxAttachmentBytes) {
    throw new ChannelError('unsupported', `the files of a reply have at most ${maxAttachmentBytes} bytes`);
  }
  return { state };
}

/** No database text holds a NUL, and half a character is no UTF-8: both are replaced, nothing is lost beside them. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** The beginning, never ending in half a character. */
export function beginningOf(text: string, units: number): string {
  const beginning = text.slice(0, units);
  return beginning.isWellFormed() ? beginning : beginning.slice(0, -1);
}
