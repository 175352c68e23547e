import { connectDataSource, inWorkspace } from '@tributary/database';
import type { ServiceContext } from '@tributary/service';
import type { DataSource } from 'typeorm';

/**
 * Numbers of new tickets: they only grow, and none is given twice. They are taken by a transaction of their own,
 * because a counter stays locked until its transaction ends: all partitions of a workspace would record one after
 * another. A batch that fails after it took some leaves a gap.
 *
 * The connection is its own as well: those that wait here hold one of the pool's already.
 */
export class TicketNumbers {
  #connecting: Promise<DataSource> | undefined;

  constructor(private readonly context: Pick<ServiceContext, 'databaseUrl'>) {}

  /** Takes `count` numbers in a row. @returns the first. */
  async take(workspaceId: string, count: number): Promise<bigint> {
    const rows: { last_number: string }[] = await inWorkspace(
      await this.#connection(),
      workspaceId,
      (manager) =>
        manager.query(
          `INSERT INTO tickets.ticket_counter AS c (workspace_id, last_number) VALUES ($1, 1000 + $2::bigint)
           ON CONFLICT (workspace_id) DO UPDATE SET last_number = c.last_number + $2::bigint
           RETURNING last_number`,
          [workspaceId, count],
        ),
    );
    return BigInt(rows[0]!.last_number) - BigInt(count) + 1n;
  }

  async close(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    await (await connecting?.catch(() => undefined))?.destroy();
  }

  #connection(): Promise<DataSource> {
    this.#connecting ??= connectDataSource({
      url: this.context.databaseUrl,
      service: 'tickets',
      poolSize: 1,
    }).catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }
}
