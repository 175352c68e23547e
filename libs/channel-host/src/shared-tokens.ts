import { createHmac } from 'node:crypto';
import { type AccessToken, type AccessTokens, ChannelError } from '@tributary/channel-sdk';
import { inWorkspace } from '@tributary/database';
import type { MasterKey } from '@tributary/directory';
import type { Clock } from '@tributary/runtime';
import type { DataSource, EntityManager } from 'typeorm';
import type { HostedInbox } from './hosted-inbox.js';

/** A token is renewed so long before it expires, or in the last tenth of its life when that is shorter. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** Longer than a request to a provider may take, shorter than the database lets a transaction be idle. */
const WAIT_MS = 30_000;
/** PostgreSQL's code for a lock that was waited for too long. */
const LOCK_NOT_AVAILABLE = '55P03';

interface Wanted {
  readonly inbox: HostedInbox;
  readonly name: string;
  readonly obtain: () => Promise<AccessToken>;
  readonly refused: string | undefined;
}

/**
 * Providers' access tokens in `channels.access_token`: one an inbox and name for all replicas, because many providers
 * let a token die when another is obtained.
 */
export class SharedTokens {
  /** One of this process waits for the lock; the others wait for that one, and hold no connection. */
  readonly #obtaining = new Map<string, Promise<string>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
  ) {}

  /** The tokens of one inbox. */
  of(inbox: HostedInbox): AccessTokens {
    return {
      get: async (name, obtain, refused) => {
        const wanted = { inbox, name, obtain, refused };
        const stored = await inWorkspace(this.dataSource, inbox.workspaceId, (manager) =>
          this.#stored(manager, wanted),
        );
        return stored ?? this.#shared(wanted);
      },
    };
  }

  #shared(wanted: Wanted): Promise<string> {
    const key = `${wanted.inbox.id} ${wanted.name} ${wanted.refused ?? ''}`;
    const known = this.#obtaining.get(key);
    if (known) return known;
    const obtaining = this.#obtain(wanted).finally(() => this.#obtaining.delete(key));
    this.#obtaining.set(key, obtaining);
    return obtaining;
  }

  async #obtain(wanted: Wanted): Promise<string> {
    const { inbox, name } = wanted;
    try {
      return await inWorkspace(this.dataSource, inbox.workspaceId, async (manager) => {
        await manager.query(`SET LOCAL lock_timeout = ${WAIT_MS}`);
        await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
          `access token ${inbox.id} ${name}`,
        ]);
        // Somebody may have obtained it while this one waited.
        const stored = await this.#stored(manager, wanted);
        if (stored !== undefined) return stored;
        const token = await wanted.obtain();
        await this.#store(manager, wanted, token);
        return token.value;
      });
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
      throw new ChannelError(
        'unavailable',
        'another replica has been obtaining the token for long',
        undefined,
        {
          cause: error,
        },
      );
    }
  }

  /** @returns undefined when there is none that may be used. */
  async #stored(manager: EntityManager, { inbox, name, refused }: Wanted): Promise<string | undefined> {
    const rows: { sealed: Buffer }[] = await manager.query(
      `SELECT sealed FROM channels.access_token
       WHERE inbox_id = $1 AND name = $2 AND settings_mark = $3 AND renew_at > $4`,
      [inbox.id, name, this.#mark(inbox), this.clock.now()],
    );
    if (rows[0] === undefined) return undefined;
    const value = this.masterKey.open(inbox.workspaceId, sealContext(inbox, name), rows[0].sealed);
    return value === refused ? undefined : value;
  }

  async #store(manager: EntityManager, { inbox, name }: Wanted, token: AccessToken): Promise<void> {
    const before = Math.min(RENEW_BEFORE_MS, token.expiresInMs / 10);
    const renewAt = new Date(this.clock.now().getTime() + token.expiresInMs - before);
    const sealed = this.masterKey.seal(inbox.workspaceId, sealContext(inbox, name), token.value);
    await manager.query(
      `INSERT INTO channels.access_token (workspace_id, inbox_id, name, sealed, settings_mark, renew_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (workspace_id, inbox_id, name) DO UPDATE
       SET sealed = excluded.sealed, settings_mark = excluded.settings_mark, renew_at = excluded.renew_at`,
      [inbox.workspaceId, inbox.id, name, sealed, this.#mark(inbox), renewAt],
    );
  }

  /** Under a key of ours: settings hold secrets, and a plain hash of a short one can be guessed. */
  #mark(inbox: HostedInbox): Buffer {
    const key = this.masterKey.derive('settings-mark', inbox.workspaceId);
    return createHmac('sha256', key).update(JSON.stringify(inbox.settings)).digest();
  }
}

function sealContext(inbox: HostedInbox, name: string): string {
  return `access-token:${inbox.id}:${name}`;
}
