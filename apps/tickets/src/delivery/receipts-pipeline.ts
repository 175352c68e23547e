import { DELIVERY_STATES, type DeliveryReported, outboundReceipts, parseRecord } from '@tributary/contracts';
import { claimReceipts, inWorkspace } from '@tributary/database';
import type { LogRecord, Outcome, RecordBatch } from '@tributary/event-log';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import { ChangeSet } from '../change-set.js';
import { storableJson } from '../ingestion/message-text.js';
import { type DeliveryRecord, lockTickets, type TicketRecord } from '../rows.js';
import type { SlaClocks } from '../sla/sla-clocks.js';
import { transientAsRetryable } from '../transient.js';

interface ReceiptItem {
  readonly record: LogRecord;
  readonly eventId: string;
  readonly workspaceId: string;
  readonly report: DeliveryReported;
}

type StoredDelivery = DeliveryRecord & { readonly ticket_id: string; external_id: string | null };

const CONSUMER = 'outbound.receipts';

/** What adapters report becomes the state of each outbound message; states only move up within an attempt. */
export class ReceiptsPipeline {
  constructor(
    private readonly context: ServiceContext,
    private readonly sla: SlaClocks,
  ) {}

  async handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    return transientAsRetryable(async () => {
      const outcomes = new Map<LogRecord, Outcome>();
      const items: ReceiptItem[] = [];
      for (const record of batch.records) {
        const parsed = parseRecord(outboundReceipts, record.value);
        if (!parsed.ok) {
          const { topic, partition, offset } = record;
          this.context.logger.error(
            { topic, partition, offset: offset.toString(), reason: parsed.reason, detail: parsed.detail },
            'receipt_unreadable',
          );
          outcomes.set(record, { kind: 'quarantined', reason: parsed.reason });
          continue;
        }
        const { id, workspaceId, payload } = parsed.envelope;
        items.push({ record, eventId: id, workspaceId, report: storableJson(payload as DeliveryReported) });
      }
      for (const [workspaceId, of] of Map.groupBy(items, (item) => item.workspaceId)) {
        const applied = await inWorkspace(this.context.dataSource, workspaceId, (manager) =>
          this.#apply(manager, workspaceId, of),
        );
        for (const [record, outcome] of applied) outcomes.set(record, outcome);
      }
      return batch.records.map((record) => outcomes.get(record)!);
    });
  }

  async #apply(
    manager: EntityManager,
    workspaceId: string,
    items: readonly ReceiptItem[],
  ): Promise<ReadonlyMap<LogRecord, Outcome>> {
    // A record that stands twice in the batch is fresh once.
    const fresh = new Set(
      await claimReceipts(
        manager,
        'tickets',
        CONSUMER,
        items.map(({ eventId }) => ({ workspaceId, eventId })),
      ),
    );
    const changes = new ChangeSet(workspaceId, this.context.clock.now());
    const messageIds = items.map(({ report }) => report.messageId);
    // Tickets first: whoever changes a delivery holds its ticket, so the deliveries need no lock of their own.
    const tickets = await lockTickets(manager, await ticketsOf(manager, messageIds));
    const stored = await findDeliveries(manager, messageIds);
    const outcomes = new Map<LogRecord, Outcome>();
    const moved = new Set<StoredDelivery>();
    for (const { record, eventId, report } of items) {
      const delivery = stored.get(report.messageId);
      const refusal = fresh.delete(eventId) ? refusalOf(delivery, report) : DUPLICATE;
      outcomes.set(record, refusal ?? { kind: 'done' });
      if (refusal || !delivery) continue;
      move(delivery, report, changes.now);
      moved.add(delivery);
      const ticket = tickets.get(delivery.ticket_id)!;
      tell(changes, ticket, report);
      if (report.state !== 'failed') continue;
      const failed = [...moved].flatMap((each) => (each.state === 'failed' ? each.message_id : []));
      changes.replyFailed(ticket, report.messageId, await nextStandingReply(manager, delivery, failed));
    }
    await saveDeliveries(manager, [...moved]);
    await changes.flush(manager, this.sla);
    return outcomes;
  }
}

const DUPLICATE: Outcome = { kind: 'duplicate' };

function refusalOf(delivery: StoredDelivery | undefined, report: DeliveryReported): Outcome | undefined {
  if (!delivery) return { kind: 'ignored', reason: 'UNKNOWN_MESSAGE' };
  if (isForged(delivery, report)) return { kind: 'ignored', reason: 'OTHER_MESSAGE' };
  return movesUp(delivery, report) ? undefined : { kind: 'ignored', reason: 'NOT_UPWARDS' };
}

