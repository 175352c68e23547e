import type { SendPolicy } from '@tributary/channel-sdk';
import { inWorkspace } from '@tributary/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { InboxRef } from './hosted-inbox.js';

/** What wants to leave: to whom, and as how many messages the provider counts it. */
export interface PacedSend {
  readonly contact: string;
  readonly messages: number;
  readonly perSecond: SendPolicy['perSecond'];
}

/** How fast an inbox sends; all replicas of an installation share it. */
export interface SendPace {
  /**
   * Takes the turn of a send, or takes nothing.
   *
   * @returns milliseconds until there is a turn; 0 when it was taken.
   */
  take(inbox: InboxRef, send: PacedSend): Promise<number>;
  /** Nothing of the inbox leaves for so long: the provider asked for it. */
  hold(inbox: InboxRef, milliseconds: number): Promise<void>;
  /** Forgets customers whose turn has long come. */
  forget(inbox: InboxRef): Promise<void>;
}

/** The row of the inbox as a whole; no customer has an empty address. */
const WHOLE_INBOX = '';

/**
 * Turns in `channels.send_pace`, by the database's clock. Messages to an inbox's customers leave at least a message's
 * time apart, so that in no second more leave than the policy has; those of one reply (its text, its files) leave
 * together and use up the time of all of them.
 */
export class DatabaseSendPace implements SendPace {
  constructor(private readonly dataSource: DataSource) {}

  take(inbox: InboxRef, send: PacedSend): Promise<number> {
    const { inbox: whole, contact } = send.perSecond;
    const steps = new Map<string, number>();
    if (whole !== null) steps.set(WHOLE_INBOX, (send.messages * 1000) / whole);
    if (contact !== null) steps.set(send.contact, (send.messages * 1000) / contact);
    return this.#in(inbox, async (manager) => {
      if (steps.size === 0) return untilTurn(manager, inbox, [WHOLE_INBOX]);
      await lockTurns(manager, inbox, [WHOLE_INBOX, ...steps.keys()]);
      const wait = await untilTurn(manager, inbox, [WHOLE_INBOX, ...steps.keys()]);
      if (wait > 0) return wait;
      for (const [name, step] of steps) {
        await manager.query(
          `UPDATE channels.send_pace SET next_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
           WHERE inbox_id = $1 AND contact = $2`,
          [inbox.id, name, step],
        );
      }
      return 0;
    });
  }

  async hold(inbox: InboxRef, milliseconds: number): Promise<void> {
    await this.#in(inbox, (manager) =>
      manager.query(
        `INSERT INTO channels.send_pace (workspace_id, inbox_id, contact, next_at)
         VALUES ($1, $2, '', clock_timestamp() + make_interval(secs => $3::float8 / 1000))
         ON CONFLICT (workspace_id, inbox_id, contact)
         DO UPDATE SET next_at = greatest(send_pace.next_at, excluded.next_at)`,
        [inbox.workspaceId, inbox.id, milliseconds],
      ),
    );
  }

  async forget(inbox: InboxRef): Promise<void> {
    await this.#in(inbox, (manager) =>
      manager.query(
        `DELETE FROM channels.send_pace
         WHERE inbox_id = $1 AND contact <> '' AND next_at < now() - interval '1 hour'`,
        [inbox.id],
      ),
    );
  }

  #in<T>(inbox: InboxRef, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return inWorkspace(this.dataSource, inbox.workspaceId, work);
  }
}

/** Always in the same order, or two replicas wait for each other. */
async function lockTurns(
  manager: EntityManager,
  inbox: InboxRef,
  contacts: readonly string[],
): Promise<void> {
  for (const contact of new Set(contacts)) {
    await manager.query(
      `INSERT INTO channels.send_pace (workspace_id, inbox_id, contact, next_at) VALUES ($1, $2, $3, now())
       ON CONFLICT (workspace_id, inbox_id, contact) DO UPDATE SET next_at = send_pace.next_at`,
      [inbox.workspaceId, inbox.id, contact],
    );
  }
}

async function untilTurn(
  manager: EntityManager,
  inbox: InboxRef,
  contacts: readonly string[],
): Promise<number> {
  const rows: { wait: number | null }[] = await manager.query(
    `SELECT ceil(extract(epoch FROM max(next_at) - clock_timestamp()) * 1000)::float8 AS wait
     FROM channels.send_pace WHERE inbox_id = $1 AND contact = ANY ($2)`,
    [inbox.id, contacts],
  );
  return Math.max(0, rows[0]?.wait ?? 0);
}
