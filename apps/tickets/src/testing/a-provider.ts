import type { ReplyWindow } from '@tributary/contracts';
import type { ClosedReason } from '../sending/send-allowance.js';

export type CustomerAct = 'wrote' | 'followed' | 'stops' | 'returns';

interface Counter {
  readonly rule: ReplyWindow;
  /** Milliseconds; null while the window was never opened. */
  closesAt: number | null;
  openedAt: number;
  left: number;
}

/** A provider as the vendors describe theirs: counters that run, one a window, and nothing looked up afterwards. */
export class TestProvider {
  #stopped = false;
  readonly #windows: Counter[];

  constructor(
    rules: readonly ReplyWindow[],
    /** Where `now` begins, to tell instants. */
    private readonly epoch = Date.parse('2026-11-24T12:00:00Z'),
  ) {
    this.#windows = rules.map((rule) => ({ rule, closesAt: null, openedAt: 0, left: 0 }));
  }

  hear(what: CustomerAct, now: number): void {
    if (what === 'stops' || what === 'returns') this.#stopped = what === 'stops';
    const opens = what === 'wrote' ? 'message' : what === 'followed' ? 'event' : null;
    for (const window of this.#windows) {
      if (window.rule.opensOn !== opens) continue;
      window.openedAt = now;
      window.closesAt = now + window.rule.hours * 3_600_000;
      window.left = window.rule.messages ?? Infinity;
    }
  }

  /** Why it would not take so many messages; undefined when it would. */
  refusal(
    now: number,
    messages: number,
  ): { readonly reason: ClosedReason; readonly since?: number } | undefined {
    if (this.#stopped) return { reason: 'consent_withdrawn' };
    const begun = this.#windows.filter(({ closesAt }) => closesAt !== null);
    if (begun.length === 0) return { reason: 'not_begun' };
    const open = begun.filter(({ closesAt }) => now <= closesAt!);
    if (open.some(({ left }) => left >= messages)) return undefined;
    if (open.length > 0) return { reason: 'budget_spent' };
    return { reason: 'window_over', since: this.epoch + Math.max(...begun.map(({ closesAt }) => closesAt!)) };
  }

  /** @throws Error for what leaves every window or its budget. */
  take(now: number, messages: number): void {
    const refusal = this.refusal(now, messages);
    if (refusal !== undefined) throw new Error(`the provider refuses: ${refusal.reason}`);
    for (const window of this.#windows) window.left = Math.max(0, window.left - messages);
  }

  /** What was sent then never came. */
  forget(sentAt: number, messages: number): void {
    for (const window of this.#windows) {
      if (window.openedAt <= sentAt) window.left += messages;
    }
  }
}
