import { type Assigner, type Cluster, PartitionAssigners } from 'kafkajs';

export interface GroupJoinHook {
  /**
   * Awaited before the member asks to join (again): all its partitions are about to be given out anew.
   *
   * @param member undefined when the group does not know this member (any more).
   */
  beforeJoin(member: JoiningMember | undefined): Promise<void>;
  /** The group's generation that the member joined; grows by one with each rebalance. */
  joined(generation: number): void;
}

export interface JoiningMember {
  /**
   * Keeps this member in the group while it is not ready to join. Rejects; while a rebalance goes on, with the type
   * `REBALANCE_IN_PROGRESS`, and that is as good as an answer.
   */
  heartbeat(generation: number): Promise<unknown>;
}

interface Coordinator {
  joinGroup(request: { groupId: string; memberId: string }): Promise<{ generationId: number }>;
  heartbeat(request: { groupId: string; memberId: string; groupGenerationId: number }): Promise<unknown>;
}

/**
 * An assigner that lets us finish work before partitions go away. kafkajs has no callback for that: it joins again
 * as soon as it hears of a rebalance, whatever its handlers do, and it tells the generation to nobody. It does hand
 * its cluster to the assigner, and each join asks that for the group's coordinator; there we step in. The version of
 * kafkajs is pinned, and `logContract()` fails when this stops working.
 */
export function joinHookAssigner(hook: GroupJoinHook) {
  return (config: Parameters<typeof PartitionAssigners.roundRobin>[0]): Assigner => {
    hookCoordinator(config.cluster, hook);
    return PartitionAssigners.roundRobin(config);
  };
}

function hookCoordinator(cluster: Cluster, hook: GroupJoinHook): void {
  const hooked = new WeakSet<object>();
  const find = cluster.findGroupCoordinator.bind(cluster);
  cluster.findGroupCoordinator = async (group) => {
    const broker = await find(group);
    if (!hooked.has(broker)) {
      hooked.add(broker);
      hookJoin(broker as unknown as Coordinator, hook);
    }
    return broker;
  };
}

function hookJoin(broker: Coordinator, hook: GroupJoinHook): void {
  const join = broker.joinGroup.bind(broker);
  broker.joinGroup = async (request) => {
    const { groupId, memberId } = request;
    const heartbeat = (groupGenerationId: number) =>
      broker.heartbeat({ groupId, memberId, groupGenerationId });
    await hook.beforeJoin(memberId === '' ? undefined : { heartbeat });
    const answer = await join(request);
    hook.joined(answer.generationId);
    return answer;
  };
}
