import type { Translate } from './use-translate.js';

/** An address in place of a name: letters and digits without a blank, longer than people are called. */
const OPAQUE = /^(?=.*\d)[\w-]{20,}$|^\d{12,}$/;
const TAIL = 5;

/** A customer whose provider tells no name is called by the end of their id, which tells two apart. */
export function contactName(name: string, t: Translate): string {
  return OPAQUE.test(name) ? t('contact.unnamed', { tail: name.slice(-TAIL) }) : name;
}
