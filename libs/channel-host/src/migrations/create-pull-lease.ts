import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which replica pulls which inbox, and until when at the latest. */
export class CreatePullLease1795489200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE channels.pull_lease (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        holder uuid NOT NULL,
        ends_at timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, inbox_id)
      );
      ${workspaceScoped('channels.pull_lease')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE channels.pull_lease');
  }
}
