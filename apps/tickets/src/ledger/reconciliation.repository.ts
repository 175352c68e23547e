import { inWorkspaces } from '@tributary/database';
import type { DataSource, EntityManager } from 'typeorm';
import type {
  AcceptedRecord,
  Difference,
  DifferenceKind,
  StoredLine,
  StoredReceipt,
} from './reconciliation.js';

/** Differences of one kind that are told one by one; all of them are counted. */
export const MOST_TOLD = 100;

export interface ObjectReference {
  readonly workspace_id: string;
  readonly owner: string;
  readonly key: string;
  readonly sha256: string;
}

/** The store's side of the account, over all workspaces. */
export class ReconciliationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Names by id; records may speak of others, whose rows must be seen as well. */
  async workspaces(): Promise<Map<string, string>> {
    const rows: { id: string; name: string }[] = await this.dataSource.query(
      `SELECT id, name FROM directory.workspace`,
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** What the store says of a partition's records from `from` to `to`. */
  async account(
    workspaceIds: readonly string[],
    partition: number,
    from: bigint,
    to: bigint,
    records: readonly AcceptedRecord[],
  ): Promise<{
    readonly lines: readonly StoredLine[];
    readonly quarantinedOffsets: readonly string[];
    readonly receipts: readonly StoredReceipt[];
  }> {
    const range = [partition, from.toString(), to.toString()];
    const deliveries = records.flatMap(({ delivery }) => delivery ?? []);
    return this.#see(workspaceIds, async (manager) => {
      const lines: StoredLine[] = await manager.query(
        `SELECT workspace_id, log_offset, inbox_id, provider_event_id, disposition
         FROM tickets.ledger WHERE partition = $1 AND log_offset BETWEEN $2 AND $3`,
        range,
      );
      const kept: { log_offset: string }[] = await manager.query(
        `SELECT log_offset FROM tickets.quarantined_record
         WHERE partition = $1 AND log_offset BETWEEN $2 AND $3`,
        range,
      );
      const receipts: StoredReceipt[] = await manager.query(
        `SELECT DISTINCT r.workspace_id, r.inbox_id, r.provider_event_id, COALESCE(m.id, k.id) AS subject_id,
           COALESCE(m.raw_sha256, k.raw_sha256) AS raw_sha256
         FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS d (workspace_id, inbox_id, provider_event_id)
         JOIN tickets.inbound_receipt r USING (workspace_id, inbox_id, provider_event_id)
         LEFT JOIN tickets.message m ON m.id = r.message_id AND m.direction = 'inbound'
         LEFT JOIN tickets.inbound_change k ON k.id = r.change_id`,
        [
          deliveries.map(({ workspaceId }) => workspaceId),
          deliveries.map(({ inboxId }) => inboxId),
          deliveries.map(({ providerEventId }) => providerEventId),
        ],
      );
      return { lines, quarantinedOffsets: kept.map((row) => row.log_offset), receipts };
    });
  }

  /** What the store alone can tell of itself. @returns each difference, at most 100 a kind, and how many there are. */
  async ownDifferences(
    workspaceIds: readonly string[],
    outboxBefore: Date,
  ): Promise<{ readonly told: readonly Difference[]; readonly count: number }> {
    const told: Difference[] = [];
    let count = 0;
    const take = (kind: DifferenceKind, rows: readonly FoundRow[]) => {
      told.push(...rows.map((row) => ({ kind, workspaceId: row.workspace_id, where: row.place })));
      count += rows[0]?.total ?? 0;
    };
    await this.#see(workspaceIds, async (manager) => {
      for (const [kind, query] of OWN_CHECKS) take(kind, await manager.query(limited(query)));
      take('outbox_waits', await manager.query(limited(OLD_OUTBOX), [outboxBefore]));
    });
    return { told, count };
  }

  /** References to stored objects, a page at a time in the order of their owners' ids. */
  async *objects(workspaceIds: readonly string[]): AsyncGenerator<readonly ObjectReference[]> {
    for (const query of OBJECTS) {
      for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
        const page: (ObjectReference & { id: string })[] = await this.#see(workspaceIds, (manager) =>
          manager.query(`${query} ORDER BY id LIMIT 1000`, [after]),
        );
        const last = page.at(-1);
        if (!last) break;
        yield page;
        after = last.id;
      }
    }
  }

  /** Bytes that stand in the row of their message or change: how many were looked at, and which are not what they were. */
  async inlineBytes(
    workspaceIds: readonly string[],
    newest: number | null,
  ): Promise<{ readonly checked: number; readonly damaged: readonly Difference[] }> {
    const rows: { workspace_id: string; place: string; whole: boolean }[] = await this.#see(
      workspaceIds,
      (manager) =>
        manager.query(
          `WITH looked AS MATERIALIZED (
             SELECT workspace_id, place, encode(sha256(raw), 'hex') = raw_sha256 AS whole
             FROM (SELECT *, 'message ' || id AS place FROM tickets.message
                   WHERE raw IS NOT NULL ORDER BY id DESC LIMIT $1) AS m
             UNION ALL SELECT workspace_id, place, encode(sha256(raw), 'hex') = raw_sha256
             FROM (SELECT *, 'change ' || id AS place FROM tickets.inbound_change
                   WHERE raw IS NOT NULL ORDER BY id DESC LIMIT $1) AS k)
           SELECT NULL AS workspace_id, count(*)::text AS place, true AS whole FROM looked
           UNION ALL SELECT workspace_id, place, false FROM looked WHERE NOT whole`,
          [newest],
        ),
    );
    const [total, ...damaged] = rows.toSorted((a, b) => Number(b.whole) - Number(a.whole));
    return {
      checked: Number(total!.place),
      damaged: damaged.map((row) => ({
        kind: 'object_damaged',
        workspaceId: row.workspace_id,
        where: row.place,
      })),
    };
  }

  #see<T>(workspaceIds: readonly string[], work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return inWorkspaces(this.dataSource, workspaceIds, work);
  }
}

