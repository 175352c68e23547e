import type { ChannelInbox } from '@tributary/channel-sdk';
import type { Channel } from '@tributary/contracts';

/** An inbox with its workspace, credentials opened. Never log it whole. */
export interface HostedInbox extends ChannelInbox {
  readonly workspaceId: string;
  readonly channel: Channel;
}

/** Which inbox of which workspace. */
export type InboxRef = Pick<HostedInbox, 'id' | 'workspaceId'>;

/** Finds inboxes before a workspace is known; only enabled ones. */
export interface InboxLookup {
  byId(inboxId: string): Promise<HostedInbox | undefined>;
  /** The inbox that owns a recipient's mail address, plus-parts ignored (`help+t1.abc@…` is `help@…`). */
  byMailAddress(address: string): Promise<HostedInbox | undefined>;
  /** Every enabled inbox of a channel. */
  ofChannel(channel: Channel): Promise<readonly HostedInbox[]>;
  /** It was changed: whoever asks next is told of it as it is. */
  forget(inboxId: string): void;
}
