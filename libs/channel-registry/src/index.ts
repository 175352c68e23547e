import type { ChannelManifest, ChannelModule, SendPolicy } from '@tributary/channel-sdk';
import * as channels from './channels.js';

export { channelTable } from './channel-table.js';

/** Every channel of the list, in the order of their titles. */
export const CHANNEL_MODULES: readonly ChannelModule[] = Object.values(channels).toSorted((a, b) =>
  a.manifest.title < b.manifest.title ? -1 : 1,
);

/** What each channel lets us send, for those who cannot import channels. */
export function channelPolicies(
  modules: readonly ChannelModule[] = CHANNEL_MODULES,
): readonly { readonly channel: ChannelManifest['channel']; readonly policy: SendPolicy }[] {
  return modules.map(({ manifest }) => ({ channel: manifest.channel, policy: manifest.sendPolicy }));
}
