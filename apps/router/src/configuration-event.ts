import { type ConfigurationChanged, encodeRecord, routingWork } from '@tributary/contracts';
import { addToOutbox } from '@tributary/database';
import { newId } from '@tributary/runtime';
import type { EntityManager } from 'typeorm';

/** Tells the workspace's owner, once the transaction has committed, to read its set-up again. */
export async function announceConfiguration(
  manager: EntityManager,
  workspaceId: string,
  what: string,
  at: Date,
): Promise<void> {
  const payload: ConfigurationChanged = { what };
  const value = encodeRecord({
    id: newId(),
    type: 'configuration.changed',
    version: 1,
    workspaceId,
    occurredAt: at.toISOString(),
    payload,
  });
  await addToOutbox(manager, 'routing', [{ topic: routingWork.name, key: workspaceId, value }]);
}
