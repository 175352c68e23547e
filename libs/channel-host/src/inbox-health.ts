import { inWorkspace } from '@tributary/database';
import type { Logger } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { HostedInbox } from './hosted-inbox.js';
import type { PollReport } from './poller.js';

/** Keeps in `channels.inbox_health` what the administrator must see; a line that cannot be written is only logged. */
export class InboxHealth {
  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  /** Resolves when it is written, or given up. */
  async record(inbox: HostedInbox, report: PollReport): Promise<void> {
    const failed = report.kind === 'failed';
    try {
      await inWorkspace(this.dataSource, inbox.workspaceId, (manager) =>
        manager.query(
          `INSERT INTO channels.inbox_health (workspace_id, inbox_id, last_error, last_error_at)
           VALUES ($1, $2, $3, $4)
           ON CONFLICT (workspace_id, inbox_id)
           DO UPDATE SET last_error = excluded.last_error, last_error_at = excluded.last_error_at`,
          [
            ...[inbox.workspaceId, inbox.id],
            ...(failed ? [`${report.code}: ${report.detail}`.slice(0, 1000), report.at] : [null, null]),
          ],
        ),
      );
    } catch (error) {
      this.logger.warn({ err: error, inboxId: inbox.id }, 'inbox_health_unwritten');
    }
  }
}
