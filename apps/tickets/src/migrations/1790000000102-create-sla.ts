import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['business_calendar', 'sla_policy', 'metric_instance'];

export class CreateSla1790000000102 implements MigrationInterface {
  name = 'CreateSla1790000000102';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tickets.business_calendar (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL,
        name text NOT NULL,
        definition jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      COMMENT ON TABLE tickets.business_calendar IS 'one row a version: an edited calendar is another row';
      CREATE TABLE tickets.sla_policy (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL,
        position integer NOT NULL,
        definition jsonb NOT NULL,
        UNIQUE (workspace_id, position)
      );
      CREATE TABLE tickets.metric_instance (
        workspace_id uuid NOT NULL,
        ticket_id uuid NOT NULL,
        metric text NOT NULL,
        clock json NOT NULL,
        PRIMARY KEY (ticket_id, metric)
      );
      COMMENT ON COLUMN tickets.metric_instance.clock IS 'read and written whole, so it stays as it came';
      CREATE TABLE tickets.sla_timer (
        ticket_id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL,
        due_at timestamptz NOT NULL
      );
      CREATE INDEX sla_timer_due ON tickets.sla_timer (due_at);
      COMMENT ON TABLE tickets.sla_timer IS
        'when the first of a ticket''s clocks next changes by itself; across workspaces, for whoever fires them, and without their data';`);
    for (const table of TABLES) await runner.query(workspaceScoped(`tickets.${table}`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE tickets.sla_timer, tickets.metric_instance, tickets.sla_policy, tickets.business_calendar`,
    );
  }
}
