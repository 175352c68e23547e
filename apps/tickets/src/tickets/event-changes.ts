import type { PersonRef } from '@tributary/contracts';
import type { EntityManager } from 'typeorm';

type Changes = Readonly<Record<string, unknown>>;

/** Columns that hold an id, by the field they are shown as. */
const REFERENCES: Readonly<Record<string, string>> = { assignee_id: 'assignee', queue_id: 'queue' };

/**
 * History as people read it: `assignee_id: [old, new]` becomes `assignee` with names.
 *
 * @returns one for each of `all`, in order.
 */
export async function nameChanges(
  manager: EntityManager,
  all: readonly Changes[],
): Promise<readonly Changes[]> {
  const ids = new Set(all.flatMap(idsIn));
  if (ids.size === 0) return all;
  const rows: PersonRef[] = await manager.query(
    `SELECT id, name FROM directory.person WHERE id = ANY ($1::uuid[])
     UNION ALL SELECT id, name FROM routing.queue WHERE id = ANY ($1::uuid[])`,
    [[...ids]],
  );
  const names = new Map(rows.map((row) => [row.id, row]));
  return all.map((changes) =>
    Object.fromEntries(
      Object.entries(changes).map(([field, value]) => {
        const shown = REFERENCES[field];
        return shown === undefined ? [field, value] : [shown, pairOf(value).map((id) => named(id, names))];
      }),
    ),
  );
}

function idsIn(changes: Changes): string[] {
  return Object.keys(REFERENCES).flatMap((field) =>
    pairOf(changes[field]).filter((id): id is string => typeof id === 'string'),
  );
}

function pairOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function named(id: unknown, names: ReadonlyMap<string, PersonRef>): PersonRef | null {
  return typeof id === 'string' ? (names.get(id) ?? { id, name: '' }) : null;
}
