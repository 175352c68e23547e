import type { Channel } from '@tributary/contracts';
import { channelName } from './channel-name.js';
import type { Translate } from './use-translate.js';

/** An address in place of a name: letters and digits without a blank, longer than people are called. */
const OPAQUE = /^(?=.*\d)[\w-]{20,}$|^\d{12,}$/;
const TAIL = 5;

/** A customer whose provider tells no name is called by the channel and the end of their id, which tells two apart. */
export function contactName(name: string, channel: Channel, t: Translate): string {
  if (!OPAQUE.test(name)) return name;
  return t('contact.unnamed', { channel: channelName(channel, t), tail: name.slice(-TAIL) });
}
