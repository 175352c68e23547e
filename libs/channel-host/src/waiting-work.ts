import { inWorkspace } from '@tributary/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { InboxRef } from './hosted-inbox.js';
import type { ProviderWay } from './inbox-health.js';

/** Work with a provider that could not be done yet. */
export interface WaitingItem {
  /** Unique in its inbox and way: what waits already waits once. */
  readonly key: string;
  readonly payload: unknown;
  /** Tries so far. */
  readonly tries: number;
  readonly since: Date;
}

/** Longer than one item may take: `TRY_MS` of a file is the longest. */
const TURN_SECONDS = 150;

/** What waits for a provider, in `channels.waiting_work`, in the order in which it came. By the database's clock. */
export class WaitingWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly way: ProviderWay,
  ) {}

  /** The last fault of the way while something waits or the breaker is open, empty when none is known; else undefined. */
  async holds(inbox: InboxRef): Promise<string | undefined> {
    const rows: { fault: string }[] = await this.#query(
      inbox,
      `SELECT COALESCE(last_error, '') AS fault FROM channels.inbox_health h
       WHERE workspace_id = $1 AND inbox_id = $2 AND way = $3 AND (open_since IS NOT NULL OR EXISTS (
         SELECT 1 FROM channels.waiting_work w
         WHERE w.workspace_id = h.workspace_id AND w.inbox_id = h.inbox_id AND w.way = h.way))`,
    );
    return rows[0]?.fault;
  }

  put(inbox: InboxRef, item: WaitingItem): Promise<void> {
    return inWorkspace(this.dataSource, inbox.workspaceId, (manager) => this.putWith(manager, inbox, [item]));
  }

  /** `put`, of several and in the caller's transaction. */
  async putWith(manager: EntityManager, inbox: InboxRef, items: readonly WaitingItem[]): Promise<void> {
    await manager.query(
      `WITH way AS (INSERT INTO channels.inbox_health (workspace_id, inbox_id, way) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING)
       INSERT INTO channels.waiting_work (workspace_id, inbox_id, way, key, payload, tries, waits_since)
       SELECT $1, $2, $3, key, payload, tries, since
       FROM json_to_recordset($4::json) AS item (key text, payload jsonb, tries integer, since timestamptz)
       ON CONFLICT DO NOTHING`,
      [inbox.workspaceId, inbox.id, this.way, JSON.stringify(items)],
    );
  }

  /** The oldest. */
  async next(inbox: InboxRef): Promise<WaitingItem | undefined> {
    const rows: { key: string; payload: unknown; tries: number; waits_since: Date }[] = await this.#query(
      inbox,
      `SELECT key, payload, tries, waits_since FROM channels.waiting_work
       WHERE workspace_id = $1 AND inbox_id = $2 AND way = $3 ORDER BY position LIMIT 1`,
    );
    const row = rows[0];
    return row && { key: row.key, payload: row.payload, tries: row.tries, since: row.waits_since };
  }

  async done(inbox: InboxRef, { key }: WaitingItem): Promise<void> {
    await this.#query(
      inbox,
      `DELETE FROM channels.waiting_work WHERE workspace_id = $1 AND inbox_id = $2 AND way = $3 AND key = $4`,
      [key],
    );
  }

  /** @param last puts it behind the others: one that fails by itself holds up none of them. */
  async tried(inbox: InboxRef, item: WaitingItem, last: boolean): Promise<void> {
    const where = 'WHERE workspace_id = $1 AND inbox_id = $2 AND way = $3 AND key = $4';
    const position = last ? ', position = DEFAULT' : '';
    await this.#query(inbox, `UPDATE channels.waiting_work SET tries = tries + 1${position} ${where}`, [
      item.key,
    ]);
  }

  /**
   * Takes the turn of working off, or keeps it longer.
   *
   * @param mine true for whoever has it.
   * @returns false while it is not time to try, or somebody else has it.
   */
  async takeTurn(inbox: InboxRef, mine = false): Promise<boolean> {
    const rows: unknown[] = await this.#query(
      inbox,
      `WITH taken AS (UPDATE channels.inbox_health SET probed_until = now() + make_interval(secs => $4)
         WHERE workspace_id = $1 AND inbox_id = $2 AND way = $3
           AND ($5 OR ((probe_at IS NULL OR probe_at <= now()) AND (probed_until IS NULL OR probed_until <= now())))
         RETURNING 1)
       SELECT 1 FROM taken`,
      [TURN_SECONDS, mine],
    );
    return rows.length > 0;
  }

  async giveTurnBack(inbox: InboxRef): Promise<void> {
    await this.#query(
      inbox,
      `UPDATE channels.inbox_health SET probed_until = NULL WHERE workspace_id = $1 AND inbox_id = $2 AND way = $3`,
    );
  }

  /** Milliseconds until the next try may begin; 0 when that is now. */
  async untilTurn(inbox: InboxRef): Promise<number> {
    const rows: { wait: number | null }[] = await this.#query(
      inbox,
      `SELECT (1000 * extract(epoch FROM greatest(probe_at, probed_until) - now()))::float8 AS wait
       FROM channels.inbox_health WHERE workspace_id = $1 AND inbox_id = $2 AND way = $3`,
    );
    return Math.max(0, rows[0]?.wait ?? 0);
  }

  #query<T>(inbox: InboxRef, sql: string, values: readonly unknown[] = []): Promise<T> {
    return inWorkspace(this.dataSource, inbox.workspaceId, (manager) =>
      manager.query(sql, [inbox.workspaceId, inbox.id, this.way, ...values]),
    );
  }
}
