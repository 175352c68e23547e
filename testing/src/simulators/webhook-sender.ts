import { setTimeout as pause } from 'node:timers/promises';

/** How a vendor calls, and what a network does to it. */
export interface CallingHabits {
  /** How often each call is made, whatever it is answered; 1 when nothing goes wrong. */
  readonly copies: number;
  /** Calls wait for `settled`, then go out all at once in any order. */
  readonly isShuffled: boolean;
  /** Before the second try; doubled for each further one, unless the answer says `Retry-After`. */
  readonly retryMs: number;
  /** Tries of one call. */
  readonly tries: number;
  /** How long an answer is waited for. */
  readonly waitMs: number;
}

export interface WebhookCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What one try came to; status 0 without an answer in time. */
export interface WebhookTry {
  readonly id: string;
  readonly tried: number;
  readonly status: number;
  readonly answer: string;
}

const LONGEST_RETRY_MS = 60_000;

/** Calls an address until it answers 2xx: within one lane in order, each waiting for the one before. */
export class WebhookSender {
  readonly tries: WebhookTry[] = [];
  /** Ids of calls that nobody took in all their tries. */
  readonly givenUp: string[] = [];
  readonly #stopping = new AbortController();
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #held: (() => Promise<void>)[] = [];

  /** @param heard what a call that was taken was answered. */
  constructor(
    public habits: CallingHabits,
    private readonly heard: (id: string, answer: string) => void = () => undefined,
  ) {}

  /** @param callOf is asked anew for every try: a vendor says that it is one. */
  send(id: string, lane: string, callOf: (tried: number) => WebhookCall): void {
    for (let copy = 0; copy < this.habits.copies; copy++) {
      const deliver = () => this.#deliver(id, callOf);
      if (this.habits.isShuffled) this.#held.push(deliver);
      else this.#lanes.set(lane, (this.#lanes.get(lane) ?? Promise.resolve()).then(deliver));
    }
  }

  /** Waits until every call was taken or given up. */
  async settled(): Promise<void> {
    const held = shuffle(this.#held.splice(0));
    await Promise.all([...this.#lanes.values(), ...held.map((deliver) => deliver())]);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #deliver(id: string, callOf: (tried: number) => WebhookCall): Promise<void> {
    const { tries, retryMs, waitMs } = this.habits;
    for (let tried = 1; tried <= tries && !this.#stopping.signal.aborted; tried++) {
      const { status, answer, retryAfterMs } = await this.#call(callOf(tried), waitMs);
      this.tries.push({ id, tried, status, answer });
      if (status >= 200 && status < 300) return this.heard(id, answer);
      const wait = Math.min(retryAfterMs ?? retryMs * 2 ** (tried - 1), LONGEST_RETRY_MS);
      await pause(wait, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
    this.givenUp.push(id);
  }

  async #call({ url, headers, body }: WebhookCall, waitMs: number) {
    try {
      const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(waitMs)]);
      const response = await fetch(url, { method: 'POST', headers, body, signal });
      const answer = await response.text();
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
      return {
        status: response.status,
        answer,
        retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
      };
    } catch {
      return { status: 0, answer: '', retryAfterMs: undefined };
    }
  }
}

function shuffle<T>(all: readonly T[]): T[] {
  return all
    .map((each) => ({ each, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}
