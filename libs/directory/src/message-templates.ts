import type { MessageTemplate } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';

/** Puts what the provider tells in the place of what it told before. */
export async function storeTemplates(
  manager: EntityManager,
  inbox: { readonly id: string; readonly workspaceId: string },
  templates: readonly MessageTemplate[],
): Promise<void> {
  const ids = templates.map(({ id }) => id);
  await manager.query(`DELETE FROM directory.message_template WHERE inbox_id = $1 AND id <> ALL ($2)`, [
    inbox.id,
    ids,
  ]);
  await manager.query(
    `INSERT INTO directory.message_template (workspace_id, inbox_id, id, template)
     SELECT $1, $2, t->>'id', t FROM jsonb_array_elements($3::jsonb) AS t
     ON CONFLICT (workspace_id, inbox_id, id) DO UPDATE SET template = excluded.template`,
    [inbox.workspaceId, inbox.id, JSON.stringify(templates)],
  );
}

/** By name, then by language. */
export async function storedTemplates(
  manager: EntityManager,
  inboxId: string,
): Promise<readonly MessageTemplate[]> {
  const rows: { template: MessageTemplate }[] = await manager.query(
    `SELECT template FROM directory.message_template WHERE inbox_id = $1
     ORDER BY template->>'name', template->>'language'`,
    [inboxId],
  );
  return rows.map(({ template }) => template);
}
