import { createHash, randomBytes } from 'node:crypto';
import type { Locale, PersonRole } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import type { Clock } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import { verifyPassword } from './passwords.js';

/** Who is signed in. */
export interface SignedInPerson {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly email: string;
  readonly role: PersonRole;
  readonly locale: Locale;
  readonly timeZone: string;
}

export interface NewSession {
  /** The cookie's value; only its hash is stored. */
  readonly token: string;
  readonly expiresAt: Date;
}

export const SESSION_COOKIE = 'tributary_session';
export const SESSION_SECONDS = 14 * 86_400;
const LINK_HOURS = 24;

/** Sessions and one-time links. Reading needs no right but the directory's SELECT; making them is the gateway's. */
export class SessionService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @returns undefined for a token that is unknown, expired, or of a person who was deactivated. */
  async find(token: string): Promise<SignedInPerson | undefined> {
    const rows: PersonRow[] = await this.dataSource.query(
      `SELECT id, workspace_id, name, email, role, locale, time_zone FROM directory.session_person($1)`,
      [hash(token)],
    );
    const row = rows[0];
    return row && person(row);
  }

  /** A link that signs `personId` in once, within 24 hours. */
  async createLink(workspaceId: string, personId: string): Promise<NewSession> {
    const token = newToken();
    const expiresAt = this.#in(LINK_HOURS * 3600);
    await this.dataSource.query(
      `INSERT INTO directory.sign_in_link (token_hash, workspace_id, person_id, expires_at)
       VALUES ($1, $2, $3, $4)`,
      [hash(token), workspaceId, personId, expiresAt],
    );
    return { token, expiresAt };
  }

  /** @returns undefined when the link was used, has expired or never was. */
  async signInByLink(token: string): Promise<NewSession | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const [rows]: [{ workspace_id: string; person_id: string }[], number] = await manager.query(
        `UPDATE directory.sign_in_link SET used_at = $2
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING workspace_id, person_id`,
        [hash(token), this.clock.now()],
      );
      const row = rows[0];
      return row && this.#open(manager, row.workspace_id, row.person_id);
    });
  }

  /** @returns undefined when no active person has this address and password. */
  async signInByPassword(email: string, password: string): Promise<NewSession | undefined> {
    const logins: { workspace_id: string; person_id: string }[] = await this.dataSource.query(
      `SELECT workspace_id, person_id FROM directory.login WHERE email = $1 ORDER BY workspace_id LIMIT 5`,
      [email.toLowerCase()],
    );
    if (logins.length === 0) await verifyPassword(password, null);
    for (const login of logins) {
      const stored = await inWorkspace(this.dataSource, login.workspace_id, async (manager) => {
        const rows: { password_hash: string | null }[] = await manager.query(
          `SELECT password_hash FROM directory.person WHERE id = $1 AND active`,
          [login.person_id],
        );
        return rows[0]?.password_hash ?? null;
      });
      if (await verifyPassword(password, stored)) {
        return this.#open(this.dataSource, login.workspace_id, login.person_id);
      }
    }
    return undefined;
  }

  async signOut(token: string): Promise<void> {
    await this.dataSource.query(`DELETE FROM directory.session WHERE token_hash = $1`, [hash(token)]);
  }

  async #open(
    connection: Pick<DataSource, 'query'>,
    workspaceId: string,
    personId: string,
  ): Promise<NewSession> {
    const token = newToken();
    const expiresAt = this.#in(SESSION_SECONDS);
    await connection.query(
      `WITH expired AS (DELETE FROM directory.session WHERE person_id = $3 AND expires_at < now())
       INSERT INTO directory.session (token_hash, workspace_id, person_id, expires_at) VALUES ($1, $2, $3, $4)`,
      [hash(token), workspaceId, personId, expiresAt],
    );
    return { token, expiresAt };
  }

  #in(seconds: number): Date {
    return new Date(this.clock.now().getTime() + seconds * 1000);
  }
}

interface PersonRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly name: string;
  readonly email: string;
  readonly role: PersonRole;
  readonly locale: Locale;
  readonly time_zone: string;
}

function person(row: PersonRow): SignedInPerson {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    email: row.email,
    role: row.role,
    locale: row.locale,
    timeZone: row.time_zone,
  };
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
