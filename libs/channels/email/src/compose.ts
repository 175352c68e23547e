import type { ChannelInbox, OutboundDelivery } from '@tributary/channel-sdk';
import MailComposer from 'nodemailer/lib/mail-composer';
import { addressParts } from './address.js';
import { buildMessageId } from './message-id.js';
import { emailSettings } from './settings.js';

export interface ComposedMail {
  readonly raw: Buffer;
  /** With brackets. */
  readonly messageId: string;
  readonly envelope: {
    readonly from: string;
    readonly to: string;
    /** RFC 3461: reports come back with this id, also when they carry nothing of the mail. */
    readonly dsn: { readonly envid: string; readonly ret: 'HDRS'; readonly notify: string[] };
  };
}

/** RFC 5322, 3.6.4 allows to cut the chain; the first says which thread it is, the last ten where in it. */
const LAST_REFERENCES = 10;
const REPLY_PREFIX = /^(?:re|aw|sv|vs|antw|odp|rép|res|回复|回覆|答复|答覆|返信)(?:\[\d+\])?\s*[:：]/i;

/** The mail that carries an agent's reply: the same delivery gives the same Message-ID, each time it is composed. */
export async function composeMail(delivery: OutboundDelivery, inbox: ChannelInbox): Promise<ComposedMail> {
  const { address, displayName, plusAddressing } = emailSettings(inbox);
  const { local, domain } = addressParts(address);
  const messageId = buildMessageId(delivery.threadToken, delivery.messageId, delivery.attempt, domain);
  const answersTo = plusAddressing ? `${local}+${delivery.threadToken}@${domain}` : address;
  const name = senderName(delivery.authorName, displayName);
  const references = cappedReferences(delivery.references);
  const last = references.at(-1);
  const raw = await new MailComposer({
    from: { name, address },
    to: { name: delivery.to.name ?? '', address: delivery.to.value },
    ...(plusAddressing ? { replyTo: { name, address: answersTo } } : {}),
    subject: replySubject(delivery.subject, delivery.ticketNumber, last !== undefined),
    // Not folded, however long: receivers that do not unfold it would thread by an id of their own.
    headers: { 'message-id': { prepared: true, foldLines: false, value: messageId } },
    ...(last === undefined ? {} : { inReplyTo: last, references }),
    text: delivery.text,
    // Not left to the library's guess: the same text is always encoded the same way.
    textEncoding: 'quoted-printable',
    attachments: delivery.files.map((file) => ({
      filename: file.name,
      contentType: file.contentType,
      content: Buffer.from(file.content.buffer, file.content.byteOffset, file.content.byteLength),
      contentDisposition: 'attachment' as const,
    })),
    // Texts and file names come from people: none of them may make the server open a file or a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
  const envid = messageId.slice(1, messageId.lastIndexOf('@'));
  return {
    raw,
    messageId,
    envelope: {
      // Reports of failed delivery come back with the token in their recipient address.
      from: answersTo,
      to: delivery.to.value,
      dsn: { envid, ret: 'HDRS', notify: ['FAILURE', 'DELAY'] },
    },
  };
}

function senderName(authorName: string, displayName: string | undefined): string {
  const names = [authorName, displayName].map((name) => name?.replace(/\s+/g, ' ').trim() ?? '');
  const [author, inbox] = names;
  return author && inbox ? `${author} (${inbox})` : author || inbox || '';
}

/** `Re: <subject> [#number]`, however often it went back and forth. */
export function replySubject(subject: string | undefined, ticketNumber: string, isAnswer: boolean): string {
  const mark = `[#${ticketNumber}]`;
  const own = (subject ?? '').replaceAll(mark, ' ').replace(/\s+/g, ' ').trim().slice(0, 900).toWellFormed();
  const answer = isAnswer && !REPLY_PREFIX.test(own) ? `Re: ${own}` : own;
  return `${answer.trim()} ${mark}`.trim();
}

/** Ids come from customers' mails: what is no Message-ID is left out. */
export function cappedReferences(references: readonly string[]): string[] {
  const ids = references.filter((id) => /^<[^<>\s]{1,996}>$/.test(id));
  return ids.length <= LAST_REFERENCES + 1 ? ids : [ids[0] ?? '', ...ids.slice(-LAST_REFERENCES)];
}
