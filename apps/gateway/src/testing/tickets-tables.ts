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
  `event (id bigint GENERATED ALWAYS AS IDENTITY, workspace_id uuid NOT NULL, ticket_id uuid, type text, actor text,
     at timestamptz)`,
  `open_page (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, person_id uuid, opened_at timestamptz,
     held_until timestamptz)`,
  'business_calendar (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, definition jsonb, created_at timestamptz)',
];

/** Of the schema of `tickets` what the gateway reads: a customer's thread, when an inbox was last used, open pages. */
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

/** Of the router's schema what the gateway reads. */
class CreatePresence1790000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE routing.presence (workspace_id uuid NOT NULL, agent_id uuid NOT NULL,
      state text NOT NULL, lease_until timestamptz NOT NULL, absent_since timestamptz, idle_since timestamptz,
      PRIMARY KEY (workspace_id, agent_id))`);
    await runner.query(workspaceScoped('routing.presence'));
  }

  async down(): Promise<void> {
    throw new Error('a test’s tables go with its database');
  }
}

export const routingTables: MigrationSet = { schema: 'routing', migrations: [CreatePresence1790000000100] };
