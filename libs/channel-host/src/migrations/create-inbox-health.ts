import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each inbox's host last complained of, for the administrator's page. */
export class CreateInboxHealth1795482000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE channels.inbox_health (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        last_error text,
        last_error_at timestamptz,
        PRIMARY KEY (workspace_id, inbox_id)
      );
      ${workspaceScoped('channels.inbox_health')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE channels.inbox_health');
  }
}
