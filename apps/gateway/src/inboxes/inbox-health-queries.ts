import type { InboxHealthView, InboxWayView } from '@tributary/contracts';
import { INBOX_RETRY } from '@tributary/channel-host';
import { inWorkspace } from '@tributary/database';
import { ProblemError } from '@tributary/runtime';
import type { DataSource, EntityManager } from 'typeorm';

type Instant = Date | null;

/** How an inbox is doing, from what its hosts and `tickets` wrote down. */
export class InboxHealthQueries {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws ProblemError 404 `INBOX_NOT_FOUND` */
  async of(workspaceId: string, inboxId: string): Promise<InboxHealthView> {
    return inWorkspace(this.dataSource, workspaceId, async (manager) => {
      await refuseUnknown(manager, inboxId);
      const [traffic, queued, ways, credentials, lastDay, failures, notices, latest] = [
        await trafficOf(manager, inboxId),
        await queuedOf(manager, inboxId),
        await waysOf(manager, inboxId),
        await credentialsOf(manager, inboxId),
        await lastDayOf(manager, inboxId),
        await failuresOf(manager, inboxId),
        await noticesOf(manager, inboxId),
        await latestTicketOf(manager, inboxId),
      ];
      return { ...traffic, queued, ways, credentials, lastDay, failures, notices, latestTicket: latest };
    });
  }

  /** What rests after a failure is tried at once, in whatever process hosts the channel. @throws as `of`. */
  async retry(workspaceId: string, inboxId: string): Promise<InboxHealthView> {
    await inWorkspace(this.dataSource, workspaceId, async (manager) => {
      await refuseUnknown(manager, inboxId);
      await retryNow(manager, inboxId);
    });
    return this.of(workspaceId, inboxId);
  }
}

/** In the transaction that changed the inbox, or for an administrator who asks. */
export async function retryNow(manager: EntityManager, inboxId: string): Promise<void> {
  await manager.query(
    'UPDATE channels.inbox_health SET probe_at = now() WHERE inbox_id = $1 AND failures > 0',
    [inboxId],
  );
  await manager.query('SELECT pg_notify($1, $2)', [INBOX_RETRY, inboxId]);
}

async function refuseUnknown(manager: EntityManager, inboxId: string): Promise<void> {
  const rows: unknown[] = await manager.query('SELECT 1 FROM directory.inbox WHERE id = $1', [inboxId]);
  if (rows.length === 0) throw new ProblemError(404, 'INBOX_NOT_FOUND');
}

async function trafficOf(manager: EntityManager, inboxId: string) {
  const row = await one<{ in_at: Instant; out_at: Instant }>(
    manager,
    `SELECT (SELECT last_inbound_at FROM tickets.inbox_activity WHERE inbox_id = $1) AS in_at,
       (SELECT max(at) FROM tickets.delivery
         WHERE inbox_id = $1 AND state NOT IN ('queued', 'failed')) AS out_at`,
    inboxId,
  );
  return { lastInboundAt: instant(row.in_at), lastOutboundAt: instant(row.out_at) };
}

async function queuedOf(manager: EntityManager, inboxId: string) {
  const row = await one<{ replies: number; oldest: Instant }>(
    manager,
    `SELECT count(*)::int AS replies, min(m.at) AS oldest
     FROM tickets.delivery d JOIN tickets.message m ON m.id = d.message_id
     WHERE d.inbox_id = $1 AND d.state = 'queued' AND d.at > now() - interval '2 days'`,
    inboxId,
  );
  return { replies: row.replies, oldestAt: instant(row.oldest) };
}

interface WayRow {
  readonly way: InboxWayView['way'];
  readonly failures: number;
  readonly open_since: Instant;
  readonly probe_at: Instant;
  readonly last_error: string | null;
  readonly last_error_at: Instant;
  readonly waiting: number;
  readonly oldest: Instant;
}

async function waysOf(manager: EntityManager, inboxId: string): Promise<readonly InboxWayView[]> {
  const rows: WayRow[] = await manager.query(
    `SELECT h.*, count(w.key)::int AS waiting, min(w.waits_since) AS oldest
     FROM channels.inbox_health h LEFT JOIN channels.waiting_work w USING (workspace_id, inbox_id, way)
     WHERE h.inbox_id = $1 GROUP BY h.workspace_id, h.inbox_id, h.way ORDER BY h.way`,
    [inboxId],
  );
  return rows.map((row) => ({
    ...{ way: row.way, failures: row.failures, openSince: instant(row.open_since) },
    retryAt: row.failures > 0 ? instant(row.probe_at) : null,
    ...{ lastError: row.last_error, lastErrorAt: instant(row.last_error_at) },
    ...{ waiting: row.waiting, oldestWaitingAt: instant(row.oldest) },
  }));
}

