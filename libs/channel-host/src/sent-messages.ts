import type { InboundEvent } from '@tributary/channel-sdk';
import { inWorkspace } from '@tributary/database';
import type { EventLog, NewRecord } from '@tributary/event-log';
import type { Clock } from '@tributary/runtime';
import type { DataSource, EntityManager } from 'typeorm';
import { deliveryRecord, type SentRef } from './delivery-record.js';
import type { InboxRef } from './hosted-inbox.js';

export type ReceiptEvent = Extract<InboundEvent, { kind: 'receipt' }>;

export type SeenEvent = Extract<InboundEvent, { kind: 'seen' }>;

/** To whom a message went, and when it was begun, by our clock. */
export interface SentTo {
  readonly recipient: string;
  readonly begunAt: Date;
}

const UNTIL = `inbox_id = $1 AND recipient = $2 AND begun_at <= $3 AND seen <> 'read' AND seen <> $4`;

/** Reports on a message come for about so long; `read` is the last. */
const REMEMBERED = '60 days';
/** A report on what somebody else sent through the same account waits in vain. */
const WAITING = '7 days';

interface WaitingRow {
  readonly provider_event_id: string;
  readonly external_id: string;
  readonly state: ReceiptEvent['state'];
  readonly detail: string | null;
  readonly message_id: string;
  readonly attempt: number;
}

/**
 * What we sent, by the provider's ids. A report that names nothing else is matched here; one that comes before the
 * provider has told us the id, which is common, waits in the database until it has.
 */
export class SentMessages {
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  /** Resolves when it is durable. To be called before the send is reported, and as often as one likes. */
  async remember(inbox: InboxRef, externalIds: readonly string[], sent: SentRef, to?: SentTo): Promise<void> {
    if (externalIds.length === 0) return;
    await this.#in(inbox, (manager) =>
      manager.query(
        `INSERT INTO channels.sent_message
           (workspace_id, inbox_id, external_id, message_id, attempt, recipient, begun_at)
         SELECT $1, $2, unnest($3::text[]), $4, $5, $6, $7
         ON CONFLICT (workspace_id, inbox_id, external_id)
         DO UPDATE SET message_id = excluded.message_id, attempt = excluded.attempt`,
        [
          ...[inbox.workspaceId, inbox.id, [...new Set(externalIds)], sent.messageId, sent.attempt],
          ...[to?.recipient ?? null, to?.begunAt ?? null],
        ],
      ),
    );
  }

  /** Those of the ids that are of messages which we sent ourselves. */
  async ours(inbox: InboxRef, externalIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set((await this.#in(inbox, (manager) => find(manager, inbox, externalIds))).keys());
  }

  /**
   * What the reports say of our messages, as records to append, in their order. Those whose message is not known yet
   * wait durably; when it becomes known meanwhile, `release` finds them.
   */
  async match(inbox: InboxRef, receipts: readonly ReceiptEvent[]): Promise<readonly NewRecord[]> {
    if (receipts.length === 0) return [];
    const known = await this.#in(inbox, async (manager) => {
      const found = await find(
        manager,
        inbox,
        receipts.map(({ externalId }) => externalId),
      );
      await keepWaiting(
        manager,
        inbox,
        receipts.filter(({ externalId }) => !found.has(externalId)),
      );
      return found;
    });
    // The send may have been remembered between the look and the wait.
    if (receipts.some(({ externalId }) => !known.has(externalId))) await this.release(inbox);
    return receipts.flatMap((receipt) => {
      const sent = known.get(receipt.externalId);
      return sent === undefined ? [] : [deliveryRecord(inbox, receipt, sent, this.clock.now())];
    });
  }

  /**
   * What moments say of our messages, as records to append: of each that was sent to the customer by then and of which
   * nothing as high was told by an earlier moment.
   */
  async until(inbox: InboxRef, moments: readonly SeenEvent[]): Promise<readonly NewRecord[]> {
    const records: NewRecord[] = [];
    for (const moment of moments) {
      const rows: { external_id: string; message_id: string; attempt: number }[] = await this.#in(
        inbox,
        (manager) =>
          manager.query(
            `SELECT DISTINCT ON (message_id) external_id, message_id, attempt FROM channels.sent_message
             WHERE ${UNTIL} ORDER BY message_id, attempt DESC, external_id`,
            [inbox.id, moment.by.value, moment.until, moment.state],
          ),
      );
      for (const { external_id: externalId, message_id: messageId, attempt } of rows) {
        const report = { externalId, state: moment.state };
        records.push(deliveryRecord(inbox, report, { messageId, attempt }, this.clock.now()));
      }
    }
    return records;
  }

  /** To be called once the records of `until` are appended; what was not noted is told again with the next moment. */
  async noted(inbox: InboxRef, moments: readonly SeenEvent[]): Promise<void> {
    for (const { by, until, state } of moments) {
      await this.#in(inbox, (manager) =>
        manager.query(`UPDATE channels.sent_message SET seen = $4 WHERE ${UNTIL}`, [
          ...[inbox.id, by.value, until, state],
        ]),
      );
    }
  }

  /**
   * Appends the waiting reports of an inbox whose messages are known by now. One that was appended and could not be
   * taken out of the queue is appended again: states only move up.
   */
  async release(inbox: InboxRef): Promise<void> {
    const rows = await this.#in(inbox, (manager) => ready(manager, inbox));
    if (rows.length === 0) return;
    await this.log.append(rows.map((row) => this.#record(inbox, row)));
    await this.#in(inbox, (manager) =>
      manager.query(
        'DELETE FROM channels.waiting_receipt WHERE inbox_id = $1 AND provider_event_id = ANY ($2)',
        [inbox.id, rows.map((row) => row.provider_event_id)],
      ),
    );
  }

  /**
   * Forgets what nobody will ask for.
   *
   * @returns how many reports waited in vain.
   */
  async forget(inbox: InboxRef): Promise<number> {
    return this.#in(inbox, async (manager) => {
      await manager.query(
        `DELETE FROM channels.sent_message WHERE inbox_id = $1 AND sent_at < now() - $2::interval`,
        [inbox.id, REMEMBERED],
      );
      const [, dropped]: [unknown, number] = await manager.query(
        `DELETE FROM channels.waiting_receipt WHERE inbox_id = $1 AND waits_since < now() - $2::interval`,
        [inbox.id, WAITING],
      );
      return dropped;
    });
  }

  #record(inbox: InboxRef, row: WaitingRow): NewRecord {
    const receipt = {
      ...{ externalId: row.external_id, state: row.state },
      ...(row.detail === null ? {} : { detail: row.detail }),
    };
    return deliveryRecord(
      inbox,
      receipt,
      { messageId: row.message_id, attempt: row.attempt },
      this.clock.now(),
    );
  }

  #in<T>(inbox: InboxRef, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return inWorkspace(this.dataSource, inbox.workspaceId, work);
  }
}

