import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When an inbox and each of its customers may be written to next, what waits for that, and which replica sends it. */
export class CreateWaitingSend1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE channels.send_pace (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        contact text NOT NULL,
        next_at timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, inbox_id, contact)
      );
      COMMENT ON COLUMN channels.send_pace.contact IS 'a customer''s address; empty for the inbox as a whole';
      ${workspaceScoped('channels.send_pace')}
      CREATE TABLE channels.waiting_send (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        position bigint GENERATED ALWAYS AS IDENTITY,
        conversation_id uuid NOT NULL,
        message_id uuid NOT NULL,
        attempt integer NOT NULL,
        queued jsonb NOT NULL,
        tried integer NOT NULL,
        not_before timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, inbox_id, message_id, attempt)
      );
      COMMENT ON COLUMN channels.waiting_send.tried IS 'how often it was handed to the provider, in vain';
      CREATE INDEX waiting_send_order ON channels.waiting_send (inbox_id, conversation_id, position);
      ${workspaceScoped('channels.waiting_send')}
      CREATE TABLE channels.send_lease (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        holder uuid NOT NULL,
        ends_at timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, inbox_id)
      );
      ${workspaceScoped('channels.send_lease')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE channels.send_lease, channels.waiting_send, channels.send_pace');
  }
}
