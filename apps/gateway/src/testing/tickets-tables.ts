import { type MigrationSet, workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  'contact (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, name text)',
  'contact_identity (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, value text, kind text)',
  `conversation (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, contact_id uuid, identity_id uuid,
     inbox_id uuid, created_at timestamptz NOT NULL DEFAULT now())`,
  `ticket (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, number bigint, subject text, status text, inbox_id uuid,
     queue_id uuid, assignee_id uuid, waiting_since timestamptz NOT NULL DEFAULT now(), read_at timestamptz,
     updated_at timestamptz NOT NULL DEFAULT now())`,
  'inbox_activity (inbox_id uuid PRIMARY KEY, workspace_id uuid NOT NULL, last_inbound_at timestamptz NOT NULL)',
  'ticket_conversation (workspace_id uuid NOT NULL, ticket_id uuid, conversation_id uuid)',
  'inbound_receipt (workspace_id uuid NOT NULL, inbox_id uuid, provider_event_id text, message_id uuid)',
  `message (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, position bigint GENERATED ALWAYS AS IDENTITY,
     conversation_id uuid, ticket_id uuid, direction text, channel text,
     external_id text, author_name text, text text,
     unverified_sender boolean NOT NULL DEFAULT false, at timestamptz NOT NULL DEFAULT now())`,
  `attachment (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, message_id uuid, name text, size bigint,
     content_type text, object_key text)`,
  `delivery (message_id uuid PRIMARY KEY, workspace_id uuid NOT NULL, inbox_id uuid, at timestamptz, attempt integer,
     state text, error_code text, error_detail text)`,
  `ledger (position bigint GENERATED ALWAYS AS IDENTITY, workspace_id uuid NOT NULL, inbox_id uuid, disposition text,
     at timestamptz NOT NULL DEFAULT now())`,
  'business_calendar (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, definition jsonb, created_at timestamptz)',
];

/** Of the schema of `tickets` what the gateway reads: a customer's thread, and when an inbox was last used. */
class CreateThreads1790000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await runner.query(`CREATE TABLE tickets.${table}`);
      await runner.query(workspaceScoped(`tickets.${table.split(' ')[0]!}`));
    }
  }

  async down(): Promise<void> {
    throw new Error('a test’s tables go with its database');
  }
}

export const ticketsTables: MigrationSet = { schema: 'tickets', migrations: [CreateThreads1790000000100] };
