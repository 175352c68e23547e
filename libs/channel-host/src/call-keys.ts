import { inWorkspace } from '@tributary/database';
import type { DataSource } from 'typeorm';
import type { InboxRef } from './hosted-inbox.js';

/** A caller retries for hours, a queue of theirs perhaps for days. */
const REMEMBERED = '30 days';

/** What callers said under the names that they gave their calls; for channels whose manifest has a `keyHeader`. */
export class CallKeys {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Remembers a call under its key; durable when it resolves. To be called before the call is accepted, so that of two
   * at once with different bodies one alone is.
   *
   * @param sha256 of the body.
   * @returns false when the key stands for another body.
   */
  async claim(inbox: InboxRef, key: string, sha256: Uint8Array): Promise<boolean> {
    const rows: { is_same: boolean }[] = await inWorkspace(this.dataSource, inbox.workspaceId, (manager) =>
      manager.query(
        `INSERT INTO channels.call_key AS k (workspace_id, inbox_id, key, sha256) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, inbox_id, key) DO UPDATE SET sha256 = k.sha256
         RETURNING k.sha256 = $4 AS is_same`,
        [inbox.workspaceId, inbox.id, key, Buffer.from(sha256)],
      ),
    );
    return rows[0]!.is_same;
  }

  /** Forgets the keys of calls that nobody will repeat. */
  async forget(inbox: InboxRef): Promise<void> {
    await inWorkspace(this.dataSource, inbox.workspaceId, (manager) =>
      manager.query(
        `DELETE FROM channels.call_key WHERE inbox_id = $1 AND claimed_at < now() - $2::interval`,
        [inbox.id, REMEMBERED],
      ),
    );
  }
}
