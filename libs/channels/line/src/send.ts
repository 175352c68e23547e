import { createHash } from 'node:crypto';
import {
  asPayload,
  ChannelError,
  type ChannelPorts,
  type ChannelResponse,
  type OutboundDelivery,
  type OutboundFile,
  readPayload,
  type Send,
  type SendReceipt,
  textAt,
} from '@tributary/channel-sdk';
import { withAccessToken } from './access-token.js';
import { lineError } from './api-errors.js';
import { manifest } from './manifest.js';

const LONGEST_TEXT = 5000;
const MOST_MESSAGES = 5;
/** What LINE shows as a picture, and the bytes that a preview may have. */
const PICTURE = /^image\/(?:jpeg|png)\b/i;
const LARGEST_PREVIEW = 1_000_000;

/**
 * By push: the token that would make a reply free of charge is good once and for a short time, and an agent takes
 * longer. However often it is sent, LINE delivers it once (for 24 hours after the first time).
 */
export const pushMessage: Send = async (delivery, inbox, ports, signal) => {
  checkLimits(delivery);
  const messages = messagesOf(delivery, ports);
  const response = await withAccessToken(inbox, ports, signal, (token) =>
    ports.http.request(
      {
        method: 'POST',
        url: 'https://api.line.me/v2/bot/message/push',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'x-line-retry-key': retryKey(delivery),
        },
        body: JSON.stringify({ to: delivery.to.value, messages }),
      },
      signal,
    ),
  );
  // 409: an earlier time was accepted, of which we did not hear.
  if (response.status === 200 || response.status === 409) return receiptOf(response);
  throw lineError(response, ports.now());
};

/** The text, then each file, in one call. */
function messagesOf({ text, files }: OutboundDelivery, ports: ChannelPorts): readonly object[] {
  const texts = splitText(text).map((piece) => ({ type: 'text', text: piece }));
  const messages = [...texts, ...files.map((file) => fileMessage(file, ports))];
  if (messages.length > MOST_MESSAGES) {
    const fault = `Text and files are ${messages.length} messages, and LINE takes ${MOST_MESSAGES} at once.`;
    throw new ChannelError('unsupported', fault);
  }
  return messages;
}

/**
 * LINE takes no bytes, but addresses to fetch them from. A picture is shown as one if it is small enough to be its own
 * preview; a video or a recording would need a picture or a length that we do not have, and other files LINE does not
 * know: of those the customer gets the link.
 */
function fileMessage(file: OutboundFile, { fileLink }: ChannelPorts): object {
  if (fileLink === undefined) {
    throw new ChannelError(
      'unsupported',
      'LINE fetches files from us over https, and this installation has no public https address.',
    );
  }
  const url = fileLink(file);
  return PICTURE.test(file.contentType) && file.content.byteLength <= LARGEST_PREVIEW
    ? { type: 'image', originalContentUrl: url, previewImageUrl: url }
    : { type: 'text', text: `${file.name}\n${url}` };
}

function receiptOf(response: ChannelResponse): SendReceipt {
  const sent = readPayload(response.body)?.['sentMessages'];
  const ids = Array.isArray(sent) ? sent.flatMap((each) => textAt(asPayload(each), 'id') ?? []) : [];
  const [first, ...further] = ids;
  return {
    state: 'sent',
    ...(first === undefined ? {} : { externalId: first }),
    ...(further.length === 0 ? {} : { furtherIds: further }),
  };
}

/** A UUID (RFC 9562, version 8) that every repetition of one attempt shares, and no other. */
export function retryKey({ messageId, attempt }: Pick<OutboundDelivery, 'messageId' | 'attempt'>): string {
  const bytes = createHash('sha256').update(`${messageId}:${attempt}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function checkLimits({ text, files }: OutboundDelivery): void {
  const { maxTextLength } = manifest.capabilities;
  const { maxAttachmentBytes } = manifest.capabilities;
  const bytes = files.reduce((sum, { content }) => sum + content.byteLength, 0);
  const fault =
    text.trim() === '' && files.length === 0
      ? 'There is nothing to send.'
      : text.length > maxTextLength!
        ? `LINE takes texts of up to ${maxTextLength} characters.`
        : bytes > maxAttachmentBytes
          ? `The files have more than ${maxAttachmentBytes / 1_000_000} MB together.`
          : undefined;
  if (fault !== undefined) throw new ChannelError('unsupported', fault);
}

/**
 * Five pieces at most, of 5,000 UTF-16 units at most: cut where a paragraph, a line or a word ends in a piece's second
 * half, as long as what is left still fits into the pieces that are left.
 */
export function splitText(text: string): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > LONGEST_TEXT) {
    const room = (MOST_MESSAGES - pieces.length - 1) * (LONGEST_TEXT - 1);
    const end = cutAt(rest, Math.max(LONGEST_TEXT / 2, rest.length - room));
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  // LINE refuses a text of white space alone.
  return [...pieces, rest].filter((piece) => piece.trim() !== '');
}

function cutAt(text: string, earliest: number): number {
  for (const boundary of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(boundary, LONGEST_TEXT - boundary.length);
    if (at > 0 && at + boundary.length >= earliest) return at + boundary.length;
  }
  return text.slice(0, LONGEST_TEXT).isWellFormed() ? LONGEST_TEXT : LONGEST_TEXT - 1;
}
