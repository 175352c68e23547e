import { Client } from 'pg';
import { SCHEMAS, SERVICE_ROLES, type ServiceRole } from './roles.js';

/** One process at a time prepares or migrates; the number is arbitrary and ours. */
export const MIGRATION_LOCK = 7_261_001;

/**
 * Makes what all schemas stand on: the services' roles, the schemas, who may read and write them, and the scope
 * function of row-level security. Runs any number of times without harm.
 *
 * @param url a login that may create roles and schemas; it becomes the owner of everything.
 */
export async function prepareDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'tributary-prepare' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    for (const { role } of roles()) await client.query(createRole(role));
    await client.query(SCOPE);
    for (const schema of SCHEMAS) await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    for (const each of roles()) await client.query(grants(each));
  } finally {
    await client.end();
  }
}

function roles(): readonly ServiceRole[] {
  return Object.values(SERVICE_ROLES);
}

function createRole(role: string): string {
  return `
    DO $$ BEGIN
      CREATE ROLE ${role} NOLOGIN NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$;
    DO $$ BEGIN
      IF NOT pg_has_role(current_user, '${role}', 'MEMBER') THEN GRANT ${role} TO CURRENT_USER; END IF;
    EXCEPTION WHEN unique_violation THEN NULL;
    END $$;`;
}

/**
 * The workspaces that the transaction may see, set by `inWorkspaces`. Nothing set: nothing seen. Policies ask in a
 * subquery: once a statement, where a bare call reads the setting and takes it apart for every row.
 */
const SCOPE = `
  CREATE SCHEMA IF NOT EXISTS tributary;
  GRANT USAGE ON SCHEMA tributary TO PUBLIC;
  CREATE OR REPLACE FUNCTION tributary.scope() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
    $f$ SELECT string_to_array(NULLIF(current_setting('tributary.scope', true), ''), ',')::uuid[] $f$;`;

function grants({ role, writes, reads }: ServiceRole): string {
  const written = ([...writes, 'log'] as const).map(
    (schema) => `
      GRANT USAGE ON SCHEMA ${schema} TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role};
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema}
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role};
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT USAGE ON SEQUENCES TO ${role};`,
  );
  const read = reads.map(
    (schema) => `
      GRANT USAGE ON SCHEMA ${schema} TO ${role};
      GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${role};
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT ON TABLES TO ${role};`,
  );
  return [...written, ...read].join('\n');
}

/** SQL that puts a workspace's table under forced row-level security; for migrations. */
export function workspaceScoped(table: string): string {
  return `
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY workspace_scope ON ${table}
      USING (workspace_id = ANY ((SELECT tributary.scope())::uuid[]))
      WITH CHECK (workspace_id = ANY ((SELECT tributary.scope())::uuid[]));`;
}