async function find(
  manager: EntityManager,
  inbox: InboxRef,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, SentRef>> {
  const rows: { external_id: string; message_id: string; attempt: number }[] = await manager.query(
    `SELECT external_id, message_id, attempt FROM channels.sent_message
     WHERE inbox_id = $1 AND external_id = ANY ($2)`,
    [inbox.id, externalIds],
  );
  return new Map(rows.map((row) => [row.external_id, { messageId: row.message_id, attempt: row.attempt }]));
}

async function keepWaiting(
  manager: EntityManager,
  inbox: InboxRef,
  receipts: readonly ReceiptEvent[],
): Promise<void> {
  if (receipts.length === 0) return;
  await manager.query(
    `INSERT INTO channels.waiting_receipt (workspace_id, inbox_id, provider_event_id, external_id, state, detail)
     SELECT $1, $2, r.event_id, r.external_id, r.state, r.detail
     FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS r (event_id, external_id, state, detail)
     ON CONFLICT (workspace_id, inbox_id, provider_event_id) DO NOTHING`,
    [
      ...[inbox.workspaceId, inbox.id],
      receipts.map(({ providerEventId }) => providerEventId),
      receipts.map(({ externalId }) => externalId),
      receipts.map(({ state }) => state),
      receipts.map(({ detail }) => detail?.slice(0, 2000).toWellFormed().replaceAll('\0', '') ?? null),
    ],
  );
}

function ready(manager: EntityManager, inbox: InboxRef): Promise<WaitingRow[]> {
  return manager.query(
    `SELECT w.provider_event_id, w.external_id, w.state, w.detail, s.message_id, s.attempt
     FROM channels.waiting_receipt w JOIN channels.sent_message s
       ON s.workspace_id = w.workspace_id AND s.inbox_id = w.inbox_id AND s.external_id = w.external_id
     WHERE w.inbox_id = $1 ORDER BY w.position LIMIT 1000`,
    [inbox.id],
  );
}
