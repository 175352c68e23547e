import { inWorkspace, inWorkspaces } from '@tributary/database';
import type { SignedInPerson } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import type { ServiceContext } from '@tributary/service';

/** A page of the console, by its open stream. */
export interface OpenPage {
  readonly id: string;
  readonly workspaceId: string;
  readonly personId: string;
  readonly openedAt: Date;
}

const RENEW_MS = 15_000;
/** Two renewals may be lost before the pages of a process count as closed. */
const HELD_MS = 45_000;

/** Keeps in `tickets.open_page` who has the console open, as long as the stream to their page stands. */
export class OpenPages {
  readonly #open = new Map<string, OpenPage>();
  #timer: NodeJS.Timeout | undefined;
  /** A page that is closed waits for it: renewed behind its back it would stay open for `HELD_MS`. */
  #renewing: Promise<void> = Promise.resolve();

  constructor(private readonly context: Pick<ServiceContext, 'dataSource' | 'clock' | 'logger'>) {}

  start(): void {
    this.#timer = setInterval(() => {
      this.#renewing = this.renew().catch((error: unknown) => {
        this.context.logger.warn({ err: error }, 'open_pages_not_renewed');
      });
    }, RENEW_MS);
    this.#timer.unref();
  }

  /** Closes all pages of this process: it answers them no longer. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const pages = [...this.#open.values()];
    this.#open.clear();
    if (pages.length > 0) await this.#remove(pages);
  }

  /** Durable when it resolves. Takes away what processes that died left of the workspace. */
  async open({ workspaceId, id: personId }: Pick<SignedInPerson, 'workspaceId' | 'id'>): Promise<OpenPage> {
    const { dataSource, clock } = this.context;
    const page = { id: newId(), workspaceId, personId, openedAt: clock.now() };
    await inWorkspace(dataSource, workspaceId, async (manager) => {
      await manager.query('DELETE FROM tickets.open_page WHERE held_until < $1', [page.openedAt]);
      await manager.query(
        `INSERT INTO tickets.open_page (workspace_id, id, person_id, opened_at, held_until)
         VALUES ($1, $2, $3, $4, $5)`,
        [workspaceId, page.id, personId, page.openedAt, new Date(page.openedAt.getTime() + HELD_MS)],
      );
    });
    this.#open.set(page.id, page);
    return page;
  }

  /** Again is nothing. A row that cannot be removed ends by itself. */
  async close(page: OpenPage): Promise<void> {
    if (!this.#open.delete(page.id)) return;
    await this.#remove([page]);
  }

  /** Holds all pages of this process for another `HELD_MS`, also those that a pause of it had ended. */
  async renew(): Promise<void> {
    const pages = [...this.#open.values()];
    if (pages.length === 0) return;
    const { dataSource, clock } = this.context;
    const workspaces = pages.map(({ workspaceId }) => workspaceId);
    await inWorkspaces(dataSource, [...new Set(workspaces)], (manager) =>
      manager.query(
        `INSERT INTO tickets.open_page (workspace_id, id, person_id, opened_at, held_until)
         SELECT w, i, p, o, $5 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS page (w, i, p, o)
         ON CONFLICT (workspace_id, id) DO UPDATE SET held_until = excluded.held_until`,
        [
          workspaces,
          ...[pages.map(({ id }) => id), pages.map(({ personId }) => personId)],
          pages.map(({ openedAt }) => openedAt),
          new Date(clock.now().getTime() + HELD_MS),
        ],
      ),
    );
  }

  async #remove(pages: readonly OpenPage[]): Promise<void> {
    await this.#renewing;
    const workspaces = new Set(pages.map(({ workspaceId }) => workspaceId));
    try {
      await inWorkspaces(this.context.dataSource, [...workspaces], (manager) =>
        manager.query('DELETE FROM tickets.open_page WHERE id = ANY ($1::uuid[])', [
          pages.map(({ id }) => id),
        ]),
      );
    } catch (error) {
      this.context.logger.warn({ err: error }, 'open_pages_not_closed');
    }
  }
}
