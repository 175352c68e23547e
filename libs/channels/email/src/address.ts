/** An address taken apart: `help+c1.abc@example.com` is help, c1.abc, example.com. */
export interface AddressParts {
  readonly local: string;
  readonly plus?: string;
  readonly domain: string;
}

/**
 * One `@`, no space, bracket, quote or control character, at most 320 characters. Quoted local parts are legal
 * (RFC 5321, 4.1.2), but no provider hands them out and they smuggle headers.
 */
const ADDRESS = /^[^\s"<>()[\]\\,;:@\p{Cc}]+@[^\s"'<>()[\]\\,;:@\p{Cc}]+$/u;

export function isMailAddress(value: string): boolean {
  return value.length <= 320 && ADDRESS.test(value);
}

/** Lower case, Unicode composed, so that one customer has one identity; undefined when it is no address. */
export function normaliseAddress(value: string | undefined): string | undefined {
  const trimmed = value
    ?.trim()
    .replace(/^<(.*)>$/, '$1')
    .normalize('NFC')
    .toLowerCase();
  return trimmed !== undefined && isMailAddress(trimmed) ? trimmed : undefined;
}

export function addressParts(address: string): AddressParts {
  const at = address.lastIndexOf('@');
  const whole = address.slice(0, at);
  const domain = address.slice(at + 1);
  const plus = whole.indexOf('+');
  return plus > 0
    ? { local: whole.slice(0, plus), plus: whole.slice(plus + 1), domain }
    : { local: whole, domain };
}

/** True when both reach one mailbox: the plus part is ignored, so is case. */
export function isSameMailbox(a: string, b: string): boolean {
  const [left, right] = [addressParts(a.toLowerCase()), addressParts(b.toLowerCase())];
  return left.local === right.local && left.domain === right.domain;
}
