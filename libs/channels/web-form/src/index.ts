import { type ChannelModule, keptReply, noMedia } from '@tributary/channel-sdk';
import { manifest } from './manifest.js';
import { parseSubmission } from './parse.js';

/** Our own page: nothing leaves the house, so a reply is delivered when it is stored. */
export const webForm: ChannelModule = {
  manifest,
  inbound: { kind: 'form', parse: parseSubmission },
  send: async (delivery) => keptReply(delivery, manifest, 'delivered'),
  fetchMedia: noMedia,
  checkSettings: () => [],
  publicAddress: (inbox) => `/f/${inbox.id}`,
};
