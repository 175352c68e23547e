import { withClient } from '../stored-state.js';

/** Puts bytes into the log that no service would put there, at the end of the topic's first partition. */
export async function appendBytes(connectionString: string, topic: string, bytes: Uint8Array): Promise<void> {
  await withClient(connectionString, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      'SELECT id FROM log.partition WHERE topic = $1 AND number = 0',
      [topic],
    );
    const { id } = rows[0]!;
    await client.query('SELECT log.append($1, $2, $1, $3, $4, $5, $6, $7, $8)', [
      ...[[id], [1], [0], ['poison'], [1], [bytes.byteLength]],
      ...[bytes, [null]],
    ]);
  });
}

/** How many members of the group hold partitions, when all partitions are held; else undefined. */
export async function ownersOf(connectionString: string, group: string): Promise<number | undefined> {
  return withClient(connectionString, async (client) => {
    const { rows } = await client.query<{ owners: number; all: boolean }>(
      `SELECT count(DISTINCT owner)::int AS owners, bool_and(owner IS NOT NULL) AS all
       FROM log.lease WHERE "group" = $1`,
      [group],
    );
    const [{ owners, all }] = rows as [(typeof rows)[number]];
    return all ? owners : undefined;
  });
}

/** Every group has read its topics to the end. */
export async function isReadToTheEnd(connectionString: string): Promise<boolean> {
  return withClient(connectionString, async (client) => {
    const { rows } = await client.query<{ behind: boolean }>(
      `SELECT EXISTS (SELECT FROM log.lease l JOIN log.partition p ON p.id = l.partition_id
                      WHERE coalesce(l.committed, 0) < p.next_offset) AS behind`,
    );
    return !rows[0]!.behind;
  });
}
