import { type ChannelModule, keptReply, noMedia } from '@tributary/channel-sdk';
import { manifest } from './manifest.js';
import { parseSubmission } from './parse.js';
import { checkSettings } from './settings.js';

/** Our own widget: a reply is out when it is stored, and the widget says when it was shown and read. */
export const webChat: ChannelModule = {
  manifest,
  inbound: { kind: 'form', parse: parseSubmission },
  send: async (delivery) => keptReply(delivery, manifest, 'sent'),
  fetchMedia: noMedia,
  checkSettings,
  publicAddress: (inbox) => `/chat/${inbox.id}`,
};
