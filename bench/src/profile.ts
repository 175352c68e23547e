import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

/** Of PostgreSQL: counts what every statement costs. */
export const PROFILED_SETTINGS = { shared_preload_libraries: 'pg_stat_statements' };

/** Of a Node process: writes a CPU profile into the folder when it ends. */
export function profiledEnvironment(folder: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` };
}

export async function beginProfile(databaseUrl: string): Promise<void> {
  await query(databaseUrl, 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  await query(databaseUrl, 'SELECT pg_stat_statements_reset()');
}

/** Writes the statements that cost most, the dearest first. */
export async function endProfile(databaseUrl: string, folder: string): Promise<void> {
  const rows = await query(
    databaseUrl,
    `SELECT round(total_exec_time)::int AS ms, calls::int, rows::int,
            regexp_replace(query, '\\s+', ' ', 'g') AS query
     FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 60`,
  );
  const lines = rows.map(
    ({ ms, calls, rows: count, query: text }) => `${ms} ms\t${calls} x\t${count} rows\t${text}`,
  );
  // The processor profiles come later, when the process ends.
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'statements.txt'), `${lines.join('\n')}\n`);
}

interface Statement {
  readonly ms: number;
  readonly calls: number;
  readonly rows: number;
  readonly query: string;
}

async function query(connectionString: string, text: string): Promise<readonly Statement[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Statement>(text)).rows;
  } finally {
    await client.end();
  }
}
