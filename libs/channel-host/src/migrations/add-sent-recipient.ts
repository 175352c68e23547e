import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom we sent what, and when: some providers tell of a moment until which a customer has read everything. */
export class AddSentRecipient1795503600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE channels.sent_message
        ADD COLUMN recipient text,
        ADD COLUMN begun_at timestamptz,
        ADD COLUMN seen text NOT NULL DEFAULT 'no' CHECK (seen IN ('no', 'delivered', 'read'));
      COMMENT ON COLUMN channels.sent_message.begun_at IS
        'before it was handed to the provider, whose own instant of it is later';
      COMMENT ON COLUMN channels.sent_message.seen IS 'what a moment has told of it';
      CREATE INDEX sent_message_recipient ON channels.sent_message (inbox_id, recipient, begun_at)
        WHERE seen <> 'read';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX channels.sent_message_recipient;
      ALTER TABLE channels.sent_message DROP COLUMN seen, DROP COLUMN begun_at, DROP COLUMN recipient;`);
  }
}
