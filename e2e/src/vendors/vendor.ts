import { setTimeout as pause } from 'node:timers/promises';
import type { Channel, InboxView } from '@tributary/contracts';
import type { Desk } from '../system/desk.js';

/** The simulators of one vendor, and the accounts that customers write to. */
export interface Vendor {
  /** The vendor's origins, and where they are played. */
  readonly origins: ReadonlyMap<string, string>;
  readonly accounts: readonly VendorAccount[];
  /** From now on every call is made three times, and in any order. */
  disturb(): void;
  /** Makes calls that wait, and resolves when all were taken. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface VendorAccount {
  readonly channel: Channel;
  /** A customer's messages come in their order: `always`, or unless the vendor is disturbed; otherwise as they like. */
  readonly order?: 'always' | 'undisturbed';
  /** Adds the inbox as an administrator does, and hands its address to the vendor. */
  open(admin: Desk): Promise<OpenAccount>;
}

export interface OpenAccount {
  readonly inbox: InboxView;
  /** Something is said; the vendor begins to call. @param customer from 0. */
  write(customer: number, text: string): void;
}

export const COPIES = 3;
const AGAIN_MS = 500;
/** Longer than a busy machine takes to start the system. */
const PATIENCE_MS = 120_000;

/** Calls under way. */
export class Calls {
  readonly #open = new Set<Promise<void>>();

  /**
   * A call of a vendor that gives up before this machine has started a system: it is made again until it is taken, as
   * somebody at the vendor would have it made again.
   *
   * @param call says whether it was taken.
   */
  untilTaken(call: () => Promise<boolean>): void {
    this.add(async () => {
      const end = performance.now() + PATIENCE_MS;
      while (!(await call())) {
        if (performance.now() > end) throw new Error(`a call was not taken within ${PATIENCE_MS} ms`);
        await pause(AGAIN_MS);
      }
    });
  }

  add(work: () => Promise<unknown>): void {
    const open = work().then(() => undefined);
    // Heard of in `settled`.
    open.catch(() => undefined);
    this.#open.add(open);
  }

  async settled(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.all(open);
  }
}

export function isTaken(tries: readonly { readonly status: number }[]): boolean {
  return tries.some(({ status }) => status >= 200 && status < 300);
}
