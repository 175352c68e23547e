import { Injectable } from '@nestjs/common';
import type { PresenceState } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';
import type { AgentProfile, Configuration } from './matching/configuration.js';
import type { Seat } from './matching/agent-pool.js';
import { foldRegion, primaryLanguage } from './matching/requirement.js';
import type { WorkItem } from './matching/work-item.js';
import type { StoredSeat } from './matching/workspace-matching.js';
import { currentPolicy, policyNames } from './policy/policy-store.js';
import { ITEM_COLUMNS, type ItemRow, itemRow, workItem } from './work-item-row.js';
import { compilePolicy, costOf, type PolicyDraft } from './policy/rule-evaluation.js';

/** A row's value and the workspace it belongs to; batches mix workspaces. */
export interface OfWorkspace<T> {
  readonly workspaceId: string;
  readonly value: T;
}

export interface StoredDecision {
  readonly id: string;
  readonly ticketId: string;
  readonly at: Date;
  readonly outcome: string;
  /** The decision's view. */
  readonly explain: object;
}

export interface QuarantinedRecord {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly reason: string;
  readonly detail: string;
  readonly value: Buffer;
  readonly at: Date;
}

/** The router's hot SQL: each method is one statement, or one for each kind of row, whatever the batch's size. */
@Injectable()
export class RoutingRepository {
  /** Becomes the workspace's owner; every earlier owner's commits fail from now on. @returns the new epoch. */
  async takeEpoch(manager: EntityManager, workspaceId: string, now: Date): Promise<number> {
    const rows: { epoch: string }[] = await manager.query(
      `INSERT INTO routing.workspace_epoch AS e (workspace_id, epoch, taken_at) VALUES ($1, 1, $2)
       ON CONFLICT (workspace_id) DO UPDATE SET epoch = e.epoch + 1, taken_at = EXCLUDED.taken_at
       RETURNING epoch`,
      [workspaceId, now],
    );
    return Number(rows[0]!.epoch);
  }

  /** Holds the epochs until the transaction ends. @returns the workspaces whose epoch is another by now. */
  async lostEpochs(manager: EntityManager, held: ReadonlyMap<string, number>): Promise<ReadonlySet<string>> {
    if (held.size === 0) return new Set();
    const rows: { workspace_id: string; epoch: string }[] = await manager.query(
      `SELECT workspace_id, epoch FROM routing.workspace_epoch
       WHERE workspace_id = ANY ($1::uuid[]) ORDER BY workspace_id FOR SHARE`,
      [[...held.keys()]],
    );
    const now = new Map(rows.map((row) => [row.workspace_id, Number(row.epoch)]));
    return new Set([...held].filter(([id, epoch]) => now.get(id) !== epoch).map(([id]) => id));
  }

  /** @param draft a policy to use in place of the stored one. */
  async loadConfiguration(
    manager: EntityManager,
    workspaceId: string,
    now: Date,
    draft?: PolicyDraft,
  ): Promise<Configuration> {
    const stored = await currentPolicy(manager, workspaceId, now);
    const policy = draft ?? stored;
    const names = await policyNames(manager, workspaceId);
    return {
      policyVersion: stored.version,
      queues: new Map(names.queues.map((queue) => [queue.id, queue.name])),
      defaultQueueId: policy.defaultQueueId,
      agents: await this.#loadAgents(manager, workspaceId),
      route: compilePolicy(policy, names),
      unitsOf: (channel) => costOf(policy, channel),
    };
  }

