import type { LogRecord, Outcome } from '@tributary/event-log';
import { newId } from '@tributary/runtime';
import type { LedgerRecord } from '../rows.js';
import type { InboundEnvelope } from './inbound-record.js';
import type { InboundRepository } from './inbound.repository.js';

export interface InboundItem {
  readonly record: LogRecord;
  readonly envelope: InboundEnvelope;
}

/** An item that has its message id; the same id is in the receipt. */
export interface ClaimedItem extends InboundItem {
  readonly messageId: string;
}

export interface RecordedItem {
  readonly item: ClaimedItem;
  readonly outcome: Outcome;
}

/** Takes the receipt of each delivery; whoever finds it taken is a duplicate, also inside one batch. */
export async function claimInbound(
  repository: InboundRepository,
  items: readonly InboundItem[],
): Promise<readonly RecordedItem[]> {
  const claimed: ClaimedItem[] = items.map((item) => ({ ...item, messageId: newId() }));
  const fresh = await repository.claimReceipts(
    claimed.map(({ envelope, messageId }) => ({
      inbox_id: envelope.payload.inboxId,
      provider_event_id: envelope.payload.providerEventId,
      message_id: messageId,
    })),
  );
  return claimed.map((item) => ({ item, outcome: outcomeOf(item, fresh) }));
}

function outcomeOf(item: ClaimedItem, fresh: ReadonlySet<string>): Outcome {
  if (!fresh.has(item.messageId)) return { kind: 'duplicate' };
  return item.envelope.type === 'message.unreadable'
    ? { kind: 'quarantined', reason: item.envelope.payload.reason }
    : { kind: 'done' };
}

/** The record's one line in the ledger. */
export function ledgerLine({ item, outcome }: RecordedItem, workspaceId: string, now: Date): LedgerRecord {
  return {
    workspace_id: workspaceId,
    partition: item.record.partition,
    log_offset: item.record.offset.toString(),
    inbox_id: item.envelope.payload.inboxId,
    provider_event_id: item.envelope.payload.providerEventId,
    disposition:
      outcome.kind === 'done' ? 'message' : outcome.kind === 'duplicate' ? 'duplicate' : 'quarantined',
    reason: outcome.kind === 'quarantined' ? outcome.reason : null,
    at: now,
  };
}
