import { inWorkspace, listen, type Listener } from '@tributary/database';
import type { ServiceContext } from '@tributary/service';

interface Watcher {
  readonly conversationId: string;
  /** What the page shows: changes when a message or the state does. */
  mark: string;
  readonly changed: () => void;
}

/** `tickets` announces a workspace's changes here. */
const CHANGE_CHANNEL = 'ticket_change';
/** Changes come in bursts; a customer's page may be this late. */
const SETTLE_MS = 150;
const SAFETY_POLL_MS = 10_000;

/** Tells open customers' pages that there is something new: one query a burst for all pages of a workspace. */
export class ProgressHub {
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #due = new Map<string, NodeJS.Timeout>();
  #listener: Listener | undefined;
  #safety: NodeJS.Timeout | undefined;

  constructor(private readonly context: ServiceContext) {}

  async onModuleInit(): Promise<void> {
    this.#listener = await listen(this.context.dataSource, [CHANGE_CHANNEL], (_, workspaceId) =>
      this.#schedule(workspaceId),
    );
    this.#safety = setInterval(() => {
      for (const workspaceId of this.#watchers.keys()) this.#schedule(workspaceId);
    }, SAFETY_POLL_MS);
    this.#safety.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#safety);
    for (const timer of this.#due.values()) clearTimeout(timer);
    await this.#listener?.close();
  }

  /** @returns stops watching. */
  watch(workspaceId: string, conversationId: string, changed: () => void): () => void {
    const watcher: Watcher = { conversationId, mark: '', changed };
    const watchers = this.#watchers.get(workspaceId) ?? new Set();
    this.#watchers.set(workspaceId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#watchers.delete(workspaceId);
    };
  }

  #schedule(workspaceId: string): void {
    if (!this.#watchers.has(workspaceId) || this.#due.has(workspaceId)) return;
    const timer = setTimeout(() => {
      this.#due.delete(workspaceId);
      this.#look(workspaceId).catch((error: unknown) => {
        this.context.logger.warn({ err: error }, 'progress_read_failed');
      });
    }, SETTLE_MS);
    this.#due.set(workspaceId, timer);
  }

  async #look(workspaceId: string): Promise<void> {
    const watchers = [...(this.#watchers.get(workspaceId) ?? [])];
    const rows = await inWorkspace(this.context.dataSource, workspaceId, (manager) =>
      manager.query<{ id: string; mark: string }[]>(
        `SELECT c.id, concat_ws('/', max(m.position), max(t.status)) AS mark
         FROM unnest($1::uuid[]) AS c (id)
         JOIN tickets.message m ON m.conversation_id = c.id AND m.direction <> 'note'
         JOIN tickets.ticket t ON t.id = m.ticket_id GROUP BY c.id`,
        [watchers.map((watcher) => watcher.conversationId)],
      ),
    );
    const marks = new Map(rows.map((row) => [row.id, row.mark]));
    for (const watcher of watchers) {
      const mark = marks.get(watcher.conversationId) ?? '';
      if (mark === watcher.mark) continue;
      watcher.mark = mark;
      watcher.changed();
    }
  }
}
