import { RetryableError } from '@tributary/event-log';
import type { Logger } from '@tributary/runtime';
import type { EntityManager } from 'typeorm';
import { WorkspaceMatching } from './matching/workspace-matching.js';
import type { RoutingRepository } from './routing.repository.js';

/** A workspace that this process decides for. */
export interface OwnedWorkspace {
  readonly workspaceId: string;
  readonly partition: number;
  /** Its fence in the database. */
  readonly epoch: number;
  readonly matching: WorkspaceMatching;
}

interface Holding {
  readonly workspaceId: string;
  readonly partition: number;
  readonly epoch: number;
  /** False until the transaction that took it over has committed: another may get the same epoch after a rollback. */
  confirmed: boolean;
  /** Absent after a failed transaction: the memory may have run ahead, and is read again. */
  matching: WorkspaceMatching | undefined;
}

/** How soon a memory that was thrown away is read again, when no batch comes before. */
const RELOAD_MS = 1000;

/**
 * The workspaces that this process owns, by partition of the log. A holding is good only inside a transaction that
 * has checked its epoch, which `take` and `retake` do.
 */
export class OwnedWorkspaces {
  readonly #holdings = new Map<string, Holding>();
  readonly #turns = new Map<number, Promise<unknown>>();

  constructor(
    private readonly repository: RoutingRepository,
    private readonly logger: Logger,
  ) {}

  /** Batches and timers of one partition, one at a time. */
  async inTurn<T>(partition: number, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(partition) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(
      partition,
      turn.catch(() => undefined),
    );
    return turn;
  }

  /**
   * The workspaces of a batch, ours until the transaction ends: the fence is checked for those we hold, the others
   * are taken over and read.
   *
   * @throws RetryableError when another process took one of them meanwhile; nothing of it is kept.
   */
  async take(
    manager: EntityManager,
    partition: number,
    workspaceIds: readonly string[],
    now: Date,
  ): Promise<ReadonlyMap<string, OwnedWorkspace>> {
    const held = workspaceIds.flatMap((id) => this.#holdings.get(id) ?? []);
    const lost = await this.#lost(manager, held);
    if (lost.size > 0) throw new RetryableError('another process owns the workspace by now');
    const owned = new Map<string, OwnedWorkspace>();
    // In one order everywhere, so that two processes that take over the same workspaces wait and do not deadlock.
    for (const workspaceId of [...workspaceIds].toSorted()) {
      let holding = this.#holdings.get(workspaceId);
      if (!holding) {
        const epoch = await this.repository.takeEpoch(manager, workspaceId, now);
        holding = { workspaceId, partition, epoch, confirmed: false, matching: undefined };
        this.#holdings.set(workspaceId, holding);
        this.logger.info({ workspaceId, partition, epoch }, 'workspace_taken');
      }
      owned.set(workspaceId, await this.#read(manager, holding, now));
    }
    return owned;
  }

  /** Those of the workspaces that are still ours; the others are let go in silence. For timers: they take nothing. */
  async retake(
    manager: EntityManager,
    workspaceIds: readonly string[],
    now: Date,
  ): Promise<readonly OwnedWorkspace[]> {
    const held = workspaceIds.flatMap((id) => this.#holdings.get(id) ?? []);
    const lost = await this.#lost(manager, held);
    const owned: OwnedWorkspace[] = [];
    for (const holding of held) {
      if (!lost.has(holding.workspaceId)) owned.push(await this.#read(manager, holding, now));
    }
    return owned;
  }

  /** After the transaction has committed. */
  confirm(workspaceIds: Iterable<string>): void {
    for (const id of workspaceIds) {
      const holding = this.#holdings.get(id);
      if (holding) holding.confirmed = true;
    }
  }

  /** After a failed transaction: what is in memory may never have become true. */
  distrust(workspaceIds: Iterable<string>): void {
    for (const id of workspaceIds) {
      const holding = this.#holdings.get(id);
      if (holding?.confirmed) holding.matching = undefined;
      else this.#holdings.delete(id);
    }
  }

  /** The partition came or went: whoever comes first takes its workspaces over. */
  release(partition: number): void {
    for (const [id, holding] of this.#holdings) {
      if (holding.partition === partition) this.#holdings.delete(id);
    }
  }

  /** Milliseconds since 1970 of the earliest end of a lease or a grace; undefined when nothing ends. */
  nextDeadline(now: number): number | undefined {
    let next: number | undefined;
    for (const { matching } of this.#holdings.values()) {
      const at = matching ? matching.nextDeadline : now + RELOAD_MS;
      if (at !== undefined && (next === undefined || at < next)) next = at;
    }
    return next;
  }

  /** Workspaces in which something has ended, by partition. */
  due(now: number): ReadonlyMap<number, readonly string[]> {
    const due = new Map<number, string[]>();
    for (const { matching, partition, workspaceId } of this.#holdings.values()) {
      if (matching && (matching.nextDeadline ?? Infinity) > now) continue;
      const ids = due.get(partition);
      if (ids) ids.push(workspaceId);
      else due.set(partition, [workspaceId]);
    }
    return due;
  }

  async #lost(manager: EntityManager, held: readonly Holding[]): Promise<ReadonlySet<string>> {
    const epochs = new Map(held.map(({ workspaceId, epoch }) => [workspaceId, epoch]));
    const lost = await this.repository.lostEpochs(manager, epochs);
    for (const id of lost) {
      this.#holdings.delete(id);
      this.logger.warn({ workspaceId: id }, 'workspace_lost');
    }
    return lost;
  }

  async #read(manager: EntityManager, holding: Holding, now: Date): Promise<OwnedWorkspace> {
    const { workspaceId, partition, epoch } = holding;
    holding.matching ??= new WorkspaceMatching({
      configuration: await this.repository.loadConfiguration(manager, workspaceId, now),
      seats: await this.repository.loadSeats(manager, workspaceId),
      items: await this.repository.loadLive(manager, workspaceId),
      now: now.getTime(),
    });
    return { workspaceId, partition, epoch, matching: holding.matching };
  }
}
