import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Access tokens of providers, one of a name for each inbox, sealed. */
export class CreateAccessToken1795485600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE channels.access_token (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        name text NOT NULL,
        sealed bytea NOT NULL,
        -- Of the settings it was obtained with: those of another account make another token.
        settings_mark bytea NOT NULL,
        renew_at timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, inbox_id, name)
      );
      ${workspaceScoped('channels.access_token')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE channels.access_token');
  }
}
