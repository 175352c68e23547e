import { Client } from 'pg';
import { DataSource, type MixedList } from 'typeorm';
import { MIGRATION_LOCK, prepareDatabase } from './prepare.js';
import type { Schema } from './roles.js';

/** A schema's migrations, oldest first. */
export interface MigrationSet {
  readonly schema: Schema;
  // TypeORM's own type for classes with `up` and `down`.
  readonly migrations: MixedList<Function | string>;
}

/**
 * Prepares the database and brings every schema to its newest migration; one process at a time does it, others
 * wait and find nothing to do.
 *
 * @returns names of the migrations that ran.
 */
export async function migrate(url: string, sets: readonly MigrationSet[]): Promise<readonly string[]> {
  await prepareDatabase(url);
  const lock = new Client({ connectionString: url, application_name: 'tributary-migrate' });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran: string[] = [];
    for (const { schema, migrations } of sets) {
      const dataSource = await new DataSource({
        type: 'postgres',
        url,
        applicationName: 'tributary-migrate',
        schema,
        migrations,
        migrationsTableName: 'migration',
        migrationsTransactionMode: 'each',
        synchronize: false,
        installExtensions: false,
        poolSize: 2,
      }).initialize();
      try {
        ran.push(...(await dataSource.runMigrations()).map((migration) => migration.name));
      } finally {
        await dataSource.destroy();
      }
    }
    return ran;
  } finally {
    await lock.end();
  }
}
