import { Inject, Injectable } from '@nestjs/common';
import type { QueueView } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import { type Clock, newId, ProblemError } from '@tributary/runtime';
import { SERVICE_CONTEXT, type ServiceContext } from '@tributary/service';
import type { DataSource, EntityManager } from 'typeorm';
import { announceConfiguration } from '../configuration-event.js';
import { currentPolicy } from '../policy/policy-store.js';
import { QueueEntity } from './queue.entity.js';

export interface QueueChange {
  readonly name?: string;
  /** Whose members work it; null: everyone. */
  readonly teamId?: string | null;
}

/**
 * Makes a queue and tells the router.
 *
 * @param dataSource of service `router`, with `ROUTER_ENTITIES`.
 * @throws ProblemError 409 `QUEUE_NAME_TAKEN`; 422 `TEAM_UNKNOWN`.
 */
export async function createQueue(
  dataSource: DataSource,
  clock: Clock,
  workspaceId: string,
  { name, teamId = null }: QueueChange & { readonly name: string },
): Promise<QueueView> {
  return inWorkspace(dataSource, workspaceId, async (manager) => {
    await refuseUnknownTeam(manager, workspaceId, teamId);
    const id = newId();
    const { raw } = await manager
      .createQueryBuilder()
      .insert()
      .into(QueueEntity)
      .values({ id, workspaceId, name: name.trim(), teamId })
      .orIgnore()
      .returning('id')
      .execute();
    if ((raw as unknown[]).length === 0) throw nameTaken();
    await announceConfiguration(manager, workspaceId, 'queue', clock.now());
    return { id, name: name.trim(), teamId };
  });
}

@Injectable()
export class QueuesService {
  constructor(@Inject(SERVICE_CONTEXT) private readonly context: ServiceContext) {}

  /** By name. A workspace that nobody has set up has one queue already. */
  async list(workspaceId: string): Promise<readonly QueueView[]> {
    const { dataSource, clock } = this.context;
    return inWorkspace(dataSource, workspaceId, async (manager) => {
      await currentPolicy(manager, workspaceId, clock.now());
      const queues = await manager.find(QueueEntity, { where: { workspaceId }, order: { name: 'ASC' } });
      return queues.map(queueView);
    });
  }

  async create(workspaceId: string, queue: QueueChange & { readonly name: string }): Promise<QueueView> {
    return createQueue(this.context.dataSource, this.context.clock, workspaceId, queue);
  }

  /** @throws ProblemError 404 `QUEUE_UNKNOWN`; 409 `QUEUE_NAME_TAKEN`; 422 `TEAM_UNKNOWN`. */
  async change(workspaceId: string, id: string, change: QueueChange): Promise<QueueView> {
    const { dataSource, clock } = this.context;
    return inWorkspace(dataSource, workspaceId, async (manager) => {
      const queue = await manager.findOne(QueueEntity, {
        where: { workspaceId, id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!queue) throw new ProblemError(404, 'QUEUE_UNKNOWN');
      const { name = queue.name, teamId = queue.teamId } = change;
      await refuseUnknownTeam(manager, workspaceId, teamId);
      const namesake = await manager.findOneBy(QueueEntity, { workspaceId, name: name.trim() });
      if (namesake && namesake.id !== id) throw nameTaken();
      const changed = { ...queue, name: name.trim(), teamId };
      await manager.update(QueueEntity, { workspaceId, id }, { name: changed.name, teamId });
      await announceConfiguration(manager, workspaceId, 'queue', clock.now());
      return queueView(changed);
    });
  }
}

async function refuseUnknownTeam(
  manager: EntityManager,
  workspaceId: string,
  teamId: string | null,
): Promise<void> {
  if (teamId === null) return;
  const teams: unknown[] = await manager.query(
    `SELECT 1 FROM directory.team WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, teamId],
  );
  if (teams.length === 0) throw new ProblemError(422, 'TEAM_UNKNOWN');
}

function nameTaken(): ProblemError {
  return new ProblemError(409, 'QUEUE_NAME_TAKEN');
}

function queueView({ id, name, teamId }: QueueEntity): QueueView {
  return { id, name, teamId };
}
