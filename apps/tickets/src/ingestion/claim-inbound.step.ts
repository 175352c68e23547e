import type { LogRecord, Outcome } from '@tributary/event-log';
import { newId } from '@tributary/runtime';
import type { ChangeRefusal, LedgerRecord } from '../rows.js';
import { albumKey } from './album-key.js';
import { deliveryIdOf, type InboundEnvelope, type MessageEnvelope } from './inbound-record.js';
import type { InboundRepository, ReceiptClaim } from './inbound.repository.js';

export interface InboundItem {
  readonly record: LogRecord;
  readonly envelope: InboundEnvelope;
}

/** An item that becomes a message; the same id is in the receipt. */
export interface ClaimedItem extends InboundItem {
  readonly envelope: MessageEnvelope;
  readonly messageId: string;
}

/** An item that changes what is there; the same id is in the receipt. */
export interface ClaimedChange extends InboundItem {
  readonly changeId: string;
  /** The message whose album it belongs to, when it is a part of one. */
  readonly partOf: string | null;
}

export interface RecordedItem {
  readonly item: ClaimedItem | ClaimedChange;
  readonly isFresh: boolean;
}

/** Takes the receipt of each delivery; whoever finds it taken is a duplicate, also inside one batch. */
export async function claimInbound(
  repository: InboundRepository,
  items: readonly InboundItem[],
): Promise<readonly RecordedItem[]> {
  const begun = new Map(await repository.albums(items.flatMap(({ envelope }) => albumOf(envelope) ?? [])));
  const claimed = items.map((item): ClaimedItem | ClaimedChange => {
    const { envelope } = item;
    if (!isMessage(envelope)) return { ...item, changeId: newId(), partOf: null };
    const album = albumOf(envelope);
    const partOf = album === undefined ? undefined : begun.get(album.key);
    if (partOf !== undefined) return { ...item, changeId: newId(), partOf };
    const messageId = newId();
    if (album) begun.set(album.key, messageId);
    return { ...item, envelope, messageId };
  });
  const fresh = await repository.claimReceipts(claimed.map(claimOf));
  return claimed.map((item) => ({ item, isFresh: fresh.has(idOf(item)) }));
}

/** Names the album of a message: marks are unique only to their sender and inbox. */
export function albumOf(
  envelope: InboundEnvelope,
): { readonly key: string; readonly album: string } | undefined {
  if (envelope.type !== 'message.received' || envelope.payload.album === undefined) return undefined;
  const { album, inboxId, from } = envelope.payload;
  return { album, key: albumKey(inboxId, from, album) };
}

function isMessage(envelope: InboundEnvelope): envelope is MessageEnvelope {
  return envelope.type === 'message.received' || envelope.type === 'message.unreadable';
}

function claimOf(item: ClaimedItem | ClaimedChange): ReceiptClaim {
  return {
    inbox_id: item.envelope.payload.inboxId,
    provider_event_id: deliveryIdOf(item.envelope),
    message_id: 'messageId' in item ? item.messageId : null,
    change_id: 'messageId' in item ? null : item.changeId,
  };
}

function idOf(item: ClaimedItem | ClaimedChange): string {
  return 'messageId' in item ? item.messageId : item.changeId;
}

/** What became of a record. @param refusal why a change had no effect. */
export function outcomeOf({ item, isFresh }: RecordedItem, refusal: ChangeRefusal | undefined): Outcome {
  if (!isFresh) return { kind: 'duplicate' };
  if (refusal) return { kind: 'ignored', reason: refusal };
  return item.envelope.type === 'message.unreadable'
    ? { kind: 'quarantined', reason: item.envelope.payload.reason }
    : { kind: 'done' };
}

/** The record's one line in the ledger. */
export function ledgerLine(
  { item, isFresh }: RecordedItem,
  outcome: Outcome,
  workspaceId: string,
  now: Date,
): LedgerRecord {
  return {
    workspace_id: workspaceId,
    partition: item.record.partition,
    log_offset: item.record.offset.toString(),
    inbox_id: item.envelope.payload.inboxId,
    provider_event_id: deliveryIdOf(item.envelope),
    disposition: dispositionOf(item, isFresh),
    reason: 'reason' in outcome ? outcome.reason : null,
    at: now,
  };
}

function dispositionOf(item: ClaimedItem | ClaimedChange, isFresh: boolean): LedgerRecord['disposition'] {
  if (!isFresh) return 'duplicate';
  if (!('messageId' in item)) return 'change';
  return item.envelope.type === 'message.unreadable' ? 'quarantined' : 'message';
}
