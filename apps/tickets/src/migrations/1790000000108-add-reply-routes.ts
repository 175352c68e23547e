import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A reply may be a text that the provider approved beforehand; a retry sends the same. And it may leave on another
 * channel than the ticket came by: then the answers that come there are the ticket's.
 */
export class AddReplyRoutes1790000000108 implements MigrationInterface {
  name = 'AddReplyRoutes1790000000108';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tickets.delivery ADD COLUMN template jsonb;
      ALTER TABLE tickets.ticket_conversation ADD COLUMN used_at timestamptz NOT NULL DEFAULT now();
      COMMENT ON COLUMN tickets.ticket_conversation.used_at IS
        'when the ticket began in the conversation, or was last answered there on purpose: the newest has its answers';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tickets.ticket_conversation DROP COLUMN used_at;
      ALTER TABLE tickets.delivery DROP COLUMN template;`);
  }
}