function move(delivery: StoredDelivery, report: DeliveryReported, now: Date): void {
  delivery.state = report.state;
  delivery.error_code = report.errorCode ?? null;
  delivery.error_detail = report.errorDetail ?? null;
  delivery.at = now;
  delivery.external_id = report.externalId ?? delivery.external_id;
}

function tell(
  changes: ChangeSet,
  ticket: TicketRecord,
  { state, errorCode, messageId }: DeliveryReported,
): void {
  changes.touch(ticket);
  changes.record(
    ticket,
    'message.delivery',
    'system',
    { state, ...(errorCode ? { errorCode } : {}) },
    { messageId },
  );
}

/** A bounce anybody can write: it is believed only when it names what we sent, by the id that went with it. */
function isForged(stored: StoredDelivery, report: DeliveryReported): boolean {
  return (
    stored.external_id !== null && report.externalId !== undefined && stored.external_id !== report.externalId
  );
}

/**
 * Only the attempt that is under way has news: an agent's retry ended the one before, and nobody but us begins one.
 * Within it sent < delivered < read, and `failed` ends it: a bounce may come after `sent`, nothing after `failed`.
 */
export function movesUp(
  stored: Pick<StoredDelivery, 'attempt' | 'state' | 'error_code'>,
  report: Pick<DeliveryReported, 'attempt' | 'state' | 'errorCode'>,
): boolean {
  if (report.attempt !== stored.attempt) return false;
  if (stored.state === 'failed') return false;
  // It waits, and says why: news of its own, once a reason.
  if (report.state === 'queued' && stored.state === 'queued') {
    return report.errorCode !== undefined && report.errorCode !== stored.error_code;
  }
  return DELIVERY_STATES.indexOf(report.state) > DELIVERY_STATES.indexOf(stored.state);
}

async function ticketsOf(manager: EntityManager, messageIds: readonly string[]): Promise<string[]> {
  const rows: { ticket_id: string }[] = await manager.query(
    `SELECT DISTINCT ticket_id FROM tickets.message WHERE id = ANY ($1::uuid[])`,
    [messageIds],
  );
  return rows.map((row) => row.ticket_id);
}

async function findDeliveries(
  manager: EntityManager,
  messageIds: readonly string[],
): Promise<Map<string, StoredDelivery>> {
  const rows: StoredDelivery[] = await manager.query(
    `SELECT d.*, m.ticket_id, m.external_id FROM tickets.delivery d JOIN tickets.message m ON m.id = d.message_id
     WHERE d.message_id = ANY ($1::uuid[])`,
    [messageIds],
  );
  return new Map(rows.map((row) => [row.message_id, row]));
}

/**
 * The next reply to the customer after this one that stands.
 *
 * @param failed replies of this batch that failed and are not stored as such yet.
 */
async function nextStandingReply(
  manager: EntityManager,
  { ticket_id: ticketId, message_id: messageId }: StoredDelivery,
  failed: readonly string[],
): Promise<{ readonly messageId: string; readonly at: Date } | null> {
  const rows: { id: string; at: Date }[] = await manager.query(
    `SELECT m.id, m.at FROM tickets.message m JOIN tickets.delivery d ON d.message_id = m.id
     WHERE m.ticket_id = $1 AND d.state <> 'failed' AND m.id <> ALL ($3::uuid[])
       AND m.position > (SELECT position FROM tickets.message WHERE id = $2)
     ORDER BY m.position LIMIT 1`,
    [ticketId, messageId, failed],
  );
  return rows[0] ? { messageId: rows[0].id, at: rows[0].at } : null;
}

async function saveDeliveries(manager: EntityManager, moved: readonly StoredDelivery[]): Promise<void> {
  if (moved.length === 0) return;
  await manager.query(
    `UPDATE tickets.delivery AS d SET state = r.state, error_code = r.error_code,
       error_detail = r.error_detail, at = r.at
     FROM json_populate_recordset(NULL::tickets.delivery, $1::json) AS r WHERE d.message_id = r.message_id`,
    [JSON.stringify(moved)],
  );
  await manager.query(
    `UPDATE tickets.message AS m SET external_id = r.external_id
     FROM unnest($1::uuid[], $2::text[]) AS r (id, external_id)
     WHERE m.id = r.id AND m.external_id IS DISTINCT FROM r.external_id`,
    [moved.map((delivery) => delivery.message_id), moved.map((delivery) => delivery.external_id)],
  );
}
