import type { Channel } from '@tributary/contracts';
import type { InboxService } from '@tributary/directory';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';

/** Inboxes as the directory has them now. */
export class DirectoryInboxLookup implements InboxLookup {
  constructor(private readonly inboxes: InboxService) {}

  byId(inboxId: string): Promise<HostedInbox | undefined> {
    return this.inboxes.byId(inboxId);
  }

  async byMailAddress(address: string): Promise<HostedInbox | undefined> {
    const whole = address.toLowerCase();
    const plain = withoutPlusPart(address);
    // A mailbox may itself be an address with a plus part.
    const found = plain === whole ? undefined : await this.inboxes.byMailAddress(whole);
    return found ?? this.inboxes.byMailAddress(plain);
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
