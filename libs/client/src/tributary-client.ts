import type { Accepted, Message, Receipt, Signal } from './calls.js';
import { type FieldFault, RefusedError } from './client.errors.js';
import { type Key, keyOf, signatureOf } from './signature.js';

export interface ClientOptions {
  /** The address that the inbox shows: `https://desk.example.org/hooks/<inbox>`. */
  readonly url: string;
  /** The inbox's signing secret, `whsec_…`. Never in a page: whoever has it speaks for all your customers. */
  readonly secret: string;
  /** Tries of one call, the first included; 6 by default, which takes about half a minute. */
  readonly attempts?: number;
  /** Milliseconds for one try; 15,000 by default. */
  readonly timeoutMs?: number;
  /** The platform's by default. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Waits between tries, at most until the signal aborts; the platform's timer by default. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

export interface CallOptions {
  /**
   * Names the call: letters, digits, `_` and `-`, at most 200. However often it is made under one id, it counts once;
   * give one that you keep when you may make it again after a crash. A random one by default.
   */
  readonly id?: string;
  /** Ends the call and its waits. */
  readonly signal?: AbortSignal;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** A desk that asks for a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 60_000;
/** Answers after which the same call may succeed. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What one try came to. */
type Tried =
  | { readonly kind: 'accepted'; readonly accepted: Accepted }
  | { readonly kind: 'failed'; readonly error: RefusedError; readonly waitMs?: number };

/** Speaks to one inbox of channel `api`. Calls resolve once the desk has them for good. */
export class TributaryClient {
  readonly #key: Promise<Key>;

  constructor(private readonly options: ClientOptions) {
    this.#key = keyOf(options.secret);
    // Told by the first call.
    this.#key.catch(() => undefined);
  }

  /**
   * A customer's message.
   *
   * @throws RefusedError, also when all attempts failed: then the message may be there, and the same id is safe.
   */
  send(message: Message, options?: CallOptions): Promise<Accepted> {
    return this.#call({ type: 'message', ...message }, options);
  }

  /** An alarm, raised or cleared. Throws as `send`. */
  signal(signal: Signal, options?: CallOptions): Promise<Accepted> {
    return this.#call({ type: 'signal', ...signal }, options);
  }

  /** Tells agents that a reply was delivered or read, or why it could not be. Throws as `send`. */
  report(receipt: Receipt, options?: CallOptions): Promise<Accepted> {
    return this.#call({ type: 'receipt', ...receipt }, options);
  }

  async #call(call: object, options: CallOptions = {}): Promise<Accepted> {
    const { attempts = 6, sleep = pause } = this.options;
    const id = options.id ?? crypto.randomUUID();
    const body = JSON.stringify(call);
    for (let tried = 1; ; tried++) {
      options.signal?.throwIfAborted();
      const result = await this.#try(id, body, options.signal);
      if (result.kind === 'accepted') return result.accepted;
      const { error, waitMs = waitAfter(tried) } = result;
      const isOver = tried >= attempts || waitMs > LONGEST_PAUSE_MS;
      if (isOver || (error.status !== 0 && !PASSING.has(error.status))) throw error;
      await sleep(waitMs, options.signal);
    }
  }

  /** Signed anew each time: a signature is good for five minutes. */
  async #try(id: string, body: string, signal?: AbortSignal): Promise<Tried> {
    const { url, timeoutMs = 15_000, fetch: ask = fetch } = this.options;
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = await signatureOf(await this.#key, id, timestamp, body);
    const within = AbortSignal.timeout(timeoutMs);
    try {
      const response = await ask(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signature,
        },
        body,
        redirect: 'error',
        signal: signal === undefined ? within : AbortSignal.any([signal, within]),
      });
      const text = await response.text();
      if (response.ok) return { kind: 'accepted', accepted: JSON.parse(text) as Accepted };
      const waitMs = retryAfter(response.headers.get('retry-after'));
      return {
        kind: 'failed',
        error: refusal(response.status, text),
        ...(waitMs === undefined ? {} : { waitMs }),
      };
    } catch (error) {
      signal?.throwIfAborted();
      const message = 'the desk did not answer';
      return { kind: 'failed', error: new RefusedError(0, 'UNREACHABLE', message, [], { cause: error }) };
    }
  }
}

function refusal(status: number, text: string): RefusedError {
  const problem = objectIn(text);
  const code = typeof problem['code'] === 'string' ? problem['code'] : `HTTP_${status}`;
  const faults = Array.isArray(problem['errors']) ? (problem['errors'] as FieldFault[]) : [];
  const named = faults.map(({ field, rule }) => `${field}: ${rule}`).join(', ');
  return new RefusedError(status, code, [`${status} ${code}`, named].filter(Boolean).join(' – '), faults);
}

/** What stands between may answer with anything. */
function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Doubles, and differs from that of others who failed at the same time. */
function waitAfter(tried: number): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** (tried - 1), LONGEST_WAIT_MS);
  return longest / 2 + (Math.random() * longest) / 2;
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });
}
