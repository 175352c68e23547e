import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { ChannelModule, WebhookAnswer } from '@tributary/channel-sdk';
import type { HookCall, HooksElsewhere } from '@tributary/channel-host';
import type { Channel } from '@tributary/contracts';
import type { HostUpstream } from '../gateway.config.js';

/** Headers that belong to the connection to us, or that are made anew for the next one. */
const OF_THE_CONNECTION = new Set([
  ...['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect'],
  ...['content-length', 'host', 'accept-encoding'],
]);
/** No provider waits longer; the process that answers keeps to each one's own time. */
const LONGEST_WAIT_MS = 15_000;

/** Hands a provider's call on to the process that hosts the channel, byte for byte, and its answer back. */
export class HookForwarder implements HooksElsewhere {
  readonly #places = new Map<Channel, string>();
  readonly #agent = new Agent({ keepAlive: true });

  /** @param places addresses of the other hosts, without a slash at the end. */
  constructor(channels: readonly ChannelModule[], places: Readonly<Partial<Record<HostUpstream, string>>>) {
    for (const { manifest } of channels) {
      const place = places[manifest.host as HostUpstream];
      if (place !== undefined) this.#places.set(manifest.channel, place);
    }
  }

  hosts(channel: Channel): boolean {
    return this.#places.has(channel);
  }

  forward(channel: Channel, call: HookCall): Promise<WebhookAnswer> {
    const url = `${this.#places.get(channel)!}${call.target}`;
    const { method, body } = call;
    const headers = { ...kept(call.headers), 'content-length': String(body.byteLength) };
    const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers, signal, agent: this.#agent }, (incoming) => {
        const { statusCode: status = 502 } = incoming;
        buffer(incoming).then(
          (content) => resolve({ status, headers: kept(incoming.headers), body: content.toString() }),
          reject,
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function kept(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || OF_THE_CONNECTION.has(name) ? [] : [[name, [value].flat().join(', ')]],
    ),
  );
}
