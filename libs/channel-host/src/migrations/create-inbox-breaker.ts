import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How each way to an inbox's provider is doing, and what waits until it is passable again. */
export class CreateInboxBreaker1795496400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE channels.inbox_health
        ADD COLUMN way text NOT NULL DEFAULT 'in' CHECK (way IN ('in', 'out', 'files')),
        ADD COLUMN failures integer NOT NULL DEFAULT 0,
        ADD COLUMN open_since timestamptz,
        ADD COLUMN probe_at timestamptz,
        -- One replica at a time works off what waits.
        ADD COLUMN probed_until timestamptz,
        DROP CONSTRAINT inbox_health_pkey,
        ADD PRIMARY KEY (workspace_id, inbox_id, way);
      ALTER TABLE channels.inbox_health ALTER COLUMN way DROP DEFAULT;
      CREATE TABLE channels.waiting_work (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        way text NOT NULL,
        key text NOT NULL,
        position bigint GENERATED ALWAYS AS IDENTITY,
        payload jsonb NOT NULL,
        tries integer NOT NULL,
        waits_since timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, inbox_id, way, key)
      );
      CREATE INDEX waiting_work_turn ON channels.waiting_work (workspace_id, inbox_id, way, position);
      ${workspaceScoped('channels.waiting_work')}
      CREATE TABLE channels.refused_call (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        day date NOT NULL,
        calls integer NOT NULL,
        code text NOT NULL,
        last_at timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, inbox_id, day)
      );
      ${workspaceScoped('channels.refused_call')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE channels.refused_call;
      DROP TABLE channels.waiting_work;
      DELETE FROM channels.inbox_health WHERE way <> 'in';
      ALTER TABLE channels.inbox_health
        DROP CONSTRAINT inbox_health_pkey,
        DROP COLUMN way,
        DROP COLUMN failures,
        DROP COLUMN open_since,
        DROP COLUMN probe_at,
        DROP COLUMN probed_until,
        ADD PRIMARY KEY (workspace_id, inbox_id);`);
  }
}
