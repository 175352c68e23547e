import type { SenderDto } from '@tributary/contracts';

/** The media that Twilio carries behind one API; it writes all but SMS as a prefix of the address. */
export type Medium = 'sms' | 'whatsapp';

/** E.164: at most 15 digits, the first of a country code. */
export function isPhoneNumber(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text);
}

/** `whatsapp:+14155550100` is of `whatsapp`; an address without a prefix is a phone's. */
export function mediumOf(address: string): string {
  return /^([a-z]+):/i.exec(address)?.[1]?.toLowerCase() ?? 'sms';
}

export function withoutPrefix(address: string): string {
  return address.replace(/^[a-z]+:/i, '').trim();
}

/** As the API wants it. */
export function addressAt(medium: Medium, value: string): string {
  return medium === 'sms' ? value : `${medium}:${value}`;
}

/** What WhatsApp calls a user for one business: `US.13491208655302741918`. */
const BSUID = /^[A-Z]{2}(?:\.[A-Z]+)?\.\w{1,128}$/;

/**
 * Who wrote. On WhatsApp by the id that the business knows them by, where Twilio gives it, as it does since May 2026:
 * users with a name may hide their number, and one customer must not become two. Otherwise by the number in E.164.
 * Other senders of texts are short codes and names that networks show (`32665`, `MYBANK`): machines that nobody can
 * answer.
 *
 * @param userId Twilio's `ExternalUserId`.
 */
export function senderAt(medium: Medium, address: string, userId = '', name = ''): SenderDto {
  const named = name === '' ? {} : { name };
  const [value, bsuid] = [withoutPrefix(address), withoutPrefix(userId)];
  if (medium === 'whatsapp' && BSUID.test(bsuid)) return { kind: 'bsuid', value: bsuid, ...named };
  if (isPhoneNumber(value)) return { kind: 'phone', value, ...named };
  return { kind: medium === 'whatsapp' ? 'bsuid' : 'sender_id', value, ...named };
}

/** Whether the API can be asked to reach this identity over the medium. */
export function isReachable(medium: Medium, { kind, value }: SenderDto): boolean {
  if (kind === 'phone') return isPhoneNumber(value);
  return medium === 'whatsapp' && kind === 'bsuid' && BSUID.test(value);
}
