import { inWorkspace, listen, type Listener } from '@tributary/database';
import type { ServiceContext } from '@tributary/service';
import { TYPING_CHANNEL, type TypingNotice } from '@tributary/contracts';

/** A conversation, or somebody's in an inbox who has none yet: its beginning is the change then. */
export type Watched =
  | { readonly conversationId: string }
  | { readonly inboxId: string; readonly kind: string; readonly value: string };

interface Watcher {
  readonly watched: Watched;
  /** What the page shows: changes when a message, the state or the place in the queue does. */
  mark: string;
  readonly changed: () => void;
  readonly typing: ((name: string) => void) | undefined;
}

/** `tickets` announces a workspace's changes here. */
const CHANGE_CHANNEL = 'ticket_change';
/** Changes come in bursts; a customer's page may be this late. */
const SETTLE_MS = 150;
const SAFETY_POLL_MS = 10_000;

/** Messages of a conversation, its ticket as it is now, and how many customers wait longer in its queue. */
const MARKS = `
  SELECT c.id, concat_ws('/', m.position, m.unsent, t.id, t.status, t.assignee_id, t.read_at,
    CASE WHEN t.assignee_id IS NULL AND t.status IN ('new', 'open') THEN (
      SELECT count(*) FROM tickets.ticket w
      WHERE w.workspace_id = t.workspace_id AND w.queue_id = t.queue_id AND w.assignee_id IS NULL
        AND w.status IN ('new', 'open') AND w.waiting_since < t.waiting_since) END) AS mark
  FROM unnest($1::uuid[]) AS c (id)
  CROSS JOIN LATERAL (
    SELECT max(m.position) AS position, count(d.message_id) FILTER (WHERE d.state IN ('queued', 'failed')) AS unsent
    FROM tickets.message m LEFT JOIN tickets.delivery d ON d.message_id = m.id
    WHERE m.conversation_id = c.id AND m.direction <> 'note') AS m
  CROSS JOIN LATERAL (
    SELECT t.* FROM tickets.ticket_conversation tc JOIN tickets.ticket t ON t.id = tc.ticket_id
    WHERE tc.conversation_id = c.id ORDER BY t.number DESC LIMIT 1) AS t`;

/** The conversations of senders. LATERAL: without statistics a plain join reads every identity for each. */
const BEGUN = `
  SELECT c.id, s.inbox_id AS "inboxId", s.kind, s.value
  FROM unnest($2::text[], $3::text[], $4::uuid[]) AS s (kind, value, inbox_id)
  CROSS JOIN LATERAL (
    SELECT id FROM tickets.contact_identity
    WHERE workspace_id = $1 AND kind = s.kind AND value = s.value LIMIT 1) AS i
  JOIN tickets.conversation c ON c.identity_id = i.id AND c.inbox_id = s.inbox_id`;

/** Tells open customers' pages that there is something new: one query a burst for all pages of a workspace. */
export class ThreadHub {
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #due = new Map<string, NodeJS.Timeout>();
  #listener: Listener | undefined;
  #safety: NodeJS.Timeout | undefined;

  constructor(private readonly context: ServiceContext) {}

  async onModuleInit(): Promise<void> {
    this.#listener = await listen(
      this.context.dataSource,
      [CHANGE_CHANNEL, TYPING_CHANNEL],
      (channel, payload) => {
        if (channel === CHANGE_CHANNEL) this.#schedule(payload);
        else this.#typing(JSON.parse(payload) as TypingNotice);
      },
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

  /**
   * @param typing told when somebody of ours writes in the conversation.
   * @returns stops watching.
   */
  watch(
    workspaceId: string,
    watched: Watched,
    changed: () => void,
    typing?: (name: string) => void,
  ): () => void {
    const watcher: Watcher = { watched, mark: '', changed, typing };
    const watchers = this.#watchers.get(workspaceId) ?? new Set();
    this.#watchers.set(workspaceId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      const empty = watchers.size === 0;
      if (empty && this.#watchers.get(workspaceId) === watchers) this.#watchers.delete(workspaceId);
    };
  }

  #typing({ workspaceId, conversationId, by, name }: TypingNotice): void {
    if (by !== 'agent') return;
    for (const watcher of this.#watchers.get(workspaceId) ?? []) {
      if (idOf(watcher) === conversationId) watcher.typing?.(name);
    }
  }

  #schedule(workspaceId: string): void {
    if (!this.#watchers.has(workspaceId) || this.#due.has(workspaceId)) return;
    const timer = setTimeout(() => {
      this.#due.delete(workspaceId);
      this.#look(workspaceId).catch((error: unknown) => {
        this.context.logger.warn({ err: error }, 'thread_read_failed');
      });
    }, SETTLE_MS);
    this.#due.set(workspaceId, timer);
  }

  async #look(workspaceId: string): Promise<void> {
    const watchers = [...(this.#watchers.get(workspaceId) ?? [])];
    const known = watchers.flatMap((watcher) => idOf(watcher) ?? []);
    const waiting = watchers.flatMap(({ watched }) => ('value' in watched ? watched : []));
    const [marks, begun] = await inWorkspace(this.context.dataSource, workspaceId, async (manager) => [
      known.length === 0 ? [] : await manager.query<MarkRow[]>(MARKS, [[...new Set(known)]]),
      waiting.length === 0
        ? []
        : await manager.query<SenderRow[]>(BEGUN, [
            ...[workspaceId, waiting.map(({ kind }) => kind), waiting.map(({ value }) => value)],
            waiting.map(({ inboxId }) => inboxId),
          ]),
    ]);
    const byKey = new Map([
      ...marks.map(({ id, mark }) => [id, mark] as const),
      ...begun.map((row) => [senderKey(row), row.id] as const),
    ]);
    for (const watcher of watchers) {
      const { watched } = watcher;
      const mark = byKey.get('value' in watched ? senderKey(watched) : watched.conversationId) ?? '';
      if (mark === watcher.mark) continue;
      watcher.mark = mark;
      watcher.changed();
    }
  }
}

interface MarkRow {
  readonly id: string;
  readonly mark: string;
}

interface SenderRow {
  readonly id: string;
  readonly inboxId: string;
  readonly kind: string;
  readonly value: string;
}

function idOf({ watched }: Watcher): string | undefined {
  return 'conversationId' in watched ? watched.conversationId : undefined;
}

function senderKey({ inboxId, kind, value }: Omit<SenderRow, 'id'>): string {
  return `${inboxId}:${kind}:${value}`;
}
