import { ChannelError, type ChannelManifest, type OutboundDelivery } from '@tributary/channel-sdk';
import type { Call, Provider } from './provider.js';
import { type MediaKind, mediaKindOf, type MediaRule, uploadMedia } from './temporary-media.js';

/** The part of a request that says what is sent: `{ msgtype: 'text', text: { content } }`. */
export type Part = Readonly<Record<string, unknown>>;

/** Vendors let 5 messages go to a customer after each of theirs, and every part is one. */
const MOST_PARTS = 5;

/**
 * One reply as the messages it must leave in: its text, then each file. Files are put at the vendor here, so that
 * whatever is wrong with one is known before the customer has half a reply.
 *
 * @throws ChannelError `unsupported` when the vendor could not take all of it.
 */
export async function prepareParts(
  { text, files }: OutboundDelivery,
  { capabilities }: ChannelManifest,
  rules: readonly MediaRule[],
  provider: Provider,
  call: Call,
): Promise<readonly Part[]> {
  const { maxTextLength, maxAttachmentBytes } = capabilities;
  const hasText = text.trim() !== '';
  if (maxTextLength !== null && text.length > maxTextLength) {
    throw new ChannelError('unsupported', `a message has at most ${maxTextLength} characters`);
  }
  if (files.reduce((sum, { content }) => sum + content.byteLength, 0) > maxAttachmentBytes) {
    throw new ChannelError('unsupported', `the files of a message have at most ${maxAttachmentBytes} bytes`);
  }
  const count = files.length + (hasText ? 1 : 0);
  if (count === 0) throw new ChannelError('unsupported', 'there is neither text nor a file');
  if (count > MOST_PARTS) {
    throw new ChannelError('unsupported', `text and files are ${count} messages; ${MOST_PARTS} can be sent`);
  }
  const kinds = files.map((file) => mediaKindOf(file, rules));
  const parts: Part[] = hasText ? [{ msgtype: 'text', text: { content: text } }] : [];
  for (const [at, file] of files.entries()) {
    const kind: MediaKind = kinds[at]!;
    parts.push({ msgtype: kind, [kind]: { media_id: await uploadMedia(provider, kind, file, call) } });
  }
  return parts;
}