interface FoundRow {
  readonly workspace_id: string;
  readonly place: string;
  readonly total: number;
}

function limited(query: string): string {
  return `SELECT workspace_id, place, count(*) OVER ()::int AS total FROM (${query}) AS found LIMIT ${MOST_TOLD}`;
}

const RECEIPT_PLACE = `'receipt ' || r.inbox_id || '/' || r.provider_event_id AS place`;

const OWN_CHECKS: readonly (readonly [DifferenceKind, string])[] = [
  [
    'no_message',
    `SELECT r.workspace_id, ${RECEIPT_PLACE} FROM tickets.inbound_receipt r
     WHERE NOT EXISTS (SELECT 1 FROM tickets.message m WHERE m.id = r.message_id AND m.direction = 'inbound')
       AND NOT EXISTS (SELECT 1 FROM tickets.inbound_change k WHERE k.id = r.change_id)`,
  ],
  [
    'receipt_without_record',
    `SELECT r.workspace_id, ${RECEIPT_PLACE} FROM tickets.inbound_receipt r
     WHERE NOT EXISTS (SELECT 1 FROM tickets.ledger l WHERE l.workspace_id = r.workspace_id
       AND l.inbox_id = r.inbox_id AND l.provider_event_id = r.provider_event_id
       AND l.disposition <> 'duplicate')`,
  ],
  [
    'receipt_of_two_records',
    `SELECT r.workspace_id, ${RECEIPT_PLACE} FROM tickets.ledger r WHERE r.disposition <> 'duplicate'
     GROUP BY r.workspace_id, r.inbox_id, r.provider_event_id HAVING count(*) > 1`,
  ],
  [
    'message_without_receipt',
    `SELECT m.workspace_id, 'message ' || m.id AS place FROM tickets.message m
     WHERE m.direction = 'inbound' AND NOT EXISTS (SELECT 1 FROM tickets.inbound_receipt r
       WHERE r.message_id = m.id AND r.workspace_id = m.workspace_id)`,
  ],
  [
    'change_without_receipt',
    `SELECT k.workspace_id, 'change ' || k.id AS place FROM tickets.inbound_change k
     WHERE NOT EXISTS (SELECT 1 FROM tickets.inbound_receipt r
       WHERE r.change_id = k.id AND r.workspace_id = k.workspace_id)`,
  ],
  [
    'message_of_two_receipts',
    `SELECT r.workspace_id, 'message ' || r.message_id AS place FROM tickets.inbound_receipt r
     WHERE r.message_id IS NOT NULL GROUP BY r.workspace_id, r.message_id HAVING count(*) > 1`,
  ],
  [
    'outbound_without_delivery',
    `SELECT m.workspace_id, 'message ' || m.id AS place FROM tickets.message m
     WHERE m.direction = 'outbound'
       AND NOT EXISTS (SELECT 1 FROM tickets.delivery d WHERE d.message_id = m.id)`,
  ],
];

/** Rows have no time of their own; the envelope says when its change happened. */
const OLD_OUTBOX = ['directory', 'routing', 'tickets']
  .map(
    (schema) => `
      SELECT (e.envelope->>'workspaceId')::uuid AS workspace_id, '${schema}.outbox ' || e.id AS place
      FROM (SELECT id, convert_from(value, 'UTF8')::json AS envelope FROM ${schema}.outbox) AS e
      WHERE (e.envelope->>'occurredAt')::timestamptz < $1`,
  )
  .join(' UNION ALL ');

const OBJECTS = [
  `SELECT id, workspace_id, 'message ' || id AS owner, raw_key AS key, raw_sha256 AS sha256
   FROM tickets.message WHERE id > $1 AND raw_key IS NOT NULL AND raw IS NULL`,
  `SELECT id, workspace_id, 'change ' || id AS owner, raw_key AS key, raw_sha256 AS sha256
   FROM tickets.inbound_change WHERE id > $1 AND raw_key IS NOT NULL AND raw IS NULL`,
  `SELECT id, workspace_id, 'attachment ' || id AS owner, object_key AS key, sha256
   FROM tickets.attachment a WHERE id > $1 AND NOT EXISTS (SELECT 1 FROM tickets.message m
     WHERE m.id = a.message_id AND m.raw_key = a.object_key AND m.raw IS NOT NULL)`,
];
