import { encodeRecord, routingWork } from '@tributary/contracts';
import { addToOutbox } from '@tributary/database';
import { newId } from '@tributary/runtime';
import type { EntityManager } from 'typeorm';

/** Tells the router, in the transaction of the change, that it must read people, skills or queues again. */
export async function announceConfiguration(
  manager: EntityManager,
  workspaceId: string,
  what: string,
): Promise<void> {
  await addToOutbox(manager, 'directory', [
    {
      topic: routingWork.name,
      key: workspaceId,
      value: encodeRecord({
        id: newId(),
        type: 'configuration.changed',
        version: 1,
        workspaceId,
        occurredAt: new Date().toISOString(),
        payload: { what },
      }),
    },
  ]);
}
