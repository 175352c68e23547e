import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

export type MetaObject = 'page' | 'instagram' | 'whatsapp_business_account';

export interface CallerOptions {
  readonly appSecret: string;
  readonly verifyToken: string;
  /** Milliseconds before a refused call is made again; doubled each time. */
  readonly backoffMs: number;
  /** Tries of one call before Meta gives up; hours in life. */
  readonly attempts: number;
}

interface HeldCall {
  readonly object: MetaObject;
  readonly entries: readonly unknown[];
}

/** Meta's side of a webhook: shakes hands, signs, calls, calls again. */
export class MetaCaller {
  readonly #options: CallerOptions;
  readonly #callbacks = new Map<MetaObject, string>();
  #held: HeldCall[] | undefined;
  /** Status of every call that was made, in order; 0 for one that could not be made. */
  readonly answers: number[] = [];

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** @throws Error when the address does not give the challenge back. */
  async subscribe(object: MetaObject, url: string): Promise<void> {
    const challenge = '1158201444';
    const address = new URL(url);
    address.searchParams.set('hub.mode', 'subscribe');
    address.searchParams.set('hub.challenge', challenge);
    address.searchParams.set('hub.verify_token', this.#options.verifyToken);
    const response = await fetch(address);
    const body = await response.text();
    if (!response.ok || body !== challenge) {
      throw new Error(`the callback URL could not be validated: ${response.status} ${body}`);
    }
    this.#callbacks.set(object, url);
  }

  /** From now on calls wait for `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Makes the calls that waited: each so many times, in an order that the seed decides. */
  async release({ deliveries = 1, seed = 1 } = {}): Promise<void> {
    const held = this.#held ?? [];
    this.#held = undefined;
    const calls = held.flatMap((call) => Array.from({ length: deliveries }, () => call));
    await Promise.all(shuffled(calls, seed).map(({ object, entries }) => this.#deliver(object, entries)));
  }

  /** @throws Error when nobody subscribed, or Meta gave up. */
  async call(object: MetaObject, entries: readonly unknown[]): Promise<void> {
    if (this.#held !== undefined) this.#held.push({ object, entries });
    else await this.#deliver(object, entries);
  }

  async #deliver(object: MetaObject, entries: readonly unknown[]): Promise<void> {
    const url = this.#callbacks.get(object);
    if (url === undefined) throw new Error(`no callback URL for ${object}`);
    const body = Buffer.from(metaJson({ object, entry: entries }));
    const { attempts, backoffMs } = this.#options;
    for (let tried = 1; ; tried++) {
      const status = await this.#post(url, body);
      this.answers.push(status);
      if (status >= 200 && status < 300) return;
      if (tried === attempts) throw new Error(`Meta gave up: ${status} after ${tried} tries`);
      await pause(backoffMs * 2 ** (tried - 1));
    }
  }

  async #post(url: string, body: Buffer<ArrayBuffer>): Promise<number> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-hub-signature-256': hubSignature(this.#options.appSecret, body),
        },
        body,
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }
}

/** `X-Hub-Signature-256` of the bytes. */
export function hubSignature(secret: string, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** JSON as Meta writes it: what is not ASCII, and four characters that are, as escapes. */
export function metaJson(value: unknown): string {
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[<%@]|[^\0-\x7f]/g, (found) =>
      [...Array(found.length).keys()].map((at) => escape(found[at]!)).join(''),
    );
}

/** Fisher and Yates, with numbers of a linear congruence, so that a seed gives one order. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const order = [...items];
  let state = seed;
  for (let last = order.length - 1; last > 0; last--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const at = state % (last + 1);
    [order[last], order[at]] = [order[at]!, order[last]!];
  }
  return order;
}
