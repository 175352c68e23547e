import type { ChannelModule } from '@tributary/channel-sdk';
import * as channels from './channels.js';

export { channelTable } from './channel-table.js';

/** Every channel of the list, in the order of their titles. */
export const CHANNEL_MODULES: readonly ChannelModule[] = Object.values(channels).toSorted((a, b) =>
  a.manifest.title < b.manifest.title ? -1 : 1,
);
