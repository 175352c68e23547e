import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Texts that providers approved, as they last told: for those who cannot ask them. */
export class CreateMessageTemplate1790000000003 implements MigrationInterface {
  name = 'CreateMessageTemplate1790000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE directory.message_template (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        id text NOT NULL,
        template jsonb NOT NULL,
        PRIMARY KEY (workspace_id, inbox_id, id)
      );
      ${workspaceScoped('directory.message_template')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE directory.message_template');
  }
}
