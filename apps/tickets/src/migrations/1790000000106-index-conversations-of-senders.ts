import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the conversation that a customer has with an inbox. */
export class IndexConversationsOfSenders1790000000106 implements MigrationInterface {
  name = 'IndexConversationsOfSenders1790000000106';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX conversation_sender ON tickets.conversation (identity_id, inbox_id, created_at DESC);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX tickets.conversation_sender;');
  }
}
