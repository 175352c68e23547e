import { outboxTable, workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const SCOPED = ['person', 'team', 'team_member', 'skill', 'person_skill', 'inbox'];

export class CreateDirectory1790000000001 implements MigrationInterface {
  name = 'CreateDirectory1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REGISTRY);
    await runner.query(PEOPLE);
    await runner.query(INBOXES);
    for (const table of SCOPED) await runner.query(workspaceScoped(`directory.${table}`));
    await runner.query(SESSION_PERSON);
    await runner.query(outboxTable('directory'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION directory.session_person(bytea);
      DROP TABLE directory.outbox, directory.person_skill, directory.team_member, directory.skill,
        directory.team, directory.inbox, directory.session, directory.sign_in_link, directory.login,
        directory.inbox_route, directory.person, directory.workspace;`);
  }
}

/**
 * The registry: what must be found before a workspace is known, by an id or by the hash of a secret. It holds no
 * customer's data, so it stands outside row-level security.
 */
const REGISTRY = `
  CREATE TABLE directory.workspace (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE directory.inbox_route (
    inbox_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES directory.workspace,
    channel text NOT NULL,
    enabled boolean NOT NULL,
    mail_address text
  );
  CREATE UNIQUE INDEX inbox_route_mail_address ON directory.inbox_route (mail_address)
    WHERE mail_address IS NOT NULL;
  CREATE TABLE directory.login (
    email text NOT NULL,
    workspace_id uuid NOT NULL REFERENCES directory.workspace,
    person_id uuid NOT NULL,
    PRIMARY KEY (email, workspace_id)
  );
  CREATE TABLE directory.session (
    token_hash bytea PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES directory.workspace,
    person_id uuid NOT NULL,
    expires_at timestamptz NOT NULL
  );
  CREATE INDEX session_person_id ON directory.session (person_id);
  CREATE TABLE directory.sign_in_link (
    token_hash bytea PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES directory.workspace,
    person_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
  );`;

const PEOPLE = `
  CREATE TABLE directory.person (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES directory.workspace,
    name text NOT NULL,
    email text NOT NULL,
    role text NOT NULL CHECK (role IN ('agent', 'lead', 'admin')),
    active boolean NOT NULL DEFAULT true,
    locale text NOT NULL DEFAULT 'en',
    time_zone text NOT NULL DEFAULT 'UTC',
    regions text[] NOT NULL DEFAULT '{}',
    languages text[] NOT NULL DEFAULT '{}',
    password_hash text,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, email)
  );
  CREATE TABLE directory.team (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES directory.workspace,
    name text NOT NULL,
    UNIQUE (workspace_id, name)
  );
  CREATE TABLE directory.team_member (
    workspace_id uuid NOT NULL,
    team_id uuid NOT NULL REFERENCES directory.team ON DELETE CASCADE,
    person_id uuid NOT NULL REFERENCES directory.person ON DELETE CASCADE,
    PRIMARY KEY (workspace_id, team_id, person_id)
  );
  CREATE TABLE directory.skill (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES directory.workspace,
    name text NOT NULL,
    UNIQUE (workspace_id, name)
  );
  CREATE TABLE directory.person_skill (
    workspace_id uuid NOT NULL,
    person_id uuid NOT NULL REFERENCES directory.person ON DELETE CASCADE,
    skill_id uuid NOT NULL REFERENCES directory.skill,
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (workspace_id, person_id, skill_id)
  );`;

const INBOXES = `
  CREATE TABLE directory.inbox (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES directory.workspace,
    channel text NOT NULL,
    name text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    settings jsonb NOT NULL DEFAULT '{}',
    sealed_secrets bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, name)
  );`;

/** Who a session belongs to, in one round trip: the token's hash names the workspace, which opens the scope. */
const SESSION_PERSON = `
  CREATE FUNCTION directory.session_person(hash bytea) RETURNS SETOF directory.person LANGUAGE plpgsql AS $f$
  DECLARE opened directory.session;
  BEGIN
    SELECT * INTO opened FROM directory.session s WHERE s.token_hash = hash AND s.expires_at > now();
    IF NOT FOUND THEN RETURN; END IF;
    PERFORM set_config('tributary.scope', opened.workspace_id::text, true);
    RETURN QUERY SELECT * FROM directory.person p WHERE p.id = opened.person_id AND p.active;
  END $f$;`;
