import type { Locale } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';

export const NOTICE_KINDS = ['ticket.assigned', 'message.added', 'sla.warned'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** Something that happened to a ticket, of which its person may have to be told. */
export interface NoticeEvent {
  readonly id: string;
  readonly workspaceId: string;
  readonly kind: NoticeKind;
  readonly occurredAt: Date;
  readonly ticketId: string;
  /** `agent:<id>` and so on: nobody is told of what they did themselves. */
  readonly actor: string;
  /** Whom it was given to; null where the event is for whoever has the ticket. */
  readonly personId: string | null;
}

/** A channel that can tell colleagues, and the setting without which an inbox of it does not. */
export interface TellingChannel {
  readonly channel: string;
  readonly setting: string;
}

export interface WrittenNotice {
  readonly eventId: string;
  readonly inboxId: string;
  /** `known` was written by an earlier reading of the record. */
  readonly state: 'waiting' | 'unneeded' | 'known';
}

/** Why somebody is not told after all. */
export type NotTold = 'late' | 'unneeded' | 'present';

/** A notice whose turn has come, with everything that decides about it, read in one moment. */
export interface DueNotice {
  readonly kind: NoticeKind;
  readonly occurredAt: Date;
  readonly ticketId: string;
  readonly inboxId: string;
  readonly to: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly number: string;
  readonly subject: string;
  readonly notTold: NotTold | null;
}

/** Later a notice helps nobody: it is not sent any more. */
export const LATEST_MS = 10 * 60_000;
/** One card is enough of a ticket for so long, or until its person does something: what is written meanwhile makes none. */
const SPOKEN_FOR_MS = 15 * 60_000;
/** The inbox's page shows a day. */
const KEPT_MS = 48 * 3_600_000;

/** The SQL of notices; each method in a transaction with the scope of its workspaces. */
export class NoticeRepository {
  /**
   * Writes down each event of a workspace that has an application to tell people, once. It waits when the ticket's
   * person is known to WeCom and did not do it themselves; otherwise it ends here.
   *
   * @returns what was written or known, in the order of `events`; nothing of workspaces without an application.
   */
  async write(
    manager: EntityManager,
    events: readonly NoticeEvent[],
    channels: readonly TellingChannel[],
    now: Date,
  ): Promise<readonly WrittenNotice[]> {
    const rows: { event_id: string; inbox_id: string; state: WrittenNotice['state'] }[] = await manager.query(
      WRITE,
      [
        JSON.stringify(events.map(eventRow)),
        ...[channels.map(({ channel }) => channel), channels.map(({ setting }) => setting)],
        now,
      ],
    );
    if (rows.length === 0) return [];
    const inboxIds = [...new Set(rows.map((row) => row.inbox_id))];
    await manager.query(
      `DELETE FROM channels.colleague_notice WHERE inbox_id = ANY ($1::uuid[]) AND occurred_at < $2`,
      [inboxIds, new Date(now.getTime() - KEPT_MS)],
    );
    return rows.map((row) => ({ eventId: row.event_id, inboxId: row.inbox_id, state: row.state }));
  }

  /** @returns undefined when it has its end, or the ticket or the person is gone. */
  async due(manager: EntityManager, eventId: string, now: Date): Promise<DueNotice | undefined> {
    const rows: DueRow[] = await manager.query(DUE, [
      ...[eventId, now, new Date(now.getTime() - LATEST_MS), `${SPOKEN_FOR_MS} milliseconds`],
    ]);
    const [row] = rows;
    return (
      row && {
        ...{ kind: row.kind, occurredAt: row.occurred_at, ticketId: row.ticket_id, inboxId: row.inbox_id },
        ...{ to: row.wecom_user_id ?? '', locale: row.locale, timeZone: row.time_zone },
        ...{ number: row.number, subject: row.subject },
        notTold: row.is_late ? 'late' : row.is_unneeded ? 'unneeded' : row.is_present ? 'present' : null,
      }
    );
  }

  async end(
    manager: EntityManager,
    eventId: string,
    end: { readonly state: NotTold | 'told' | 'refused'; readonly detail?: string; readonly at: Date },
  ): Promise<void> {
    await manager.query(
      `UPDATE channels.colleague_notice SET state = $2, detail = $3, ended_at = $4
       WHERE event_id = $1 AND state = 'waiting'`,
      [eventId, end.state, end.detail ?? null, end.at],
    );
  }
}

interface DueRow {
  readonly kind: NoticeKind;
  readonly occurred_at: Date;
  readonly ticket_id: string;
  readonly inbox_id: string;
  readonly wecom_user_id: string | null;
  readonly locale: Locale;
  readonly time_zone: string;
  readonly number: string;
  readonly subject: string;
  readonly is_late: boolean;
  readonly is_unneeded: boolean;
  readonly is_present: boolean;
}

function eventRow(event: NoticeEvent, position: number) {
  return {
    ...{ position, workspace_id: event.workspaceId, event_id: event.id, kind: event.kind },
    ...{ occurred_at: event.occurredAt, ticket_id: event.ticketId, actor: event.actor },
    person_id: event.personId,
  };
}

/** Of a workspace's inboxes the oldest one speaks. A ticket without a person, or gone, is nobody's. */
const WRITE = `
  WITH event AS (
    SELECT e.*, application.id AS inbox_id
    FROM json_to_recordset($1::json) AS e (position integer, workspace_id uuid, event_id uuid, kind text,
      occurred_at timestamptz, ticket_id uuid, actor text, person_id uuid)
    CROSS JOIN LATERAL (
      SELECT i.id FROM directory.inbox i JOIN unnest($2::text[], $3::text[]) AS c (channel, setting)
        ON c.channel = i.channel AND i.settings ->> c.setting <> ''
      WHERE i.workspace_id = e.workspace_id AND i.enabled ORDER BY i.created_at, i.id LIMIT 1) AS application
  ), addressed AS (
    SELECT event.*, p.id AS to_person FROM event
    LEFT JOIN tickets.ticket t ON t.workspace_id = event.workspace_id AND t.id = event.ticket_id
    LEFT JOIN directory.person p ON p.workspace_id = t.workspace_id
      AND p.id = coalesce(event.person_id, t.assignee_id)
      AND p.active AND p.wecom_user_id IS NOT NULL AND event.actor <> 'agent:' || p.id
  ), written AS (
    INSERT INTO channels.colleague_notice
      (workspace_id, event_id, kind, occurred_at, ticket_id, person_id, inbox_id, state, ended_at)
    SELECT workspace_id, event_id, kind, occurred_at, ticket_id, to_person, inbox_id,
      CASE WHEN to_person IS NULL THEN 'unneeded' ELSE 'waiting' END,
      CASE WHEN to_person IS NULL THEN $4::timestamptz END
    FROM addressed ON CONFLICT DO NOTHING RETURNING workspace_id, event_id, state
  )
  SELECT event.event_id, event.inbox_id, coalesce(written.state, 'known') AS state
  FROM event LEFT JOIN written USING (workspace_id, event_id) ORDER BY event.position`;

/**
 * Everything as it is when the card is about to leave. Unneeded: the ticket is somebody else's by now, or done; it was
 * given anew, which has a notice of its own; or a customer writes on while the last card is fresh and its person has
 * done nothing about it. A page that is open is nobody any more once the router has found the presence that it renews
 * run out: a computer that sleeps keeps its connection for a while, and who said that they are away renews none. One
 * that ran out before the page was opened says nothing: that somebody is back, the router writes down a little later.
 */
const DUE = `
  SELECT n.kind, n.occurred_at, n.ticket_id, n.inbox_id, p.wecom_user_id, p.locale, p.time_zone,
    t.number::text AS number, t.subject,
    n.occurred_at <= $3 AS is_late,
    (t.assignee_id IS DISTINCT FROM n.person_id OR t.status IN ('solved', 'closed')
      OR NOT p.active OR p.wecom_user_id IS NULL
      OR EXISTS (SELECT 1 FROM tickets.event e
        WHERE e.ticket_id = n.ticket_id AND e.type = 'ticket.assigned' AND e.at > n.occurred_at)
      OR n.kind = 'message.added' AND EXISTS (SELECT 1 FROM channels.colleague_notice o
        WHERE o.ticket_id = n.ticket_id AND o.person_id = n.person_id AND o.state = 'told'
          AND o.occurred_at > n.occurred_at - $4::interval
          AND NOT EXISTS (SELECT 1 FROM tickets.event e
            WHERE e.ticket_id = n.ticket_id AND e.actor = 'agent:' || n.person_id AND e.at > o.occurred_at))
    ) AS is_unneeded,
    EXISTS (SELECT 1 FROM tickets.open_page o
      WHERE o.workspace_id = n.workspace_id AND o.person_id = n.person_id AND o.held_until > $2
        AND NOT EXISTS (SELECT 1 FROM routing.presence r
          WHERE r.workspace_id = n.workspace_id AND r.agent_id = n.person_id
            AND r.absent_since > o.opened_at)) AS is_present
  FROM channels.colleague_notice n
  JOIN tickets.ticket t ON t.workspace_id = n.workspace_id AND t.id = n.ticket_id
  JOIN directory.person p ON p.workspace_id = n.workspace_id AND p.id = n.person_id
  WHERE n.event_id = $1 AND n.state = 'waiting'`;
