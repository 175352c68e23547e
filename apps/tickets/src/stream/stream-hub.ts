import {
  type PresenceStreamEvent,
  TYPING_CHANNEL,
  type TypingNotice,
  type TypingStreamEvent,
} from '@tributary/contracts';
import { listen, type Listener } from '@tributary/database';
import type { ServiceContext } from '@tributary/service';
import { CHANGE_CHANNEL } from '../change-set.js';
import { type ChangeFeed, type FeedEvent, newest } from './change-feed.js';
import { isAfter, type StreamCursor } from './stream-cursor.js';

/** One open page. */
export interface Subscriber {
  readonly workspaceId: string;
  readonly personId: string;
  send(event: FeedEvent): void;
  presence(event: PresenceStreamEvent): void;
  typing(event: TypingStreamEvent): void;
}

interface Attached {
  readonly subscriber: Subscriber;
  cursor: StreamCursor;
}

interface Workspace {
  cursor: StreamCursor;
  readonly attached: Set<Attached>;
  pumping: boolean;
  again: boolean;
  /** Milliseconds until the next look behind a running transaction. */
  retryMs: number;
}

/** A transaction that still runs hides what came after it; it is looked for again after this long, then longer. */
const HIDDEN_RETRY_MS = { first: 25, most: 250 };
/** Notifications get lost with a connection: nothing waits longer than this for them. */
const SAFETY_POLL_MS = 5000;

/**
 * Pushes each workspace's changes to its open pages, in order, without a gap. Woken by the database, reads once a
 * change for all pages of a workspace.
 */
export class StreamHub {
  readonly #workspaces = new Map<string, Workspace>();
  #listener: Listener | undefined;
  #safety: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly context: ServiceContext,
    private readonly feed: ChangeFeed,
  ) {}

  async start(): Promise<void> {
    this.#listener = await listen(
      this.context.dataSource,
      [CHANGE_CHANNEL, PRESENCE_CHANNEL, TYPING_CHANNEL],
      (channel, payload) => {
        if (channel === CHANGE_CHANNEL) this.#wake(payload);
        else if (channel === PRESENCE_CHANNEL) this.#presence(payload);
        else this.#typing(JSON.parse(payload) as TypingNotice);
      },
      (attempt) => this.context.logger.warn({ attempt }, 'listener_lost'),
    );
    this.#safety = setInterval(() => {
      for (const workspaceId of this.#workspaces.keys()) this.#wake(workspaceId);
    }, SAFETY_POLL_MS);
    this.#safety.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#safety);
    await this.#listener?.close();
  }

  /** Gives `subscriber` everything after `from`, then what comes. @returns detaches it. */
  attach(subscriber: Subscriber, from: StreamCursor): () => void {
    const { workspaceId } = subscriber;
    const workspace = this.#workspaces.get(workspaceId) ?? {
      cursor: from,
      attached: new Set(),
      pumping: false,
      again: false,
      retryMs: HIDDEN_RETRY_MS.first,
    };
    this.#workspaces.set(workspaceId, workspace);
    const attached: Attached = { subscriber, cursor: from };
    workspace.attached.add(attached);
    // The workspace's reader goes back to the page that is furthest behind; the others skip what they had.
    if (isAfter(workspace.cursor, from)) workspace.cursor = from;
    this.#wake(workspaceId);
    return () => {
      workspace.attached.delete(attached);
      const empty = workspace.attached.size === 0;
      if (empty && this.#workspaces.get(workspaceId) === workspace) this.#workspaces.delete(workspaceId);
    };
  }

  #wake(workspaceId: string): void {
    const workspace = this.#workspaces.get(workspaceId);
    if (!workspace || this.#stopped) return;
    if (workspace.pumping) {
      workspace.again = true;
      return;
    }
    workspace.pumping = true;
    void this.#pump(workspaceId, workspace).catch((error: unknown) => {
      this.context.logger.warn({ err: error }, 'stream_read_failed');
      workspace.pumping = false;
    });
  }

  async #pump(workspaceId: string, workspace: Workspace): Promise<void> {
    let hidden = false;
    do {
      workspace.again = false;
      const from = workspace.cursor;
      const page = await this.feed.after(workspaceId, from);
      deliver(page.events, from, workspace.attached);
      // A page that came meanwhile may have moved the reader back: then it starts there.
      if (workspace.cursor === from) workspace.cursor = newest(page.events, from);
      else workspace.again = true;
      hidden = page.hidden && !page.full;
      if (page.full) workspace.again = true;
      if (page.events.length > 0) workspace.retryMs = HIDDEN_RETRY_MS.first;
    } while (workspace.again && workspace.attached.size > 0);
    workspace.pumping = false;
    if (!hidden) return;
    setTimeout(() => this.#wake(workspaceId), workspace.retryMs).unref();
    workspace.retryMs = Math.min(HIDDEN_RETRY_MS.most, workspace.retryMs * 2);
  }

  #typing({ workspaceId, ticketId, by }: TypingNotice): void {
    if (by !== 'contact') return;
    for (const { subscriber } of this.#workspaces.get(workspaceId)?.attached ?? []) {
      subscriber.typing({ ticketId });
    }
  }

  #presence(payload: string): void {
    const { workspaceId, agentId } = JSON.parse(payload) as { workspaceId: string; agentId: string };
    for (const { subscriber } of this.#workspaces.get(workspaceId)?.attached ?? []) {
      if (subscriber.personId === agentId) subscriber.presence({ agentId });
    }
  }
}

/** The router announces each agent whose presence or capacity moved, as `{ workspaceId, agentId }`. */
const PRESENCE_CHANNEL = 'presence';

/** A page that was attached while this was read, further behind, gets it when its own turn has come to it. */
function deliver(events: readonly FeedEvent[], from: StreamCursor, attached: ReadonlySet<Attached>): void {
  for (const each of [...attached].filter(({ cursor }) => !isAfter(from, cursor))) {
    for (const event of events) {
      if (!isAfter(event.cursor, each.cursor)) continue;
      each.cursor = event.cursor;
      each.subscriber.send(event);
    }
  }
}
