import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import {
  ChannelError,
  type ChannelHttp,
  type ChannelRequest,
  type ChannelResponse,
} from '@tributary/channel-sdk';
import { isPublicAddress, PrivateAddressError, publicLookup, type Resolve } from './public-address.js';

export interface ProviderHttpOptions {
  /**
   * Where requests to an origin go instead, `https://api.example.com` to `http://127.0.0.1:9001`: a simulator, a proxy.
   * Only such a place may have a private address. None by default.
   */
  readonly origins?: ReadonlyMap<string, string>;
  /** The system's by default. */
  readonly resolve?: Resolve;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const IDLE_MS = 30_000;

/** One way of connecting; a connection that may lead into our network is never used for another request. */
interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** The one way to providers over HTTP: nothing else in a host of channels opens a connection to an address it was told. */
export class ProviderHttp implements ChannelHttp {
  readonly #origins: ReadonlyMap<string, string>;
  readonly #open: Agents;
  readonly #configured: Agents;

  constructor({ origins = new Map(), resolve }: ProviderHttpOptions = {}) {
    this.#origins = origins;
    this.#open = agents({ lookup: publicLookup(resolve) });
    this.#configured = agents({});
  }

  async request(request: ChannelRequest, signal: AbortSignal): Promise<ChannelResponse> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS)]);
    let url = parsed(request.url);
    let headers = request.headers ?? {};
    // Where a configured origin led: it may send on to itself, however private.
    let place: string | undefined;
    for (let redirects = 0; ; redirects++) {
      place = this.#origins.get(url.origin) ?? (url.origin === place ? place : undefined);
      const target = place === undefined ? url : new URL(url.pathname + url.search, place);
      if (place === undefined) refusePrivate(target);
      const agent = place === undefined ? this.#open : this.#configured;
      const answer = await exchange({ ...request, headers }, target, agent, within);
      const next =
        request.method === 'GET' && REDIRECTS.has(answer.status) ? answer.headers['location'] : undefined;
      if (next === undefined) return answer;
      if (redirects === MOST_REDIRECTS) throw refused('the provider redirects without end');
      url = parsed(next, url);
      headers = {};
    }
  }
}

function agents(options: { readonly lookup?: ReturnType<typeof publicLookup> }): Agents {
  const all = { keepAlive: true, timeout: IDLE_MS, ...options };
  return { http: new HttpAgent(all), https: new HttpsAgent(all) };
}

function parsed(text: string, from?: URL): URL {
  const url = URL.parse(text, from?.href);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw refused('this is no address of the web');
  return url;
}

/** An address that stands in the URL itself is never looked up. */
function refusePrivate({ hostname }: URL): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !isPublicAddress(address)) throw refused('the address is a private one');
}

function exchange(
  request: ChannelRequest,
  target: URL,
  agents: Agents,
  signal: AbortSignal,
): Promise<ChannelResponse> {
  const secure = target.protocol === 'https:';
  return new Promise((resolve, reject) => {
    let sent = false;
    const fail = (error: unknown) => reject(channelError(error, sent));
    try {
      const outgoing = (secure ? httpsRequest : httpRequest)(target, {
        method: request.method,
        headers: { 'user-agent': 'Tributary', ...request.headers },
        agent: secure ? agents.https : agents.http,
        signal,
      });
      whenConnected(outgoing, secure, () => (sent = true));
      outgoing.once('error', fail);
      outgoing.once('response', (incoming) => {
        readBody(incoming, request.maxBytes ?? MAX_BYTES).then((body) => {
          resolve({ status: incoming.statusCode ?? 0, headers: plainHeaders(incoming), body });
        }, fail);
      });
      outgoing.end(request.body);
    } catch (error) {
      // Node refuses header values that would end the header.
      reject(refused('the request cannot be written', error));
    }
  });
}

/** From here on bytes of the request may have arrived. */
function whenConnected(outgoing: ClientRequest, secure: boolean, connected: () => void): void {
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) connected();
    else socket.once(secure ? 'secureConnect' : 'connect', connected);
  });
}

async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the connection with whatever would still come.
    if (size > maxBytes) throw refused(`the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

function channelError(error: unknown, sent: boolean): ChannelError {
  if (error instanceof ChannelError) return error;
  if (error instanceof PrivateAddressError) return refused(error.message, error);
  const code = (error as NodeJS.ErrnoException).code ?? 'failed';
  return sent
    ? new ChannelError('unknown_outcome', `the provider did not answer (${code})`, undefined, {
        cause: error,
      })
    : new ChannelError('unavailable', `the provider cannot be reached (${code})`, undefined, {
        cause: error,
      });
}

function refused(message: string, cause?: unknown): ChannelError {
  return new ChannelError('rejected_permanently', message, undefined, { cause });
}
