import type { Channel } from '@tributary/contracts';
import type { InboxService } from '@tributary/directory';
import type { Clock } from '@tributary/runtime';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';

/** An inbox that was just changed may still be seen as it was for this long. */
const FRESH_MS = 2000;
const REMEMBERED = 10_000;

interface Remembered {
  readonly until: number;
  readonly inbox: Promise<HostedInbox | undefined>;
}

/** Inboxes as the directory has them; by id, which every delivery asks, remembered for a moment. */
export class DirectoryInboxLookup implements InboxLookup {
  readonly #byId = new Map<string, Remembered>();

  constructor(
    private readonly inboxes: InboxService,
    private readonly clock: Clock,
  ) {}

  byId(inboxId: string): Promise<HostedInbox | undefined> {
    const now = this.clock.now().getTime();
    const known = this.#byId.get(inboxId);
    if (known && known.until > now) return known.inbox;
    const inbox = this.inboxes.byId(inboxId);
    if (this.#byId.size >= REMEMBERED) this.#byId.clear();
    this.#byId.set(inboxId, { until: now + FRESH_MS, inbox });
    // A fault is not remembered: the next delivery asks again.
    inbox.catch(() => this.#byId.delete(inboxId));
    return inbox;
  }

  async byMailAddress(address: string): Promise<HostedInbox | undefined> {
    const whole = address.toLowerCase();
    const plain = withoutPlusPart(address);
    // A mailbox may itself be an address with a plus part.
    const found = plain === whole ? undefined : await this.inboxes.byMailAddress(whole);
    return found ?? this.inboxes.byMailAddress(plain);
  }

  forget(inboxId: string): void {
    this.#byId.delete(inboxId);
  }

  ofChannel(channel: Channel): Promise<readonly HostedInbox[]> {
    return this.inboxes.ofChannel(channel);
  }
}

/** `Help+t1.abc@Example.org` is the mailbox `help@example.org` (RFC 5233 subaddressing). */
export function withoutPlusPart(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 0) return address.toLowerCase();
  const local = address.slice(0, at);
  const plus = local.indexOf('+');
  return `${plus > 0 ? local.slice(0, plus) : local}${address.slice(at)}`.toLowerCase();
}
