import type { InboundEvent } from '@tributary/channel-sdk';
import type { HostedInbox } from './hosted-inbox.js';

/** How many events of each kind were appended. */
export interface AcceptanceReport {
  readonly messages: number;
  readonly receipts: number;
  readonly unreadable: number;
  /** Edits, deletes, reactions, changes of consent and other acts of customers. */
  readonly changes: number;
  readonly ignored: number;
}

/** The one way in: what an adapter understood becomes durable, before anybody answers the provider. */
export interface Acceptance {
  /**
   * Stores the bytes and files, appends one record an event, in order, and resolves when all are durable.
   *
   * @param raw the bytes as they came; every event of them refers to one stored copy.
   * @throws LogUnavailableError, ObjectStore errors: nothing may be acknowledged, the provider sends again.
   */
  accept(inbox: HostedInbox, raw: Uint8Array, events: readonly InboundEvent[]): Promise<AcceptanceReport>;
}
