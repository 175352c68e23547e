import { type Clock, ProblemError } from '@tributary/runtime';

export interface LimitRule {
  readonly windowMs: number;
  readonly attempts: number;
}

/** Ten passwords a quarter of an hour for one address from one place (OWASP ASVS 6.3.1). */
export const PASSWORDS: LimitRule = { windowMs: 15 * 60_000, attempts: 10 };
const REMEMBERED = 10_000;

/** So many in a window for one subject from one place. Per process. */
export class AttemptLimit {
  readonly #attempts = new Map<string, { since: number; count: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly rule: LimitRule = PASSWORDS,
  ) {}

  /** @throws ProblemError 429 with Retry-After. */
  take(place: string, subject: string): void {
    const { windowMs, attempts } = this.rule;
    const now = this.clock.now().getTime();
    const key = `${place} ${subject.toLowerCase()}`;
    const found = this.#attempts.get(key);
    const entry = found && now - found.since < windowMs ? found : { since: now, count: 0 };
    entry.count += 1;
    this.#attempts.delete(key);
    this.#attempts.set(key, entry);
    if (this.#attempts.size > REMEMBERED) {
      const [oldest] = this.#attempts.keys();
      if (oldest !== undefined) this.#attempts.delete(oldest);
    }
    if (entry.count > attempts) {
      const seconds = Math.ceil((entry.since + windowMs - now) / 1000);
      throw new ProblemError(429, 'TOO_MANY_ATTEMPTS', undefined, undefined, {
        'retry-after': String(seconds),
      });
    }
  }
}
