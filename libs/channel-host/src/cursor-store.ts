import { inWorkspace } from '@tributary/database';
import type { DataSource } from 'typeorm';
import type { HostedInbox } from './hosted-inbox.js';

/** Where each polled inbox has come to. */
export interface CursorStore {
  /** Null for an inbox that was never read. */
  load(inbox: HostedInbox): Promise<string | null>;
  /** Resolves when the cursor is durable; the last one saved counts. */
  save(inbox: HostedInbox, cursor: string): Promise<void>;
}

/** Cursors in `channels.cursor`. */
export class DatabaseCursorStore implements CursorStore {
  constructor(private readonly dataSource: DataSource) {}

  async load(inbox: HostedInbox): Promise<string | null> {
    const rows: { position: string }[] = await inWorkspace(this.dataSource, inbox.workspaceId, (manager) =>
      manager.query('SELECT position FROM channels.cursor WHERE inbox_id = $1', [inbox.id]),
    );
    return rows[0]?.position ?? null;
  }

  async save(inbox: HostedInbox, cursor: string): Promise<void> {
    await inWorkspace(this.dataSource, inbox.workspaceId, (manager) =>
      manager.query(
        `INSERT INTO channels.cursor (workspace_id, inbox_id, position) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id, inbox_id) DO UPDATE SET position = excluded.position, saved_at = now()`,
        [inbox.workspaceId, inbox.id, cursor],
      ),
    );
  }
}
