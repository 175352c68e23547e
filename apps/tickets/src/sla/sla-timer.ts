import { inWorkspace } from '@tributary/database';
import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import { ChangeSet } from '../change-set.js';
import { lockTickets } from '../rows.js';
import type { SlaClocks } from './sla-clocks.js';

const BATCH = 200;
/** Batches of one workspace in one go; then others have their turn. */
const MOST_ROUNDS = 50;
/** Timers that another replica sets are seen this late at most. */
const LOOK_MS = 5000;
/** A ticket that somebody else works on is looked at again after this. */
const SHORTEST_MS = 50;

/**
 * Fires warnings and breaches when they are due. Any number of replicas may run it: a ticket is locked by one and
 * skipped by the others, and firing writes the clock's next instant in the same transaction, so none fires twice.
 */
export class SlaTimer {
  #timer: NodeJS.Timeout | undefined;
  #firing: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly context: ServiceContext,
    private readonly sla: SlaClocks,
  ) {}

  start(): void {
    this.#schedule(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#firing;
  }

  /**
   * Fires all that is due. A workspace whose clocks cannot be reckoned holds up no other.
   *
   * @returns milliseconds until the next look.
   */
  async fire(): Promise<number> {
    const { dataSource, clock, logger } = this.context;
    const due: { workspace_id: string }[] = await dataSource.query(
      `SELECT DISTINCT workspace_id FROM tickets.sla_timer WHERE due_at <= $1`,
      [clock.now()],
    );
    let failed = false;
    for (const { workspace_id: workspaceId } of due) {
      try {
        await this.#fireWorkspace(workspaceId);
      } catch (error) {
        failed = true;
        logger.error({ err: error, workspaceId }, 'sla_timer_failed');
      }
    }
    if (failed) return LOOK_MS;
    const rows: { next: Date | null }[] = await dataSource.query(
      `SELECT min(due_at) AS next FROM tickets.sla_timer`,
    );
    const next = rows[0]?.next;
    const wait = next ? next.getTime() - clock.now().getTime() : LOOK_MS;
    return Math.min(LOOK_MS, Math.max(SHORTEST_MS, wait));
  }

  async #fireWorkspace(workspaceId: string): Promise<void> {
    const { dataSource, clock } = this.context;
    let fired = BATCH;
    for (let round = 0; fired === BATCH && round < MOST_ROUNDS && !this.#stopped; round++) {
      const now = clock.now();
      fired = await inWorkspace(dataSource, workspaceId, (manager) =>
        this.#fireBatch(manager, workspaceId, now),
      );
    }
  }

  async #fireBatch(manager: EntityManager, workspaceId: string, now: Date): Promise<number> {
    const due: { ticket_id: string }[] = await manager.query(
      `SELECT ticket_id FROM tickets.sla_timer WHERE workspace_id = $1 AND due_at <= $2
       ORDER BY due_at LIMIT ${BATCH}`,
      [workspaceId, now],
    );
    const ids = due.map((timer) => timer.ticket_id);
    const tickets = await lockTickets(manager, ids, 'skip');
    const changes = new ChangeSet(workspaceId, now);
    for (const ticket of tickets.values()) changes.timeHasCome(ticket);
    await changes.flush(manager, this.sla);
    await this.#putOffStuck(manager, workspaceId, now, [...tickets.keys()]);
    return tickets.size;
  }

  /** A timer that is due and whose clock has nothing to do would be looked at again and again, without end. */
  async #putOffStuck(
    manager: EntityManager,
    workspaceId: string,
    now: Date,
    ids: readonly string[],
  ): Promise<void> {
    const [stuck]: [{ ticket_id: string }[], number] = await manager.query(
      `UPDATE tickets.sla_timer SET due_at = $2::timestamptz + interval '1 hour'
       WHERE workspace_id = $1 AND due_at <= $2 AND ticket_id = ANY ($3::uuid[]) RETURNING ticket_id`,
      [workspaceId, now, ids],
    );
    if (stuck.length > 0) this.context.logger.error({ workspaceId, stuck }, 'sla_timer_stuck');
  }

  #schedule(wait: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#firing = this.fire().then(
        (next) => this.#schedule(next),
        (error: unknown) => {
          this.context.logger.warn({ err: error }, 'sla_timer_failed');
          this.#schedule(LOOK_MS);
        },
      );
    }, wait);
    this.#timer.unref();
  }
}
