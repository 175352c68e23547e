import { createHash } from 'node:crypto';
import type { ChannelInbox, InboundEvent, PollItem } from '@tributary/channel-sdk';
import { addressParts, isSameMailbox, normaliseAddress } from './address.js';
import { readDeliveryReport } from './delivery-report.js';
import { messageFiles } from './files.js';
import { mailKind, type MailKind } from './machine-mail.js';
import { type Mail, type Mailbox, readMail } from './mail.js';
import { messageBody } from './message-body.js';
import { parseOwnMessageId, singleMessageId } from './message-id.js';
import { emailSettings } from './settings.js';
import { threadHints } from './thread-hints.js';

type MessageEvent = Extract<InboundEvent, { kind: 'message' }>;

/** Reports of mail systems that name no sender; the domain is reserved (RFC 2606), so nothing is ever sent there. */
const NAMELESS_MAIL_SYSTEM = 'mailer-daemon@unknown.invalid';

/**
 * One mail, as bytes, to what it means.
 *
 * The event id is the SHA-256 of the bytes, not the Message-ID: programs repeat Message-IDs for different mails,
 * some mails have none, and a mail that is read again after the server renumbered its folder has the same bytes.
 *
 * A report that one of our mails was not delivered gives two events: the receipt that marks our message as
 * failed, and the report itself as an automatic message, so that every mail has a message and agents can read it.
 */
export async function parseMail(item: PollItem, inbox: ChannelInbox): Promise<readonly InboundEvent[]> {
  const { raw } = item;
  const providerEventId = item.fullSize === undefined ? sha256(raw) : item.id;
  const unreadable = (reason: string, detail: string): InboundEvent[] => [
    { kind: 'unreadable', providerEventId, reason, detail: detail.slice(0, 2000) },
  ];
  if (raw.byteLength === 0) return unreadable('EMPTY', 'The mail has no bytes.');
  let mail: Mail;
  try {
    mail = await readMail(raw);
  } catch (error) {
    return unreadable(
      'BROKEN_MIME',
      error instanceof Error ? error.message : 'The mail cannot be taken apart.',
    );
  }
  if (item.fullSize !== undefined) return unreadable('TOO_LARGE', tooLarge(mail, item.fullSize));
  return mailEvents({ mail, item, inbox, providerEventId }, unreadable);
}

interface ReadMail {
  readonly mail: Mail;
  readonly item: PollItem;
  readonly inbox: ChannelInbox;
  readonly providerEventId: string;
}

function mailEvents(
  read: ReadMail,
  unreadable: (reason: string, detail: string) => InboundEvent[],
): readonly InboundEvent[] {
  const { mail, item, inbox, providerEventId } = read;
  const { address } = emailSettings(inbox);
  const kind = mailKind(mail, item.sender);
  const echo: InboundEvent = { kind: 'ignored', providerEventId, reason: 'own_echo' };
  if (isOwnMail(mail, address)) return [echo];
  const sender = customer(mail, address, kind);
  if (sender === undefined) {
    return unreadable('NO_SENDER', `No sender’s address can be read. Subject: ${mail.subject ?? '(none)'}`);
  }
  if (sender === 'ourselves') return [echo];
  if (kind === 'person' || kind === 'auto_reply') return [message(read, sender, kind)];
  return reportEvents(read, sender, kind, address);
}

/** A bounce or complaint: tied to the conversation of the mail it is about, with a receipt when that is ours. */
function reportEvents(read: ReadMail, sender: Mailbox, kind: MailKind, address: string): InboundEvent[] {
  const { mail, providerEventId } = read;
  const { originalMessageId, outcome, detail } = readDeliveryReport(mail, addressParts(address).domain);
  const event = message(read, sender, kind);
  if (originalMessageId === undefined) return [event];
  const own = parseOwnMessageId(originalMessageId);
  const thread = {
    ...event.thread,
    tokens: [...new Set([...(own ? [own.token] : []), ...event.thread.tokens])].slice(0, 50),
    references: [...new Set([originalMessageId, ...event.thread.references])].slice(0, 100),
  };
  const tied: InboundEvent = { ...event, thread };
  // Where a relay has replaced our Message-ID, the report stands in the conversation and no attempt can be told.
  if (kind !== 'bounce' || !own || outcome === 'delayed') return [tied];
  const receipt: InboundEvent = {
    kind: 'receipt',
    providerEventId: `${providerEventId}:receipt`,
    externalId: originalMessageId,
    sent: { messageId: uuidOf(own.messageId), attempt: own.attempt },
    state: outcome,
    detail,
  };
  return [receipt, tied];
}

