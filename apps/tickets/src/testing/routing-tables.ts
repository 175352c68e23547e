import { type MigrationSet, outboxTable, workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of the router's schema what `tickets` reads: the names of queues, and what waits for the log. */
class CreateQueues1790000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE routing.queue (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, name text NOT NULL);
      ${workspaceScoped('routing.queue')}
      ${outboxTable('routing')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE routing.queue, routing.outbox');
  }
}

export const routingTables: MigrationSet = { schema: 'routing', migrations: [CreateQueues1790000000100] };
