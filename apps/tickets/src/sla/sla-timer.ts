import type { ServiceContext } from '@tributary/service';
import type { EntityManager } from 'typeorm';
import { ChangeSet } from '../change-set.js';
import { lockTickets } from '../rows.js';
import type { SlaClocks } from './sla-clocks.js';

const BATCH = 200;
/** Timers that another replica sets are seen this late at most. */
const LOOK_MS = 5000;
/** A ticket that somebody else works on is looked at again after this. */
const SHORTEST_MS = 50;

interface DueTimer {
  readonly ticket_id: string;
  readonly workspace_id: string;
}

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

  /** Fires all that is due. @returns milliseconds until the next look. */
  async fire(): Promise<number> {
    for (;;) {
      const now = this.context.clock.now();
      const fired = await this.context.dataSource.transaction((manager) => this.#fireBatch(manager, now));
      if (fired < BATCH) break;
    }
    const rows: { next: Date | null }[] = await this.context.dataSource.query(
      `SELECT min(due_at) AS next FROM tickets.sla_timer`,
    );
    const next = rows[0]?.next;
    const wait = next ? next.getTime() - this.context.clock.now().getTime() : LOOK_MS;
    return Math.min(LOOK_MS, Math.max(SHORTEST_MS, wait));
  }

  async #fireBatch(manager: EntityManager, now: Date): Promise<number> {
    const due: DueTimer[] = await manager.query(
      `SELECT ticket_id, workspace_id FROM tickets.sla_timer WHERE due_at <= $1
       ORDER BY due_at LIMIT ${BATCH}`,
      [now],
    );
    let fired = 0;
    for (const [workspaceId, timers] of Map.groupBy(due, (timer) => timer.workspace_id)) {
      await manager.query(`SELECT set_config('tributary.scope', $1, true)`, [workspaceId]);
      const ids = [...new Set(timers.map((timer) => timer.ticket_id))];
      const tickets = await lockTickets(manager, ids, 'skip');
      const changes = new ChangeSet(workspaceId, now);
      for (const ticket of tickets.values()) changes.timeHasCome(ticket);
      await changes.flush(manager, this.sla);
      fired += tickets.size;
    }
    return fired;
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
