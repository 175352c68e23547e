import { ChannelError, type ChannelPorts } from '@tributary/channel-sdk';

/**
 * A channel's way to simulators, for specs of the channel alone: requests to a provider's origin go to the place that
 * plays it, and to nowhere else.
 *
 * @param origins a provider's origins and the places that play them.
 */
export function simulatorPorts(origins: ReadonlyMap<string, string>): ChannelPorts {
  const tokens = new Map<string, string>();
  return {
    http: {
      request: async ({ method, url, headers = {}, body }, signal) => {
        const { origin, pathname, search } = new URL(url);
        const place = origins.get(origin);
        if (place === undefined) throw new ChannelError('unavailable', `nobody plays ${origin}`);
        const response = await fetch(`${place}${pathname}${search}`, {
          ...{ method, headers, signal, redirect: 'manual' },
          body: typeof body === 'string' || body === undefined ? body : Uint8Array.from(body),
        });
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: new Uint8Array(await response.arrayBuffer()),
        };
      },
    },
    tokens: {
      get: async (name, obtain, refused) => {
        const held = tokens.get(name);
        if (held !== undefined && held !== refused) return held;
        const { value } = await obtain();
        tokens.set(name, value);
        return value;
      },
    },
    now: () => new Date(),
  };
}
