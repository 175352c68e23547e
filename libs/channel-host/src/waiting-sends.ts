import type { MessageQueued } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { InboxRef } from './hosted-inbox.js';

/** A message whose turn has not come. */
export interface WaitingSend {
  readonly queued: MessageQueued;
  /** How often it was handed to the provider, in vain. */
  readonly tried: number;
  /** Milliseconds until it may be tried; 0 or less when it may be now. */
  readonly waitMs: number;
}

/** Messages that wait for their turn, so that nobody else waits behind them in the log. */
export interface WaitingSends {
  /** Whether a message of the conversation has to stand behind others that wait already. */
  standsBehind(inbox: InboxRef, conversationId: string): Promise<boolean>;
  /** Resolves when it is durable; a message that waits already stays where it is. */
  add(inbox: InboxRef, queued: MessageQueued, tried: number, afterMs: number): Promise<void>;
  /** The first message of each conversation, those that may leave soonest first. */
  heads(inbox: InboxRef, limit: number): Promise<readonly WaitingSend[]>;
  postpone(inbox: InboxRef, queued: MessageQueued, tried: number, afterMs: number): Promise<void>;
  remove(inbox: InboxRef, queued: MessageQueued): Promise<void>;
}

/** The waiting room in `channels.waiting_send`, by the database's clock. */
export class DatabaseWaitingSends implements WaitingSends {
  constructor(private readonly dataSource: DataSource) {}

  /** Also of other conversations, once they could go: whoever comes later does not take their turn. */
  async standsBehind(inbox: InboxRef, conversationId: string): Promise<boolean> {
    const rows: unknown[] = await this.#in(inbox, (manager) =>
      manager.query(
        `SELECT 1 FROM channels.waiting_send
         WHERE inbox_id = $1 AND (conversation_id = $2 OR not_before <= clock_timestamp()) LIMIT 1`,
        [inbox.id, conversationId],
      ),
    );
    return rows.length > 0;
  }

  async add(inbox: InboxRef, queued: MessageQueued, tried: number, afterMs: number): Promise<void> {
    await this.#in(inbox, (manager) =>
      manager.query(
        `INSERT INTO channels.waiting_send
           (workspace_id, inbox_id, conversation_id, message_id, attempt, queued, tried, not_before)
         VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + make_interval(secs => $8::float8 / 1000))
         ON CONFLICT (workspace_id, inbox_id, message_id, attempt) DO NOTHING`,
        [
          ...[inbox.workspaceId, inbox.id, queued.conversationId, queued.messageId, queued.attempt],
          ...[JSON.stringify(queued), tried, afterMs],
        ],
      ),
    );
  }

  async heads(inbox: InboxRef, limit: number): Promise<readonly WaitingSend[]> {
    return this.#in(inbox, (manager) =>
      manager.query(
        `SELECT h.queued, h.tried,
           ceil(extract(epoch FROM h.not_before - clock_timestamp()) * 1000)::float8 AS "waitMs"
         FROM (SELECT DISTINCT ON (conversation_id) * FROM channels.waiting_send
           WHERE inbox_id = $1 ORDER BY conversation_id, position) AS h
         ORDER BY h.not_before, h.position LIMIT $2`,
        [inbox.id, limit],
      ),
    );
  }

  async postpone(inbox: InboxRef, queued: MessageQueued, tried: number, afterMs: number): Promise<void> {
    await this.#in(inbox, (manager) =>
      manager.query(
        `UPDATE channels.waiting_send
         SET tried = $4, not_before = clock_timestamp() + make_interval(secs => $5::float8 / 1000)
         WHERE inbox_id = $1 AND message_id = $2 AND attempt = $3`,
        [inbox.id, queued.messageId, queued.attempt, tried, afterMs],
      ),
    );
  }

  async remove(inbox: InboxRef, queued: MessageQueued): Promise<void> {
    await this.#in(inbox, (manager) =>
      manager.query(
        `DELETE FROM channels.waiting_send WHERE inbox_id = $1 AND message_id = $2 AND attempt = $3`,
        [inbox.id, queued.messageId, queued.attempt],
      ),
    );
  }

  #in<T>(inbox: InboxRef, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return inWorkspace(this.dataSource, inbox.workspaceId, work);
  }
}
