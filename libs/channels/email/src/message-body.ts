import type { InboundFile } from '@tributary/channel-sdk';
import { htmlToText } from './html-text.js';
import type { Mail } from './mail.js';
import { newText } from './new-text.js';

export interface MessageBody {
  readonly text: string;
  readonly visibleText?: string;
  readonly html?: string;
  /** What was too long for an event, whole. */
  readonly overflow: readonly InboundFile[];
}

/** Bytes as UTF-8: an event must fit into one record of the log (Kafka's default limit is 1 MB). */
const LONGEST_TEXT = 128 * 1024;
const LONGEST_HTML = 384 * 1024;
/** Characters of HTML and text that are searched for what is new; the rest is in the file that keeps the whole. */
const READ_CHARACTERS = 1024 * 1024;

/** Text, new text and HTML of a mail. Mail without a text part gets its text from the HTML. */
export function messageBody(mail: Mail): MessageBody {
  const { html } = mail;
  const hasText = mail.text !== undefined && mail.text.trim() !== '';
  const read =
    (hasText ? mail.text : html === undefined ? '' : htmlToText(html.slice(0, READ_CHARACTERS))) ?? '';
  const text = read.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd();
  const visible = visibleText(text, html);
  const overflow: InboundFile[] = [];
  const isLongText = byteLength(text) > LONGEST_TEXT;
  if (isLongText) overflow.push(whole('full-text.txt', 'text/plain', text));
  const isLongHtml = html !== undefined && byteLength(html) > LONGEST_HTML;
  if (isLongHtml) overflow.push(whole('original.html', 'text/html', html));
  return {
    text: isLongText ? cut(text) : text,
    ...(visible === undefined ? {} : { visibleText: cut(visible) }),
    // Half of an HTML page is no page: the text speaks for it.
    ...(html === undefined || isLongHtml ? {} : { html }),
    overflow,
  };
}

/** The markup knows best what is quoted; where it says nothing, the lines of the text are read. */
function visibleText(text: string, html: string | undefined): string | undefined {
  const marked = html === undefined ? undefined : visibleHtml(html.slice(0, READ_CHARACTERS));
  return marked ?? newText(text.slice(0, READ_CHARACTERS));
}

function visibleHtml(html: string): string | undefined {
  const whole = htmlToText(html);
  const marked = htmlToText(html, true);
  const visible = newText(marked) ?? marked;
  return visible !== '' && visible !== whole ? visible : undefined;
}

function whole(name: string, contentType: string, text: string): InboundFile {
  return { name, contentType, content: new TextEncoder().encode(text), disposition: 'attachment' };
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

function cut(text: string): string {
  if (byteLength(text) <= LONGEST_TEXT) return text;
  const bytes = Buffer.from(text, 'utf8').subarray(0, LONGEST_TEXT);
  return `${bytes.toString('utf8').replace(/\ufffd+$/, '')}\n[…]`;
}
