import type { TicketEventType, TicketStreamEvent } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import type { ServiceContext } from '@tributary/service';
import { nameChanges } from '../tickets/event-changes.js';
import type { TicketListQueries } from '../tickets/ticket-list-queries.js';
import { isAfter, type StreamCursor } from './stream-cursor.js';

export interface FeedEvent {
  readonly cursor: StreamCursor;
  readonly event: TicketStreamEvent;
}

interface HistoryRow {
  readonly xid: string;
  readonly id: string;
  readonly ticket_id: string;
  readonly type: TicketEventType;
  readonly actor: string;
  readonly changes: Record<string, unknown>;
  readonly message_id: string | null;
}

/** Events a reader gets at once; more than this behind, it reads the lists again instead. */
const PAGE = 500;
const TOO_FAR_BEHIND = 5000;

/** Reads a workspace's history in its one order, up to what is surely complete. */
export class ChangeFeed {
  constructor(
    private readonly context: ServiceContext,
    private readonly lists: TicketListQueries,
  ) {}

  /** Where the history stands now. */
  async head(workspaceId: string): Promise<StreamCursor> {
    return inWorkspace(this.context.dataSource, workspaceId, async (manager) => {
      const rows: { xid: string }[] = await manager.query(
        `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid`,
      );
      return { xid: BigInt(rows[0]!.xid) - 1n, id: 2n ** 63n - 1n };
    });
  }

  /**
   * Whether a reader at `cursor` can be brought up to date event by event: not when more than 5,000 stand after it,
   * nor when it lies in the future (the database was put back from a backup).
   */
  async canResume(workspaceId: string, cursor: StreamCursor): Promise<boolean> {
    return inWorkspace(this.context.dataSource, workspaceId, async (manager) => {
      const rows: { resumable: boolean }[] = await manager.query(
        `SELECT $2::xid8 < pg_snapshot_xmax(pg_current_snapshot()) AND (
           SELECT count(*) FROM (SELECT 1 FROM tickets.event
             WHERE workspace_id = $1 AND (xid, id) > ($2::xid8, $3::bigint) LIMIT ${TOO_FAR_BEHIND + 1}) AS e
         ) <= ${TOO_FAR_BEHIND} AS resumable`,
        [workspaceId, cursor.xid.toString(), cursor.id.toString()],
      );
      return rows[0]!.resumable;
    });
  }

  /**
   * At most one page after `cursor`, oldest first.
   *
   * @returns `hidden`: there is more already, but behind a transaction that still runs; ask again in a moment.
   */
  async after(
    workspaceId: string,
    cursor: StreamCursor,
  ): Promise<{ readonly events: readonly FeedEvent[]; readonly hidden: boolean; readonly full: boolean }> {
    return inWorkspace(this.context.dataSource, workspaceId, async (manager) => {
      const read: (HistoryRow & { readonly settled: boolean })[] = await manager.query(
        // The order is the columns': the names in the list are of texts, and "10" comes before "9".
        `SELECT e.xid::text, e.id::text, e.ticket_id, e.type, e.actor, e.changes, e.message_id,
           e.xid < pg_snapshot_xmin(pg_current_snapshot()) AS settled
         FROM tickets.event e WHERE e.workspace_id = $1 AND (e.xid, e.id) > ($2::xid8, $3::bigint)
         ORDER BY e.xid, e.id LIMIT ${PAGE}`,
        [workspaceId, cursor.xid.toString(), cursor.id.toString()],
      );
      const settled = read.filter((row) => row.settled);
      const tickets = await this.lists.rows(manager, [...new Set(settled.map((row) => row.ticket_id))]);
      const changes = await nameChanges(
        manager,
        settled.map((row) => row.changes),
      );
      const events = settled.flatMap((row, i): FeedEvent[] => {
        const ticket = tickets.get(row.ticket_id);
        if (!ticket) return [];
        return [
          {
            cursor: { xid: BigInt(row.xid), id: BigInt(row.id) },
            event: {
              type: row.type,
              ticket,
              actor: row.actor,
              changes: changes[i]!,
              messageId: row.message_id,
            },
          },
        ];
      });
      return { events, hidden: settled.length < read.length, full: settled.length === PAGE };
    });
  }
}

export function newest(events: readonly FeedEvent[], from: StreamCursor): StreamCursor {
  const last = events.at(-1)?.cursor;
  return last && isAfter(last, from) ? last : from;
}
