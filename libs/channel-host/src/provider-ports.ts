import { ChannelError, type ChannelPorts } from '@tributary/channel-sdk';
import type { Clock } from '@tributary/runtime';
import type { HostedInbox } from './hosted-inbox.js';

/** The way to the provider for one inbox. */
export type PortsOf = (inbox: HostedInbox) => ChannelPorts;

/** For hosts whose channels bring their own protocol (IMAP, SMTP) and ask for no other way. */
export function withoutProviders(clock: Clock): PortsOf {
  const ports: ChannelPorts = {
    http: {
      request: async () => {
        throw new ChannelError('unavailable', 'this host has no way to providers');
      },
    },
    tokens: { get: async (_name, obtain) => (await obtain()).value },
    now: () => clock.now(),
  };
  return () => ports;
}
