import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UNFORCED = ['conversation', 'message', 'delivery'];

/** Each list of the console in the order of an index, and the health of an inbox without reading its messages. */
export class IndexLists1790000000103 implements MigrationInterface {
  name = 'IndexLists1790000000103';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX tickets.ticket_due, tickets.ticket_updated;
      CREATE INDEX ticket_due ON tickets.ticket
        (workspace_id, (COALESCE(sla_due_at, 'infinity'::timestamptz)), created_at, id)
        WHERE status IN ('new', 'open', 'pending', 'on_hold');
      CREATE INDEX ticket_updated ON tickets.ticket (workspace_id, updated_at DESC, id DESC);
      CREATE TABLE tickets.inbox_activity (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        last_inbound_at timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, inbox_id)
      ) WITH (fillfactor = 20);
      ${workspaceScoped('tickets.inbox_activity')}
      ALTER TABLE tickets.delivery ADD COLUMN inbox_id uuid;
      ${force('NO FORCE')}
      UPDATE tickets.delivery d SET inbox_id = c.inbox_id
        FROM tickets.message m JOIN tickets.conversation c ON c.id = m.conversation_id
        WHERE m.id = d.message_id;
      ${force('FORCE')}
      ALTER TABLE tickets.delivery ALTER COLUMN inbox_id SET NOT NULL;
      CREATE INDEX delivery_inbox ON tickets.delivery (inbox_id, at DESC);
      CREATE INDEX sla_timer_workspace ON tickets.sla_timer (workspace_id, due_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX tickets.sla_timer_workspace, tickets.delivery_inbox, tickets.ticket_due, tickets.ticket_updated;
      DROP TABLE tickets.inbox_activity;
      ALTER TABLE tickets.delivery DROP COLUMN inbox_id;
      CREATE INDEX ticket_due ON tickets.ticket (workspace_id, sla_due_at, created_at)
        WHERE status IN ('new', 'open');
      CREATE INDEX ticket_updated ON tickets.ticket (workspace_id, updated_at DESC);`);
  }
}

/** The owner fills the column in for every workspace; row-level security that is forced would hide all rows. */
function force(how: 'FORCE' | 'NO FORCE'): string {
  return UNFORCED.map((table) => `ALTER TABLE tickets.${table} ${how} ROW LEVEL SECURITY;`).join(' ');
}