  async #loadAgents(manager: EntityManager, workspaceId: string): Promise<AgentProfile[]> {
    const rows: AgentRow[] = await manager.query(
      `SELECT p.id, p.name, p.active, p.languages, p.regions,
              ARRAY(SELECT m.team_id::text FROM directory.team_member m
                    WHERE m.workspace_id = p.workspace_id AND m.person_id = p.id) AS team_ids,
              (SELECT json_object_agg(s.skill_id, s.level) FROM directory.person_skill s
               WHERE s.workspace_id = p.workspace_id AND s.person_id = p.id) AS skills
       FROM directory.person p WHERE p.workspace_id = $1 ORDER BY p.id`,
      [workspaceId],
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      active: row.active,
      teamIds: new Set(row.team_ids),
      skills: new Map(Object.entries(row.skills ?? {})),
      languages: new Set(row.languages.map(primaryLanguage)),
      regions: new Set(row.regions.map(foldRegion)),
    }));
  }

  async loadSeats(manager: EntityManager, workspaceId: string): Promise<StoredSeat[]> {
    const rows: SeatRow[] = await manager.query(
      `SELECT agent_id, state, lease_until, absent_since, idle_since
       FROM routing.presence WHERE workspace_id = $1 ORDER BY agent_id`,
      [workspaceId],
    );
    return rows.map((row) => ({
      agentId: row.agent_id,
      state: row.state,
      leaseUntil: row.lease_until.getTime(),
      absentSince: row.absent_since?.getTime() ?? null,
      idleSince: row.idle_since?.getTime() ?? null,
    }));
  }

  /** Waiting and assigned ones. */
  async loadLive(manager: EntityManager, workspaceId: string): Promise<WorkItem[]> {
    const rows: ItemRow[] = await manager.query(
      `SELECT * FROM routing.work_item
       WHERE workspace_id = $1 AND state IN ('waiting', 'assigned') ORDER BY ticket_id`,
      [workspaceId],
    );
    return rows.map(workItem);
  }

  /** Of these tickets those that are known. LATERAL: on stale statistics a plain join reads the whole workspace. */
  async findItems(
    manager: EntityManager,
    tickets: readonly OfWorkspace<string>[],
  ): Promise<readonly OfWorkspace<WorkItem>[]> {
    if (tickets.length === 0) return [];
    const rows: ItemRow[] = await manager.query(
      `SELECT i.* FROM unnest($1::uuid[], $2::uuid[]) AS asked (workspace_id, ticket_id)
       CROSS JOIN LATERAL (
         SELECT * FROM routing.work_item
         WHERE workspace_id = asked.workspace_id AND ticket_id = asked.ticket_id LIMIT 1) AS i`,
      [workspaces(tickets), tickets.map((ticket) => ticket.value)],
    );
    return rows.map((row) => ({ workspaceId: row.workspace_id, value: workItem(row) }));
  }

  /** @throws Error when a row is newer than what is written: the writer's memory is not the state. */
  async saveItems(manager: EntityManager, items: readonly OfWorkspace<WorkItem>[]): Promise<void> {
    if (items.length === 0) return;
    const columns = ITEM_COLUMNS.join(', ');
    const updated = ITEM_COLUMNS.map((name) => `${name} = EXCLUDED.${name}`).join(', ');
    const [{ written }]: [{ written: number }] = await manager.query(
      `WITH saved AS (
         INSERT INTO routing.work_item AS i (workspace_id, ${columns})
         SELECT workspace_id, ${columns} FROM json_populate_recordset(NULL::routing.work_item, $1::json)
         ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET ${updated}
         WHERE i.ticket_version <= EXCLUDED.ticket_version RETURNING 1)
       SELECT count(*)::integer AS written FROM saved`,
      [JSON.stringify(items.map(({ workspaceId, value }) => itemRow(workspaceId, value)))],
    );
    if (written !== items.length) throw new Error('a ticket is newer in the database than in memory');
  }

  async saveSeats(manager: EntityManager, seats: readonly OfWorkspace<Seat>[]): Promise<void> {
    if (seats.length === 0) return;
    const at = (instant: number | null) => (instant === null ? null : new Date(instant));
    await manager.query(
      `INSERT INTO routing.presence (workspace_id, agent_id, state, lease_until, absent_since, idle_since)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                            $6::timestamptz[])
       ON CONFLICT (workspace_id, agent_id) DO UPDATE SET state = EXCLUDED.state,
         lease_until = EXCLUDED.lease_until, absent_since = EXCLUDED.absent_since,
         idle_since = EXCLUDED.idle_since`,
      [
        workspaces(seats),
        seats.map(({ value }) => value.agentId),
        seats.map(({ value }) => value.state),
        seats.map(({ value }) => new Date(value.leaseUntil)),
        seats.map(({ value }) => at(value.absentSince)),
        seats.map(({ value }) => at(value.idleSince)),
      ],
    );
  }

  async saveDecisions(
    manager: EntityManager,
    decisions: readonly OfWorkspace<StoredDecision>[],
  ): Promise<void> {
    if (decisions.length === 0) return;
    await manager.query(
      `INSERT INTO routing.decision (workspace_id, id, ticket_id, at, outcome, explain)
       SELECT workspace_id, id, ticket_id, at, outcome, explain
       FROM json_populate_recordset(NULL::routing.decision, $1::json)`,
      // One document: in an array of documents every quotation mark would be escaped, sent, and read letter by letter.
      [
        JSON.stringify(
          decisions.map(({ workspaceId, value: { id, ticketId, at, outcome, explain } }) => ({
            ...{ workspace_id: workspaceId, id, ticket_id: ticketId, at, outcome, explain },
          })),
        ),
      ],
    );
  }

  /** Tells the console's streams of these agents, once the transaction has committed. */
  async notifyPresence(manager: EntityManager, agents: readonly OfWorkspace<Seat>[]): Promise<void> {
    if (agents.length === 0) return;
    await manager.query(
      `SELECT pg_notify($1, json_build_object('workspaceId', w, 'agentId', a)::text)
       FROM unnest($2::text[], $3::text[]) AS agent (w, a)`,
      [PRESENCE_CHANNEL, workspaces(agents), agents.map(({ value }) => value.agentId)],
    );
  }

  async quarantine(manager: EntityManager, records: readonly QuarantinedRecord[]): Promise<void> {
    if (records.length === 0) return;
    await manager.query(
      `INSERT INTO routing.quarantine (id, topic, partition, record_offset, reason, detail, value, at)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::bigint[], $5::text[], $6::text[],
                            $7::bytea[], $8::timestamptz[])
       ON CONFLICT (topic, partition, record_offset) DO NOTHING`,
      [
        records.map((r) => r.id),
        records.map((r) => r.topic),
        records.map((r) => r.partition),
        records.map((r) => String(r.offset)),
        records.map((r) => r.reason),
        records.map((r) => r.detail),
        records.map((r) => r.value),
        records.map((r) => r.at),
      ],
    );
  }
}

/** Payload: `{ workspaceId, agentId }` of an agent whose presence or capacity in use changed. */
export const PRESENCE_CHANNEL = 'presence';

function workspaces(rows: readonly OfWorkspace<unknown>[]): string[] {
  return rows.map((row) => row.workspaceId);
}

interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly languages: readonly string[];
  readonly regions: readonly string[];
  readonly team_ids: readonly string[];
  readonly skills: Readonly<Record<string, number>> | null;
}

interface SeatRow {
  readonly agent_id: string;
  readonly state: PresenceState;
  readonly lease_until: Date;
  readonly absent_since: Date | null;
  readonly idle_since: Date | null;
}
