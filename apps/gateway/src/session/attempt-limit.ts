import { type Clock, ProblemError } from '@tributary/runtime';

const WINDOW_MS = 15 * 60_000;
const ATTEMPTS = 10;
const REMEMBERED = 10_000;

/** Ten passwords a quarter of an hour for one address from one place (OWASP ASVS 6.3.1). Per process. */
export class AttemptLimit {
  readonly #attempts = new Map<string, { since: number; count: number }>();

  constructor(private readonly clock: Clock) {}

  /** @throws ProblemError 429 with Retry-After. */
  take(address: string, email: string): void {
    const now = this.clock.now().getTime();
    const key = `${address} ${email.toLowerCase()}`;
    const found = this.#attempts.get(key);
    const entry = found && now - found.since < WINDOW_MS ? found : { since: now, count: 0 };
    entry.count += 1;
    this.#attempts.delete(key);
    this.#attempts.set(key, entry);
    if (this.#attempts.size > REMEMBERED) {
      const [oldest] = this.#attempts.keys();
      if (oldest !== undefined) this.#attempts.delete(oldest);
    }
    if (entry.count > ATTEMPTS) {
      const seconds = Math.ceil((entry.since + WINDOW_MS - now) / 1000);
      throw new ProblemError(429, 'TOO_MANY_ATTEMPTS', undefined, undefined, {
        'retry-after': String(seconds),
      });
    }
  }
}
