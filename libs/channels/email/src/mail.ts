import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import { type FlowedMail, hideFlowed, joinFlowedLines } from './flowed-text.js';
import { headerEnd, readableHeaders } from './raw-mail.js';

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

export interface MailFile {
  readonly name: string | null;
  /** Lower case; as the sender claims it. */
  readonly contentType: string;
  readonly content: Uint8Array;
  /** Without the brackets, as an HTML `cid:` refers to it. */
  readonly contentId?: string;
}

/** A mail taken apart; nothing in it is trusted. */
export interface Mail {
  /** Value of the first header of that name, unfolded. Names in lower case. */
  header(name: string): string | undefined;
  /** Values of all headers of that name, in the order they stand. */
  headers(name: string): readonly string[];
  readonly from: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  readonly sender: readonly Mailbox[];
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  /** Every part that is no body: also reports, nested mails and inline images. */
  readonly files: readonly MailFile[];
}

/**
 * The parser takes about 10 µs a line. 30 MB of base64 have 400,000 lines; a mail of nothing but line ends would
 * hold up everybody for minutes.
 */
const MOST_LINES = 450_000;

/**
 * Takes a mail apart, however broken: what can be read is read.
 *
 * @throws Error when it goes beyond any sane nesting, header size or number of lines (256 levels, 2 MiB, 450,000).
 */
export async function readMail(raw: Uint8Array): Promise<Mail> {
  if (lines(raw) > MOST_LINES) throw new Error(`The mail has more than ${MOST_LINES} lines.`);
  const { bytes, flowed } = hideFlowed(readableHeaders(raw));
  const email = await PostalMime.parse(bytes, {
    // A forwarded mail is a file of this one, not a piece of its text.
    forceRfc822Attachments: true,
  });
  const byName = new Map<string, string[]>();
  for (const { key, value } of email.headers) {
    const values = byName.get(key);
    if (values) values.push(value);
    else byName.set(key, [value]);
  }
  return {
    header: (name) => byName.get(name)?.[0],
    headers: (name) => byName.get(name) ?? [],
    from: mailboxes(email.from),
    replyTo: mailboxes(email.replyTo),
    sender: mailboxes(email.sender),
    to: mailboxes(email.to),
    cc: mailboxes(email.cc),
    ...bodies(email, flowed, bytes),
    files: email.attachments.map(file),
  };
}

function bodies(
  email: Email,
  flowed: FlowedMail['flowed'],
  bytes: Uint8Array,
): Pick<Mail, 'subject' | 'text' | 'html'> {
  // The boundary that the header names stands nowhere: then the body is what a person would read.
  const isNothing = !email.text && !email.html && email.attachments.length === 0;
  const found = isNothing ? new TextDecoder().decode(bytes.subarray(headerEnd(bytes))) : email.text;
  const text = flowed && found !== undefined ? joinFlowedLines(found, flowed.delsp) : found;
  return {
    ...(email.subject === undefined ? {} : { subject: plain(email.subject).replace(/\s+/g, ' ').trim() }),
    ...(text === undefined ? {} : { text: plain(text) }),
    ...(email.html === undefined ? {} : { html: plain(email.html) }),
  };
}

function lines(raw: Uint8Array): number {
  let count = 0;
  for (let at = raw.indexOf(0x0a); at >= 0; at = raw.indexOf(0x0a, at + 1)) count++;
  return count;
}

function mailboxes(addresses: Address | readonly Address[] | undefined): readonly Mailbox[] {
  const list = addresses === undefined ? [] : Array.isArray(addresses) ? addresses : [addresses as Address];
  return list
    .flatMap((each) => each.group ?? [each])
    .map(({ name, address }) => ({ name: plain(name).trim(), address: plain(address ?? '').trim() }));
}

function file(attachment: Attachment): MailFile {
  const { content } = attachment;
  const contentId = attachment.contentId?.trim().replace(/^<|>$/g, '');
  return {
    name: attachment.filename === null ? null : plain(attachment.filename),
    contentType: attachment.mimeType,
    content: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content),
    ...(contentId ? { contentId: plain(contentId) } : {}),
  };
}

/** Text that PostgreSQL and JSON can hold: no NUL, no half of a surrogate pair. */
function plain(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
