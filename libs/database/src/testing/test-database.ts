import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { migrate, type MigrationSet } from '../migrate.js';

export type PostgresVersion = 15 | 18;

/** Set by the global set-up, read by `testDatabase`. */
export const TEST_SERVER_VARIABLES: Readonly<Record<PostgresVersion, string>> = {
  15: 'TRIBUTARY_TEST_POSTGRES_15',
  18: 'TRIBUTARY_TEST_POSTGRES_18',
};

export interface TestDatabase {
  /** URL of the owner; services take their role by `connectDataSource`. */
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * An empty database of its own on a real server, migrated.
 *
 * @throws Error that says what to install when the machine lacks that version.
 */
export async function testDatabase(
  sets: readonly MigrationSet[] = [],
  version: PostgresVersion = 18,
): Promise<TestDatabase> {
  const server = process.env[TEST_SERVER_VARIABLES[version]];
  if (!server) throw new Error(`PostgreSQL ${version} is missing: apt-get install postgresql-${version}`);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrate(url.href, sets);
  return {
    url: url.href,
    drop: () => administer(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
