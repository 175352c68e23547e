import type { DataSource, EntityManager } from 'typeorm';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Runs `work` in one transaction that sees and writes rows of these workspaces only; row-level security holds
 * even against a forgotten WHERE.
 *
 * @param workspaceIds at least one.
 */
export async function inWorkspaces<T>(
  dataSource: DataSource,
  workspaceIds: readonly string[],
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  if (workspaceIds.length === 0) throw new Error('a scope names at least one workspace');
  for (const id of workspaceIds) if (!UUID.test(id)) throw new Error('a workspace id is a UUID');
  return dataSource.transaction(async (manager) => {
    await manager.query(`SET LOCAL tributary.scope = '${workspaceIds.join(',')}'`);
    return work(manager);
  });
}

/** `inWorkspaces` for one. */
export function inWorkspace<T>(
  dataSource: DataSource,
  workspaceId: string,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return inWorkspaces(dataSource, [workspaceId], work);
}
