import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which of our messages has which id at the provider, and reports that came before that was known. */
export class CreateSentMessage1795492800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE channels.sent_message (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        external_id text NOT NULL,
        message_id uuid NOT NULL,
        attempt integer NOT NULL,
        sent_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (workspace_id, inbox_id, external_id)
      );
      CREATE INDEX sent_message_age ON channels.sent_message (inbox_id, sent_at);
      ${workspaceScoped('channels.sent_message')}
      CREATE TABLE channels.waiting_receipt (
        workspace_id uuid NOT NULL,
        inbox_id uuid NOT NULL,
        provider_event_id text NOT NULL,
        external_id text NOT NULL,
        state text NOT NULL,
        detail text,
        position bigint GENERATED ALWAYS AS IDENTITY,
        waits_since timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (workspace_id, inbox_id, provider_event_id)
      );
      ${workspaceScoped('channels.waiting_receipt')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE channels.waiting_receipt; DROP TABLE channels.sent_message');
  }
}
