import { newId } from '@tributary/runtime';
import type { EntityManager } from 'typeorm';
import { QueueEntity } from '../queues/queue.entity.js';
import { PolicyEntity } from './policy.entity.js';
import { DEFAULT_COST, type PolicyNames } from './rule-evaluation.js';

/** The queue of a workspace that nobody has set up yet. */
const FIRST_QUEUE = 'General';

/**
 * The workspace's newest policy. A workspace without one gets a first: everything waits in one queue for everyone, so
 * that no ticket is without a place.
 */
export async function currentPolicy(
  manager: EntityManager,
  workspaceId: string,
  now: Date,
): Promise<PolicyEntity> {
  const newest = () => manager.findOne(PolicyEntity, { where: { workspaceId }, order: { version: 'DESC' } });
  const known = await newest();
  if (known) return known;
  await manager
    .createQueryBuilder()
    .insert()
    .into(QueueEntity)
    .values({ id: newId(), workspaceId, name: FIRST_QUEUE, teamId: null })
    .orIgnore()
    .execute();
  const queue = await manager.findOneByOrFail(QueueEntity, { workspaceId, name: FIRST_QUEUE });
  const first: PolicyEntity = {
    workspaceId,
    version: 1,
    rules: [],
    defaultQueueId: queue.id,
    costs: { email: DEFAULT_COST, web_form: DEFAULT_COST },
    updatedAt: now,
    updatedBy: 'system',
  };
  await manager.createQueryBuilder().insert().into(PolicyEntity).values(first).orIgnore().execute();
  return manager.findOneOrFail(PolicyEntity, { where: { workspaceId }, order: { version: 'DESC' } });
}

/** What ids in a policy may name. */
export async function policyNames(
  manager: EntityManager,
  workspaceId: string,
): Promise<PolicyNames & { readonly queues: readonly QueueEntity[] }> {
  const queues = await manager.find(QueueEntity, { where: { workspaceId }, order: { name: 'ASC' } });
  const skills: { id: string; name: string }[] = await manager.query(
    `SELECT id, name FROM directory.skill WHERE workspace_id = $1`,
    [workspaceId],
  );
  return {
    queues,
    teamOfQueue: new Map(queues.map((queue) => [queue.id, queue.teamId])),
    skills: new Map(skills.map((skill) => [skill.id, skill.name])),
  };
}