async function credentialsOf(
  manager: EntityManager,
  inboxId: string,
): Promise<InboxHealthView['credentials']> {
  const rows: { name: string; renew_at: Date }[] = await manager.query(
    'SELECT name, renew_at FROM channels.access_token WHERE inbox_id = $1 ORDER BY name',
    [inboxId],
  );
  return rows.map(({ name, renew_at }) => ({ name, renewsAt: renew_at.toISOString() }));
}

async function lastDayOf(manager: EntityManager, inboxId: string): Promise<InboxHealthView['lastDay']> {
  const ledger = await one<{ accepted: number; duplicates: number; quarantined: number }>(
    manager,
    `SELECT count(*) FILTER (WHERE disposition = 'message')::int AS accepted,
       count(*) FILTER (WHERE disposition = 'duplicate')::int AS duplicates,
       count(*) FILTER (WHERE disposition = 'quarantined')::int AS quarantined
     FROM tickets.ledger WHERE inbox_id = $1 AND at > now() - interval '24 hours'`,
    inboxId,
  );
  const refused: { calls: number; code: string; at: Date }[] = await manager.query(
    `SELECT sum(calls) OVER ()::int AS calls, code, last_at AS at FROM channels.refused_call
     WHERE inbox_id = $1 AND last_at > now() - interval '24 hours' ORDER BY last_at DESC LIMIT 1`,
    [inboxId],
  );
  const [latest] = refused;
  return {
    ...ledger,
    refused: latest?.calls ?? 0,
    refusedReason: latest?.code ?? null,
    refusedAt: instant(latest?.at ?? null),
  };
}

async function failuresOf(manager: EntityManager, inboxId: string): Promise<InboxHealthView['failures']> {
  const rows: {
    at: Date;
    error_code: string | null;
    error_detail: string | null;
    ticket_id: string;
    number: string;
  }[] = await manager.query(
    `SELECT d.at, d.error_code, d.error_detail, m.ticket_id, t.number
     FROM tickets.delivery d JOIN tickets.message m ON m.id = d.message_id
       JOIN tickets.ticket t ON t.id = m.ticket_id
     WHERE d.inbox_id = $1 AND d.state = 'failed' AND d.at > now() - interval '7 days'
     ORDER BY d.at DESC LIMIT 5`,
    [inboxId],
  );
  return rows.map((row) => ({
    ...{ at: row.at.toISOString(), code: row.error_code, detail: row.error_detail },
    ...{ ticketId: row.ticket_id, ticketNumber: String(row.number) },
  }));
}

async function noticesOf(manager: EntityManager, inboxId: string): Promise<InboxHealthView['notices']> {
  const today = `inbox_id = $1 AND occurred_at > now() - interval '24 hours' AND person_id IS NOT NULL`;
  const counts: { state: string; notices: number }[] = await manager.query(
    `SELECT state, count(*)::int AS notices FROM channels.colleague_notice WHERE ${today} GROUP BY state`,
    [inboxId],
  );
  if (counts.length === 0) return null;
  const refused: { ended_at: Date; person_id: string; name: string; detail: string }[] = await manager.query(
    `SELECT n.ended_at, n.person_id, p.name, n.detail
     FROM channels.colleague_notice n JOIN directory.person p ON p.id = n.person_id
     WHERE ${today} AND n.state = 'refused' ORDER BY n.ended_at DESC LIMIT 1`,
    [inboxId],
  );
  const of = (state: string): number => counts.find((each) => each.state === state)?.notices ?? 0;
  const [last] = refused;
  return {
    ...{ told: of('told'), present: of('present'), unneeded: of('unneeded') },
    ...{ late: of('late'), refused: of('refused') },
    lastRefusal: last
      ? {
          at: last.ended_at.toISOString(),
          personId: last.person_id,
          personName: last.name,
          detail: last.detail,
        }
      : null,
  };
}

async function latestTicketOf(
  manager: EntityManager,
  inboxId: string,
): Promise<InboxHealthView['latestTicket']> {
  const rows: { id: string; number: string }[] = await manager.query(
    `SELECT t.id, t.number FROM tickets.ticket t
     WHERE t.inbox_id = $1 AND t.updated_at > now() - interval '1 day' ORDER BY t.updated_at DESC LIMIT 1`,
    [inboxId],
  );
  return rows[0] ? { id: rows[0].id, number: String(rows[0].number) } : null;
}

async function one<Row>(manager: EntityManager, sql: string, inboxId: string): Promise<Row> {
  const rows: Row[] = await manager.query(sql, [inboxId]);
  return rows[0]!;
}

function instant(at: Instant): string | null {
  return at?.toISOString() ?? null;
}
