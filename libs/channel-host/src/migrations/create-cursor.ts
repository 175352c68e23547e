import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where each polled inbox has come to. */
export class CreateCursor1795478400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE channels.cursor (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        position text NOT NULL,
        saved_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (workspace_id, inbox_id)
      );
      ${workspaceScoped('channels.cursor')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE channels.cursor');
  }
}