function message(read: ReadMail, sender: Mailbox, kind: MailKind): MessageEvent {
  const { mail, item, inbox, providerEventId } = read;
  const { address } = emailSettings(inbox);
  const externalId = singleMessageId(mail.header('message-id'));
  const to = item.recipient ?? recipient(mail, address);
  const body = messageBody(mail);
  return {
    kind: 'message',
    providerEventId,
    ...(externalId === undefined ? {} : { externalId }),
    from: {
      kind: 'email',
      value: sender.address,
      ...(sender.name === '' ? {} : { name: sender.name.slice(0, 200).toWellFormed() }),
    },
    ...(to === undefined ? {} : { to: to.slice(0, 320) }),
    thread: threadHints(mail, item.recipient),
    ...(mail.subject ? { subject: mail.subject.slice(0, 998).toWellFormed() } : {}),
    text: body.text,
    ...(body.visibleText === undefined ? {} : { visibleText: body.visibleText }),
    ...(body.html === undefined ? {} : { html: body.html }),
    files: messageFiles(mail, body.overflow),
    automatic: kind !== 'person',
    fields: {},
  };
}

/**
 * Whom an answer goes to: Reply-To where it is a valid address of somebody else, then From. A web site's form
 * that writes from our own address with the customer in Reply-To is the customer's mail; without one it is our
 * own, and answering it would never end.
 */
function customer(mail: Mail, ownAddress: string, kind: MailKind): Mailbox | 'ourselves' | undefined {
  const usable = (mailboxes: readonly Mailbox[]): readonly Mailbox[] =>
    mailboxes.flatMap(({ name, address }) => {
      const normalised = normaliseAddress(address);
      return normalised === undefined ? [] : [{ name, address: normalised }];
    });
  const from = usable(mail.from)[0];
  if (from === undefined && kind !== 'bounce' && kind !== 'complaint') return undefined;
  const asked = kind === 'person' ? usable(mail.replyTo) : [];
  const sender =
    asked.find(({ address }) => !isSameMailbox(address, ownAddress) && !isListAddress(mail, address)) ?? from;
  if (sender === undefined) return { name: '', address: NAMELESS_MAIL_SYSTEM };
  // A server may report in the name of the mailbox; a report is never answered, so it cannot loop.
  if ((kind === 'person' || kind === 'auto_reply') && isSameMailbox(sender.address, ownAddress))
    return 'ourselves';
  // The name of the web site's form is not the customer's.
  const hasTheName = from !== undefined && !isSameMailbox(from.address, ownAddress);
  return sender.name === '' && hasTheName ? { ...sender, name: from.name } : sender;
}

/** Lists and groups put their own address into Reply-To; the customer is in From. */
function isListAddress(mail: Mail, address: string): boolean {
  const isList = mail.header('list-id') !== undefined || mail.header('list-post') !== undefined;
  const listed = [...mail.to, ...mail.cc].some((each) => normaliseAddress(each.address) === address);
  return isList && (listed || (mail.header('list-post') ?? '').toLowerCase().includes(`mailto:${address}`));
}

/** A mail that we sent and that came back whole, by a forwarding rule or a copy to ourselves. */
function isOwnMail(mail: Mail, ownAddress: string): boolean {
  const from = normaliseAddress(mail.from[0]?.address);
  if (from === undefined || !isSameMailbox(from, ownAddress)) return false;
  return parseOwnMessageId(singleMessageId(mail.header('message-id')) ?? '') !== undefined;
}

/** Our address among the recipients, else the first. */
function recipient(mail: Mail, ownAddress: string): string | undefined {
  const addresses = [
    ...mail.headers('delivered-to'),
    ...[...mail.to, ...mail.cc].map(({ address }) => address),
  ]
    .map((address) => normaliseAddress(address))
    .filter((address) => address !== undefined);
  return addresses.find((address) => isSameMailbox(address, ownAddress)) ?? addresses[0];
}

function tooLarge(mail: Mail, fullSize: number): string {
  const from = mail.from[0]?.address ?? '(unknown)';
  const megabytes = Math.ceil(fullSize / 1024 / 1024);
  return `A mail of ${megabytes} MB from ${from} was not fetched whole. Subject: ${mail.subject ?? '(none)'}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function uuidOf(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
