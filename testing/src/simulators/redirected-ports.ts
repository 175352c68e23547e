/** A request as channels make them; the shape of `channel-sdk`'s, which simulators do not import. */
interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

interface Token {
  readonly value: string;
}

/**
 * A channel's ways out, for its specs: what goes to a vendor's origin goes to a simulator, tokens are kept in memory.
 *
 * @param origins simulators by the origin they stand for; a request to any other fails.
 */
export function redirectedPorts(origins: Readonly<Record<string, string>>, now: () => number = Date.now) {
  const kept = new Map<string, string>();
  const requests: Outgoing[] = [];
  return {
    /** Everything that was asked, as the channel wrote it. */
    requests,
    http: {
      async request(outgoing: Outgoing, signal: AbortSignal) {
        requests.push(outgoing);
        const { origin } = new URL(outgoing.url);
        const simulator = origins[origin];
        if (simulator === undefined) throw new Error(`no simulator for ${origin}`);
        const response = await fetch(outgoing.url.replace(origin, simulator), {
          method: outgoing.method,
          headers: { ...outgoing.headers },
          ...(outgoing.body === undefined ? {} : { body: Buffer.from(outgoing.body) }),
          signal,
        });
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: new Uint8Array(await response.arrayBuffer()),
        };
      },
    },
    tokens: {
      async get(name: string, obtain: () => Promise<Token>, refused?: string): Promise<string> {
        const known = kept.get(name);
        if (known !== undefined && known !== refused) return known;
        const { value } = await obtain();
        kept.set(name, value);
        return value;
      },
    },
    now: () => new Date(now()),
  };
}
