import type { EntityManager } from 'typeorm';
import type { Schema } from './roles.js';
import { workspaceScoped } from './prepare.js';

/** SQL of a schema's receipts: which records its consumers have applied. For migrations. */
export function receiptTable(schema: Schema): string {
  return `
    CREATE TABLE ${schema}.receipt (
      workspace_id uuid NOT NULL,
      consumer text NOT NULL,
      event_id uuid NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (workspace_id, consumer, event_id)
    );
    ${workspaceScoped(`${schema}.receipt`)}`;
}

export interface ReceiptClaim {
  readonly workspaceId: string;
  readonly eventId: string;
}

/**
 * Claims records for a consumer inside the transaction of their effect, in one statement.
 *
 * @returns ids of the events that were not applied before; all others are duplicates.
 */
export async function claimReceipts(
  manager: EntityManager,
  schema: Schema,
  consumer: string,
  claims: readonly ReceiptClaim[],
): Promise<ReadonlySet<string>> {
  if (claims.length === 0) return new Set();
  const rows: { event_id: string }[] = await manager.query(
    `INSERT INTO ${schema}.receipt (workspace_id, consumer, event_id)
     SELECT w, $1, e FROM unnest($2::uuid[], $3::uuid[]) AS claim (w, e)
     ON CONFLICT DO NOTHING RETURNING event_id`,
    [consumer, claims.map((c) => c.workspaceId), claims.map((c) => c.eventId)],
  );
  return new Set(rows.map((row) => row.event_id));
}
