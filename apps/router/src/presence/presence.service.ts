import { Inject, Injectable } from '@nestjs/common';
import {
  type AgentAvailability,
  encodeRecord,
  type PresenceChanged,
  type PresenceState,
  type PresenceView,
  routingWork,
} from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import { newId, ProblemError } from '@tributary/runtime';
import { SERVICE_CONTEXT, type ServiceContext } from '@tributary/service';
import { CAPACITY } from '../matching/configuration.js';

/** Three renewals of 15 s: two may be lost before an agent counts as gone. */
export const LEASE_MS = 45_000;

interface PresenceRow {
  readonly state: PresenceState | null;
  readonly lease_until: Date | null;
  readonly used: Readonly<Record<string, number>>;
}

@Injectable()
export class PresenceService {
  constructor(@Inject(SERVICE_CONTEXT) private readonly context: ServiceContext) {}

  /** An agent whose lease has ended reads as offline, also before the router has noticed. */
  async read(workspaceId: string, agentId: string): Promise<PresenceView> {
    const { dataSource, clock } = this.context;
    // One statement, one snapshot: presence and load never tell of different moments.
    const [row]: [PresenceRow] = await inWorkspace(dataSource, workspaceId, (manager) =>
      manager.query(
        `SELECT r.state, r.lease_until,
                (SELECT coalesce(json_object_agg(channel, units), '{}') FROM (
                   SELECT coalesce(channel, 'other') AS channel, sum(units) AS units FROM routing.work_item
                   WHERE workspace_id = $1 AND agent_id = $2 AND state = 'assigned' GROUP BY 1) AS used) AS used
         FROM (SELECT) AS one LEFT JOIN routing.presence r
           ON workspace_id = $1 AND agent_id = $2 AND lease_until > $3 AND state <> 'offline'`,
        [workspaceId, agentId, clock.now()],
      ),
    );
    return {
      agentId,
      state: row.state ?? 'offline',
      leaseUntil: row.lease_until?.toISOString() ?? null,
      capacityUsed: row.used,
      capacityTotal: CAPACITY,
    };
  }

  /**
   * Changes or renews the agent's lease. The router applies it in the order of the log; the answer says what will be.
   *
   * @throws ProblemError 503 `LOG_UNREACHABLE` when it could not be written down.
   */
  async change(workspaceId: string, agentId: string, state: PresenceState): Promise<PresenceView> {
    const { clock, log, logger } = this.context;
    const now = clock.now();
    const leaseUntil = new Date(now.getTime() + LEASE_MS).toISOString();
    const payload: PresenceChanged = { agentId, state, leaseUntil };
    const value = encodeRecord({
      id: newId(),
      type: 'presence.changed',
      version: 1,
      workspaceId,
      occurredAt: now.toISOString(),
      payload,
    });
    try {
      await log.append([{ topic: routingWork.name, key: workspaceId, value }]);
    } catch (error) {
      logger.warn({ err: error }, 'presence_append_failed');
      throw new ProblemError(503, 'LOG_UNREACHABLE', undefined, undefined, { 'retry-after': '1' });
    }
    const view = await this.read(workspaceId, agentId);
    return { ...view, state, leaseUntil: state === 'offline' ? null : leaseUntil };
  }

  /** Every active person by name, with what they carry. */
  async availability(workspaceId: string): Promise<readonly AgentAvailability[]> {
    const { dataSource, clock } = this.context;
    const rows: (Omit<AgentAvailability, 'agentId'> & { id: string })[] = await inWorkspace(
      dataSource,
      workspaceId,
      (manager) =>
        manager.query(
          `SELECT p.id, p.name,
                  CASE WHEN r.lease_until > $2 THEN r.state ELSE 'offline' END AS state,
                  coalesce(w.units, 0)::integer AS "usedUnits", coalesce(w.tickets, 0)::integer AS assigned
           FROM directory.person p
           LEFT JOIN routing.presence r ON r.workspace_id = p.workspace_id AND r.agent_id = p.id
           LEFT JOIN (SELECT agent_id, sum(units) AS units, count(*) AS tickets FROM routing.work_item
                      WHERE workspace_id = $1 AND state = 'assigned' GROUP BY agent_id) AS w
             ON w.agent_id = p.id
           WHERE p.workspace_id = $1 AND p.active ORDER BY p.name, p.id`,
          [workspaceId, clock.now()],
        ),
    );
    return rows.map(({ id, ...row }) => ({ agentId: id, ...row }));
  }
}
