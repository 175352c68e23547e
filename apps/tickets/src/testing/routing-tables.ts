import { type MigrationSet, workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of the router's schema what `tickets` reads: the names of queues. */
class CreateQueues1790000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE routing.queue (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, name text NOT NULL);
      ${workspaceScoped('routing.queue')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE routing.queue');
  }
}

export const routingTables: MigrationSet = { schema: 'routing', migrations: [CreateQueues1790000000100] };
