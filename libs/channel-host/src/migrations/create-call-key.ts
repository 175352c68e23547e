import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What callers said under the names that they gave their calls. */
export class CreateCallKey1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE channels.call_key (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        key text NOT NULL,
        sha256 bytea NOT NULL,
        claimed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (workspace_id, inbox_id, key)
      );
      CREATE INDEX call_key_age ON channels.call_key (inbox_id, claimed_at);
      ${workspaceScoped('channels.call_key')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE channels.call_key');
  }
}
