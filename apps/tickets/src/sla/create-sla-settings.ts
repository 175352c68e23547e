import { compileCalendar, type CalendarDefinition } from '@tributary/business-time';
import { newId } from '@tributary/runtime';
import type { EntityManager } from 'typeorm';
import type { SlaPolicy } from './sla-policy.js';

/**
 * Gives a workspace a calendar and the policies that promise on it, in their order.
 *
 * @param manager in the workspace's scope, as the role `tickets`.
 * @throws CalendarInvalidError.
 */
export async function createSlaSettings(
  manager: EntityManager,
  workspaceId: string,
  calendar: { readonly name: string; readonly definition: CalendarDefinition },
  policies: readonly Omit<SlaPolicy, 'id' | 'calendarId' | 'calendarName'>[],
): Promise<void> {
  compileCalendar(calendar.definition);
  const calendarId = newId();
  await manager.query(
    `INSERT INTO tickets.business_calendar (id, workspace_id, name, definition) VALUES ($1, $2, $3, $4)`,
    [calendarId, workspaceId, calendar.name, JSON.stringify(calendar.definition)],
  );
  for (const [position, policy] of policies.entries()) {
    const definition: SlaPolicy = { ...policy, id: newId(), calendarId, calendarName: calendar.name };
    await manager.query(
      `INSERT INTO tickets.sla_policy (id, workspace_id, position, definition) VALUES ($1, $2, $3, $4)`,
      [definition.id, workspaceId, position, JSON.stringify(definition)],
    );
  }
}
