import { ChannelError, type ChannelPorts, type ChannelRequest } from '@tributary/channel-sdk';

export interface SimulatorPorts extends ChannelPorts {
  /** Everything that was asked, as the channel wrote it. */
  readonly requests: readonly ChannelRequest[];
}

/**
 * A channel's way to simulators, for specs of the channel alone: requests to a provider's origin go to the place that
 * plays it, and to nowhere else.
 *
 * @param origins a provider's origins and the places that play them.
 */
export function simulatorPorts(
  origins: ReadonlyMap<string, string>,
  now: () => number = Date.now,
): SimulatorPorts {
  const requests: ChannelRequest[] = [];
  const tokens = new Map<string, string>();
  return {
    requests,
    http: {
      request: async (request, signal) => {
        requests.push(request);
        const { method, url, headers = {}, body } = request;
        const { origin, pathname, search } = new URL(url);
        const place = origins.get(origin);
        if (place === undefined) throw new ChannelError('unavailable', `nobody plays ${origin}`);
        const response = await fetch(`${place}${pathname}${search}`, {
          ...{ method, headers, signal, redirect: 'manual' },
          body: typeof body === 'string' || body === undefined ? body : Uint8Array.from(body),
        }).catch((error: unknown) => {
          throw new ChannelError('unknown_outcome', 'the connection ended', undefined, { cause: error });
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
    now: () => new Date(now()),
  };
}
