import type { Channel } from '@tributary/contracts';
import type { MessageId } from './message-ids.js';
import type { Translate } from './use-translate.js';

const NAMES: Readonly<Record<Channel, MessageId>> = { email: 'channel.email', web_form: 'channel.web_form' };

const isKnown = (channel: string): channel is Channel => channel in NAMES;

/** A channel in words; one that this console does not know yet shows its own id rather than nothing. */
export const channelName = (channel: string, t: Translate): string =>
  isKnown(channel) ? t(NAMES[channel]) : channel;
