import { Inject, Injectable } from '@nestjs/common';
import { parseRecord, type RecordOf, routingWork } from '@tributary/contracts';
import { addToOutbox, claimReceipts, inWorkspaces, WriteAhead } from '@tributary/database';
import { type LogRecord, type Outcome, type RecordBatch, RetryableError } from '@tributary/event-log';
import { newId } from '@tributary/runtime';
import { SERVICE_CONTEXT, type ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import { retryableFault } from './database-faults.js';
import { decisionRecord, decisionRow, identified } from './decisions/decision-records.js';
import type { Configuration } from './matching/configuration.js';
import { OwnedWorkspaces, type OwnedWorkspace } from './owned-workspaces.js';
import { RoutingRepository } from './routing.repository.js';
import { applyWork } from './work-events.js';

type Work = RecordOf<typeof routingWork>;
type Owned = ReadonlyMap<string, OwnedWorkspace>;
type Understood = { readonly record: LogRecord; readonly event: Work };
type Unreadable = { readonly record: LogRecord; readonly reason: string; readonly detail: string };

/** In receipts. */
const CONSUMER = 'router';
/** Node's timers hold no more (2^31 - 1 ms). */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * The router's consumer. A batch is one transaction: the fence of every workspace in it is checked, each event is
 * claimed once, memory decides, and what it decided is stored with the records that tell the others. When the
 * transaction fails, the memory is thrown away: it never runs ahead of the database.
 */
@Injectable()
export class RoutingPipeline {
  #timer: NodeJS.Timeout | undefined;
  #ending: Promise<void> | undefined;
  #stopped = false;

  constructor(
    @Inject(SERVICE_CONTEXT)
    private readonly context: Pick<ServiceContext, 'clock' | 'dataSource' | 'fail' | 'logger'>,
    @Inject(RoutingRepository) private readonly repository: RoutingRepository,
    @Inject(OwnedWorkspaces) private readonly workspaces: OwnedWorkspaces,
  ) {}

  async handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    const read = batch.records.map(readRecord);
    const understood = read.filter((each) => 'event' in each);
    const unreadable = read.filter((each) => 'reason' in each);
    const ids = [...new Set(understood.map(({ event }) => event.workspaceId))];
    return this.workspaces.inTurn(batch.partition, async () => {
      const now = this.context.clock.now();
      const applied = await this.#transaction(ids, async (manager) => {
        const owned = await this.workspaces.take(manager, batch.partition, ids, now);
        const fresh = await this.#claim(manager, understood);
        await this.#recall(manager, fresh, owned);
        const configurations = await this.#readConfigurations(manager, fresh, now);
        const outcomes = decide(fresh, owned, configurations, now);
        await this.#store(manager, [...owned.values()]);
        await this.#quarantine(manager, unreadable, now);
        stopWhenAborted(batch);
        return outcomes;
      });
      this.#arm();
      return read.map((each): Outcome => {
        if ('reason' in each) return { kind: 'quarantined', reason: each.reason };
        return applied.get(each) ?? { kind: 'duplicate' };
      });
    });
  }

  /** A partition came or went: its workspaces are read anew by whoever handles their next batch. */
  release(partition: number): void {
    this.workspaces.release(partition);
  }

  /** Ends the leases and graces that have ended by now, and stores what follows, under the same fence. */
  async endWhatIsDue(): Promise<void> {
    const due = this.workspaces.due(this.context.clock.now().getTime());
    for (const [partition, ids] of due) {
      await this.workspaces.inTurn(partition, () =>
        this.#transaction(ids, async (manager) => {
          const now = this.context.clock.now();
          const owned = await this.workspaces.retake(manager, ids, now);
          for (const { matching } of owned) matching.advance(now.getTime());
          await this.#store(manager, owned);
        }),
      );
    }
    this.#arm();
  }

  /** Stops the timer, and waits for what it had begun. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#ending;
  }

  async #transaction<T>(ids: readonly string[], work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const { dataSource } = this.context;
    try {
      const result = await (ids.length === 0
        ? dataSource.transaction(work)
        : inWorkspaces(dataSource, ids, work));
      this.workspaces.confirm(ids);
      return result;
    } catch (error) {
      this.workspaces.distrust(ids);
      throw retryableFault(error);
    }
  }

  /** @returns the events that were never applied, in order; an event that stands twice in the batch once. */
  async #claim(manager: EntityManager, understood: readonly Understood[]): Promise<readonly Understood[]> {
    const claims = understood.map(({ event }) => ({ workspaceId: event.workspaceId, eventId: event.id }));
    const claimed = new Set(await claimReceipts(manager, 'routing', CONSUMER, claims));
    return understood.filter(({ event }) => claimed.delete(event.id));
  }

  /** Tickets that had left the memory come back with their versions and age. */
  async #recall(manager: EntityManager, fresh: readonly Understood[], owned: Owned): Promise<void> {
    const unknown = fresh.flatMap(({ event: { workspaceId, payload } }) =>
      'ticketId' in payload && !owned.get(workspaceId)!.matching.knows(payload.ticketId)
        ? [{ workspaceId, value: payload.ticketId }]
        : [],
    );
    for (const { workspaceId, value } of await this.repository.findItems(manager, unknown)) {
      owned.get(workspaceId)!.matching.recall([value]);
    }
  }

  /** The newest set-up of each workspace that says it changed: the change was committed before it was said. */
  async #readConfigurations(
    manager: EntityManager,
    fresh: readonly Understood[],
    now: Date,
  ): Promise<ReadonlyMap<string, Configuration>> {
    const configurations = new Map<string, Configuration>();
    for (const { event } of fresh) {
      if (event.type !== 'configuration.changed' || configurations.has(event.workspaceId)) continue;
      const { workspaceId } = event;
      configurations.set(workspaceId, await this.repository.loadConfiguration(manager, workspaceId, now));
    }
    return configurations;
  }

  async #store(manager: EntityManager, owned: readonly OwnedWorkspace[]): Promise<void> {
    const changes = owned.map((workspace) => ({ ...workspace, ...workspace.matching.takeChanges() }));
    const all = <T>(of: (change: (typeof changes)[number]) => readonly T[]) =>
      changes.flatMap((change) => of(change).map((value) => ({ workspaceId: change.workspaceId, value })));
    const decisions = changes.flatMap((change) => identified(change, change.decisions));
    const { repository } = this;
    const writes = new WriteAhead();
    await writes.send(
      repository.saveItems(
        manager,
        all((change) => change.items),
      ),
    );
    await writes.send(
      repository.saveSeats(
        manager,
        all((change) => change.seats),
      ),
    );
    await writes.send(repository.saveDecisions(manager, decisions.map(decisionRow)));
    await writes.send(addToOutbox(manager, 'routing', decisions.map(decisionRecord)));
    const visible = all((change) => change.visible);
    await writes.send(repository.notifyPresence(manager, visible));
    await writes.settled();
  }

  async #quarantine(manager: EntityManager, unreadable: readonly Unreadable[], at: Date): Promise<void> {
    const rows = unreadable.map(({ record: { topic, partition, offset, value }, reason, detail }) => {
      return { id: newId(), topic, partition, offset, value, reason, detail, at };
    });
    await this.repository.quarantine(manager, rows);
  }

  /** One timer, to the earliest end; every batch may bring an earlier one. */
  #arm(): void {
    clearTimeout(this.#timer);
    const now = this.context.clock.now().getTime();
    const next = this.workspaces.nextDeadline(now);
    if (next === undefined || this.#stopped) return;
    const wait = Math.min(Math.max(0, next - now), LONGEST_TIMER_MS);
    const end = () => {
      this.#ending = this.#onTimer();
    };
    this.#timer = setTimeout(end, wait).unref();
  }

  async #onTimer(): Promise<void> {
    try {
      await this.endWhatIsDue();
    } catch (error) {
      if (!(error instanceof RetryableError)) return this.context.fail(error as Error);
      this.context.logger.warn({ err: error }, 'routing_timer_failed');
      this.#arm();
    }
  }
}

function readRecord(record: LogRecord): Understood | Unreadable {
  const parsed = parseRecord(routingWork, record.value);
  if (!parsed.ok) return { record, reason: parsed.reason, detail: parsed.detail };
  // parseRecord has checked the payload by the type.
  return { record, event: parsed.envelope as Work };
}

function decide(
  fresh: readonly Understood[],
  owned: Owned,
  configurations: ReadonlyMap<string, Configuration>,
  now: Date,
): ReadonlyMap<unknown, Outcome> {
  const outcomes = new Map<unknown, Outcome>();
  for (const each of fresh) {
    const { workspaceId } = each.event;
    const { matching } = owned.get(workspaceId)!;
    outcomes.set(each, applyWork(matching, each.event, configurations.get(workspaceId), now.getTime()));
  }
  return outcomes;
}

function stopWhenAborted(batch: RecordBatch): void {
  if (batch.signal.aborted) throw new RetryableError('the partition is going away');
}
