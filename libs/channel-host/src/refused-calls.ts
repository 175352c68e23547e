import { inWorkspace } from '@tributary/database';
import type { Clock, Logger } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { InboxRef } from './hosted-inbox.js';

interface Counted {
  readonly inbox: InboxRef;
  calls: number;
  code: string;
  at: Date;
}

/** Calls are counted in memory first: a stranger who calls without end writes no more than a row in this time. */
const EVERY_MS = 2000;

/** Counts in `channels.refused_call` what the door refused, so that an administrator sees that a secret is wrong. */
export class RefusedCalls {
  readonly #counted = new Map<string, Counted>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @param code of the channel: why the call was not believed. */
  count({ id, workspaceId }: InboxRef, code: string): void {
    const at = this.clock.now();
    const known = this.#counted.get(id);
    if (known) Object.assign(known, { calls: known.calls + 1, code, at });
    else this.#counted.set(id, { inbox: { id, workspaceId }, calls: 1, code, at });
    this.#timer ??= setTimeout(() => void this.flush(), EVERY_MS);
  }

  /** Writes what was counted; what cannot be written is only logged. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counted = [...this.#counted.values()];
    this.#counted.clear();
    for (const { inbox, calls, code, at } of counted) {
      await inWorkspace(this.dataSource, inbox.workspaceId, (manager) =>
        manager.query(
          `INSERT INTO channels.refused_call AS known (workspace_id, inbox_id, day, calls, code, last_at)
           VALUES ($1, $2, $5::timestamptz::date, $3, $4, $5)
           ON CONFLICT (workspace_id, inbox_id, day) DO UPDATE
           SET calls = known.calls + excluded.calls, code = excluded.code, last_at = excluded.last_at`,
          [inbox.workspaceId, inbox.id, calls, code.slice(0, 100), at],
        ),
      ).catch((error: unknown) =>
        this.logger.warn({ err: error, inboxId: inbox.id, calls }, 'refused_calls_uncounted'),
      );
    }
  }
}
