import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who has the console open, for whoever tells people of their tickets elsewhere. */
export class CreateOpenPage1790000000113 implements MigrationInterface {
  name = 'CreateOpenPage1790000000113';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tickets.open_page (
        workspace_id uuid NOT NULL,
        id uuid NOT NULL,
        person_id uuid NOT NULL,
        opened_at timestamptz NOT NULL,
        -- Kept ahead by the process that answers the page; a process that dies takes its pages with it.
        held_until timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, id)
      );
      CREATE INDEX open_page_person ON tickets.open_page (person_id);
      ${workspaceScoped('tickets.open_page')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tickets.open_page');
  }
}
