import type { ThreadHintsDto } from '@tributary/contracts';
import { addressParts, normaliseAddress } from './address.js';
import type { Mail } from './mail.js';
import { isToken, messageIds, parseOwnMessageId } from './message-id.js';

const MOST_TOKENS = 50;
const MOST_REFERENCES = 100;
const MOST_NUMBERS = 10;

/** Headers that a mail server writes at delivery, strongest first; the To line is the sender's own word. */
const DELIVERY_HEADERS = ['delivered-to', 'x-original-to', 'x-envelope-to', 'envelope-to'];

/**
 * What may tie a mail to a conversation. Everything in it can be forged: a token counts by its signature, and
 * references and numbers only for a participant; `tickets` checks both.
 *
 * Order of the tokens: the address the mail was delivered to, then In-Reply-To, then References from the last.
 *
 * @param recipient envelope recipient, when a mail server handed us the mail itself.
 */
export function threadHints(mail: Mail, recipient: string | undefined): ThreadHintsDto {
  const answered = messageIds(mail.header('in-reply-to'));
  const chain = messageIds(mail.headers('references').join(' ')).toReversed();
  const references = unique([...answered, ...chain]);
  const fromIds = references.map((id) => parseOwnMessageId(id)?.token).filter((token) => token !== undefined);
  return {
    tokens: unique([...recipientTokens(mail, recipient), ...fromIds]).slice(0, MOST_TOKENS),
    references: references.slice(0, MOST_REFERENCES),
    ticketNumbers: ticketNumbers(mail.subject),
  };
}

/** Tokens in the plus part of the addresses that the mail was sent to, strongest first. */
function recipientTokens(mail: Mail, recipient: string | undefined): readonly string[] {
  const addresses = [
    recipient,
    ...DELIVERY_HEADERS.flatMap((name) => mail.headers(name)),
    ...[...mail.to, ...mail.cc].map(({ address }) => address),
  ];
  return addresses
    .map((address) => normaliseAddress(address))
    .flatMap((address) => (address === undefined ? [] : [addressParts(address).plus ?? '']))
    .filter(isToken);
}

/** `[#123]` as our own subjects carry it. */
function ticketNumbers(subject: string | undefined): string[] {
  const found = [...(subject ?? '').matchAll(/\[#([A-Za-z0-9-]{1,20})\]/g)].map((match) => match[1] ?? '');
  return unique(found).slice(0, MOST_NUMBERS);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
