import { Inject, Injectable } from '@nestjs/common';
import type { DryRunRequest, DryRunView, RoutingPolicyView } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import { installedChannels } from '@tributary/directory';
import { type Clock, ProblemError } from '@tributary/runtime';
import { SERVICE_CONTEXT, type ServiceContext } from '@tributary/service';
import type { DataSource, EntityManager } from 'typeorm';
import { announceConfiguration } from '../configuration-event.js';
import { WorkspaceMatching } from '../matching/workspace-matching.js';
import { RoutingRepository } from '../routing.repository.js';
import { PolicyEntity } from './policy.entity.js';
import { currentPolicy, policyNames } from './policy-store.js';
import { policyFaults } from './policy-validation.js';
import type { PolicyDraft } from './rule-evaluation.js';

export interface PolicyChange extends PolicyDraft {
  /** Of the policy that this one replaces; absent: of whichever is the newest. */
  readonly version?: number;
}

/**
 * Stores a policy as the next version and tells the router.
 *
 * @param dataSource of service `router`, with `ROUTER_ENTITIES`.
 * @param by a person's id, or `system`.
 * @throws ProblemError 422 `POLICY_INVALID` that names rule and field; 412 `VERSION_CONFLICT` when it replaces
 *   another version than the newest.
 */
export async function savePolicy(
  dataSource: DataSource,
  clock: Clock,
  workspaceId: string,
  change: PolicyChange,
  by: string,
): Promise<RoutingPolicyView> {
  return inWorkspace(dataSource, workspaceId, async (manager) => {
    const now = clock.now();
    const replaced = await currentPolicy(manager, workspaceId, now);
    if (change.version !== undefined && change.version !== replaced.version) throw conflict();
    await refuseFaults(manager, workspaceId, change);
    const { rules, defaultQueueId, costs } = change;
    const version = replaced.version + 1;
    const policy = { workspaceId, version, rules, defaultQueueId, costs, updatedAt: now, updatedBy: by };
    const { raw } = await manager
      .createQueryBuilder()
      .insert()
      .into(PolicyEntity)
      .values(policy)
      .orIgnore()
      .returning('version')
      .execute();
    if ((raw as unknown[]).length === 0) throw conflict();
    await announceConfiguration(manager, workspaceId, 'policy', now);
    return policyView(policy);
  });
}

@Injectable()
export class PolicyService {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(RoutingRepository) private readonly repository: RoutingRepository,
  ) {}

  async read(workspaceId: string): Promise<RoutingPolicyView> {
    const { dataSource, clock } = this.context;
    return inWorkspace(dataSource, workspaceId, async (manager) =>
      policyView(await currentPolicy(manager, workspaceId, clock.now())),
    );
  }

  async save(workspaceId: string, change: PolicyChange, by: string): Promise<RoutingPolicyView> {
    return savePolicy(this.context.dataSource, this.context.clock, workspaceId, change, by);
  }

  /** Under the draft, on a copy of the stored state: nothing is decided, and no lease or grace is ended for good. */
  async dryRun(workspaceId: string, { policy, ticket }: DryRunRequest): Promise<DryRunView> {
    return inWorkspace(this.context.dataSource, workspaceId, async (manager) => {
      const now = this.context.clock.now();
      await refuseFaults(manager, workspaceId, policy);
      const matching = new WorkspaceMatching({
        configuration: await this.repository.loadConfiguration(manager, workspaceId, now, policy),
        seats: await this.repository.loadSeats(manager, workspaceId),
        items: (await this.repository.loadLive(manager, workspaceId)).filter((item) => item.agentId !== null),
        now: now.getTime(),
      });
      const { language = null, region = null, ...attributes } = ticket;
      return matching.preview({ ...attributes, language, region }, now.getTime());
    });
  }
}

async function refuseFaults(manager: EntityManager, workspaceId: string, draft: PolicyDraft): Promise<void> {
  const names = await policyNames(manager, workspaceId);
  const faults = policyFaults(draft, { ...names, channels: await installedChannels(manager) });
  if (faults.length === 0) return;
  throw new ProblemError(422, 'POLICY_INVALID', faults.map((fault) => fault.message).join('; '), faults);
}

function conflict(): ProblemError {
  return new ProblemError(412, 'VERSION_CONFLICT', 'the policy has a newer version');
}

function policyView(policy: PolicyEntity): RoutingPolicyView {
  const { version, rules, defaultQueueId, costs, updatedAt, updatedBy } = policy;
  return { version, rules, defaultQueueId, costs, updatedAt: updatedAt.toISOString(), updatedBy };
}
