import { ChannelError } from '../channel.errors.js';
import type { ChannelPorts } from '../ports.js';

/** Ports of a host from which no provider can be reached. */
export const unreachablePorts: ChannelPorts = {
  http: {
    request: async () => {
      throw new ChannelError('unavailable', 'no provider is played here');
    },
  },
  fileLink: ({ name }) => `https://desk.example.org/media/token/${encodeURIComponent(name)}`,
  tokens: { get: async (_name, obtain) => (await obtain()).value },
  now: () => new Date(),
};
