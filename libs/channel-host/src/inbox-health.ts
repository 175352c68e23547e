import { inWorkspace } from '@tributary/database';
import type { Logger } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { InboxRef } from './hosted-inbox.js';
import type { PollReport } from './poller.js';

/**
 * A way to the provider: `in` reads, `out` sends, `files` fetches what messages left there, `notices` tells the
 * company's own people. They fail apart.
 */
export type ProviderWay = 'in' | 'out' | 'files' | 'notices';

/** A failure of a way to the provider. */
export interface WayFailure {
  readonly at: Date;
  readonly code: string;
  readonly detail: string;
}

/** Failures in a row after which a way is called closed to traffic. */
export const OPENS_AFTER = 3;

/**
 * Keeps in `channels.inbox_health` how each way to an inbox's provider is doing: failures in a row, since when the
 * breaker is open, when it is tried next.
 */
export class InboxHealth {
  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  /** What became of a session that reads. Resolves when it is written, or given up: a line lost stops no session. */
  async record(inbox: InboxRef, report: PollReport): Promise<void> {
    try {
      if (report.kind === 'failed') await this.failed(inbox, 'in', report, () => report.waitMs);
      else await this.passed(inbox, 'in');
    } catch (error) {
      this.logger.warn({ err: error, inboxId: inbox.id }, 'inbox_health_unwritten');
    }
  }

  /**
   * @param waitMs how long the way rests after so many failures in a row, in milliseconds.
   * @returns failures in a row, this one included.
   */
  async failed(
    inbox: InboxRef,
    way: ProviderWay,
    { at, code, detail }: WayFailure,
    waitMs: (failures: number) => number,
  ): Promise<number> {
    return inWorkspace(this.dataSource, inbox.workspaceId, async (manager) => {
      const rows: { failures: number }[] = await manager.query(
        `INSERT INTO channels.inbox_health AS known
           (workspace_id, inbox_id, way, failures, last_error, last_error_at)
         VALUES ($1, $2, $3, 1, $4, $5)
         ON CONFLICT (workspace_id, inbox_id, way) DO UPDATE SET failures = known.failures + 1,
           last_error = excluded.last_error, last_error_at = excluded.last_error_at, probed_until = NULL,
           open_since = CASE WHEN known.failures + 1 >= $6 THEN COALESCE(known.open_since, $5) END
         RETURNING failures`,
        [inbox.workspaceId, inbox.id, way, `${code}: ${detail}`.slice(0, 1000), at, OPENS_AFTER],
      );
      const { failures } = rows[0]!;
      await manager.query(
        `UPDATE channels.inbox_health SET probe_at = now() + make_interval(secs => $4 / 1000.0)
         WHERE workspace_id = $1 AND inbox_id = $2 AND way = $3`,
        [inbox.workspaceId, inbox.id, way, waitMs(failures)],
      );
      return failures;
    });
  }

  /** The provider was reached. Whoever works off what waits keeps its turn. */
  async passed(inbox: InboxRef, way: ProviderWay): Promise<void> {
    await inWorkspace(this.dataSource, inbox.workspaceId, (manager) =>
      manager.query(
        `INSERT INTO channels.inbox_health (workspace_id, inbox_id, way) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id, inbox_id, way) DO UPDATE SET
           failures = 0, open_since = NULL, probe_at = NULL, last_error = NULL, last_error_at = NULL`,
        [inbox.workspaceId, inbox.id, way],
      ),
    );
  }
}
