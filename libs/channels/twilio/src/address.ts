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

/**
 * Who wrote. A phone number, where there is one, so that texts, calls and WhatsApp of a person meet in one contact; a
 * WhatsApp user who hides it has an id that holds for this business alone (`US.13491208655302741918`). Other senders
 * of texts are short codes and names that networks show (`32665`, `MYBANK`): machines that nobody can answer.
 */
export function senderAt(medium: Medium, address: string, name: string | undefined): SenderDto {
  const value = withoutPrefix(address);
  const kind = isPhoneNumber(value) ? 'phone' : medium === 'whatsapp' ? 'whatsapp_user' : 'sender_id';
  return { kind, value, ...(name ? { name } : {}) };
}

/** Whether the API can be asked to reach this identity over the medium. */
export function isReachable(medium: Medium, { kind, value }: SenderDto): boolean {
  if (kind === 'phone') return isPhoneNumber(value);
  return (
    medium === 'whatsapp' && kind === 'whatsapp_user' && /^[A-Z]{2}(?:\.[A-Z]+)?\.\w{1,128}$/.test(value)
  );
}
