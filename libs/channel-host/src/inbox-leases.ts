import { inWorkspace } from '@tributary/database';
import { newId } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { InboxRef } from './hosted-inbox.js';

/**
 * One replica at a time does a kind of work for an inbox: pulls it, as providers count how often they are asked; sends
 * what waits, as two would send it twice.
 */
export interface InboxLeases {
  /** Takes the inbox or keeps it longer; false while another replica has it. */
  take(inbox: InboxRef): Promise<boolean>;
  /** Gives it back, so that nobody waits for the lease to run out. */
  giveBack(inbox: InboxRef): Promise<void>;
}

/** Longer than any one answer of a provider may take. */
const LEASE_SECONDS = 60;

/**
 * Leases in a table, by the database's clock. Whoever pulls on after its lease ran out does no harm: what is appended
 * twice has the same ids, and an older cursor only makes the next pull longer.
 */
export class DatabaseInboxLeases implements InboxLeases {
  readonly #holder = newId();

  constructor(
    private readonly dataSource: DataSource,
    private readonly table: 'channels.pull_lease' | 'channels.send_lease',
  ) {}

  take(inbox: InboxRef): Promise<boolean> {
    return inWorkspace(this.dataSource, inbox.workspaceId, async (manager) => {
      const rows: unknown[] = await manager.query(
        `INSERT INTO ${this.table} AS held (workspace_id, inbox_id, holder, ends_at)
         VALUES ($1, $2, $3, now() + make_interval(secs => $4))
         ON CONFLICT (workspace_id, inbox_id) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at
         WHERE held.holder = excluded.holder OR held.ends_at < now()
         RETURNING 1`,
        [inbox.workspaceId, inbox.id, this.#holder, LEASE_SECONDS],
      );
      return rows.length > 0;
    });
  }

  async giveBack(inbox: InboxRef): Promise<void> {
    await inWorkspace(this.dataSource, inbox.workspaceId, (manager) =>
      manager.query(`DELETE FROM ${this.table} WHERE inbox_id = $1 AND holder = $2`, [
        inbox.id,
        this.#holder,
      ]),
    );
  }
}
