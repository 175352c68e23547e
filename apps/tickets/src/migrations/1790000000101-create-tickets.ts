import { outboxTable, receiptTable, workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  'ticket_counter',
  'contact',
  'contact_identity',
  'conversation',
  'ticket',
  'ticket_conversation',
  'message',
  'attachment',
  'delivery',
  'event',
  'inbound_receipt',
  'ledger',
];

export class CreateTickets1790000000101 implements MigrationInterface {
  name = 'CreateTickets1790000000101';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONTACTS);
    await runner.query(TICKETS);
    await runner.query(MESSAGES);
    await runner.query(ACCOUNT);
    for (const table of TABLES) await runner.query(workspaceScoped(`tickets.${table}`));
    await runner.query(receiptTable('tickets'));
    await runner.query(outboxTable('tickets'));
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [...TABLES, 'quarantined_record', 'receipt', 'outbox'].map((table) => `tickets.${table}`);
    await runner.query(`DROP TABLE ${tables.join(', ')} CASCADE`);
  }
}

const CONTACTS = `
  CREATE TABLE tickets.contact (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    tier text NOT NULL DEFAULT 'standard',
    language text,
    region text,
    created_at timestamptz NOT NULL
  );
  CREATE TABLE tickets.contact_identity (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL REFERENCES tickets.contact DEFERRABLE INITIALLY DEFERRED,
    kind text NOT NULL,
    value text NOT NULL,
    verified boolean NOT NULL DEFAULT false,
    UNIQUE (workspace_id, kind, value)
  );
  CREATE INDEX contact_identity_contact ON tickets.contact_identity (contact_id);
  CREATE TABLE tickets.conversation (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    inbox_id uuid NOT NULL,
    channel text NOT NULL,
    contact_id uuid NOT NULL REFERENCES tickets.contact,
    identity_id uuid NOT NULL REFERENCES tickets.contact_identity,
    created_at timestamptz NOT NULL
  );
`;

const TICKETS = `
  CREATE TABLE tickets.ticket_counter (
    workspace_id uuid PRIMARY KEY,
    last_number bigint NOT NULL
  );
  CREATE TABLE tickets.ticket (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    number bigint NOT NULL,
    subject text NOT NULL,
    snippet text NOT NULL,
    status text NOT NULL CHECK (status IN ('new', 'open', 'pending', 'on_hold', 'solved', 'closed')),
    priority text NOT NULL,
    type text NOT NULL,
    fields jsonb NOT NULL,
    tags jsonb NOT NULL,
    contact_id uuid NOT NULL REFERENCES tickets.contact,
    inbox_id uuid NOT NULL,
    channel text NOT NULL,
    assignee_id uuid,
    queue_id uuid,
    language text,
    region text,
    version integer NOT NULL,
    routing_version integer NOT NULL,
    waiting_since timestamptz NOT NULL,
    last_inbound_at timestamptz,
    read_at timestamptz,
    sla_due_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    solved_at timestamptz,
    UNIQUE (workspace_id, number)
  );
  COMMENT ON COLUMN tickets.ticket.routing_version IS
    'grows when the router is told something; a decision on an older one is stale';
  CREATE INDEX ticket_assignee ON tickets.ticket (workspace_id, assignee_id, status);
  CREATE INDEX ticket_waiting ON tickets.ticket (workspace_id, queue_id)
    WHERE assignee_id IS NULL AND status IN ('new', 'open');
  CREATE INDEX ticket_due ON tickets.ticket (workspace_id, sla_due_at, created_at)
    WHERE status IN ('new', 'open');
  CREATE INDEX ticket_contact ON tickets.ticket (contact_id, created_at);
  CREATE INDEX ticket_updated ON tickets.ticket (workspace_id, updated_at DESC);
  CREATE TABLE tickets.ticket_conversation (
    workspace_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    PRIMARY KEY (conversation_id, ticket_id)
  );
  CREATE INDEX ticket_conversation_ticket ON tickets.ticket_conversation (ticket_id);`;

const MESSAGES = `
  CREATE TABLE tickets.message (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    conversation_id uuid NOT NULL REFERENCES tickets.conversation,
    ticket_id uuid NOT NULL REFERENCES tickets.ticket,
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound', 'note')),
    channel text NOT NULL,
    author_kind text NOT NULL,
    author_id uuid,
    author_name text NOT NULL,
    subject text,
    text text NOT NULL,
    visible_text text,
    html text,
    external_id text,
    raw_key text,
    raw_sha256 text,
    raw_size bigint,
    raw bytea,
    unverified_sender boolean NOT NULL,
    automatic boolean NOT NULL,
    quarantine_reason text,
    idempotency_key text,
    at timestamptz NOT NULL
  );
  CREATE INDEX message_ticket ON tickets.message (ticket_id, position);
  CREATE INDEX message_conversation ON tickets.message (conversation_id, position);
  CREATE INDEX message_external ON tickets.message (workspace_id, external_id) WHERE external_id IS NOT NULL;
  CREATE UNIQUE INDEX message_idempotency ON tickets.message (workspace_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
  CREATE TABLE tickets.attachment (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    message_id uuid REFERENCES tickets.message DEFERRABLE INITIALLY DEFERRED,
    uploaded_by uuid,
    name text NOT NULL,
    content_type text NOT NULL,
    size bigint NOT NULL,
    object_key text NOT NULL,
    sha256 text NOT NULL,
    disposition text NOT NULL,
    content_id text,
    created_at timestamptz NOT NULL
  );
  CREATE INDEX attachment_message ON tickets.attachment (message_id);
  CREATE TABLE tickets.delivery (
    message_id uuid PRIMARY KEY REFERENCES tickets.message,
    workspace_id uuid NOT NULL,
    attempt integer NOT NULL,
    state text NOT NULL,
    error_code text,
    error_detail text,
    at timestamptz NOT NULL
  );`;

/**
 * History, receipts and the ledger: what became of every record that an adapter accepted. Rows that are written beside
 * their ticket, in its transaction and by nothing else (`ChangeSet`), have no foreign key to it: no ticket is ever
 * deleted, and to look each up again, and lock it, costs two fifths of what writing the row costs.
 */
const ACCOUNT = `
  CREATE TABLE tickets.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    workspace_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    type text NOT NULL,
    actor text NOT NULL,
    changes jsonb NOT NULL,
    message_id uuid,
    decision_id uuid,
    at timestamptz NOT NULL
  );
  CREATE INDEX event_ticket ON tickets.event (ticket_id, id);
  CREATE INDEX event_stream ON tickets.event (workspace_id, xid, id);
  CREATE TABLE tickets.inbound_receipt (
    workspace_id uuid NOT NULL,
    inbox_id uuid NOT NULL,
    provider_event_id text NOT NULL,
    message_id uuid NOT NULL,
    PRIMARY KEY (workspace_id, inbox_id, provider_event_id)
  );
  CREATE TABLE tickets.ledger (
    workspace_id uuid NOT NULL,
    partition integer NOT NULL,
    log_offset bigint NOT NULL,
    inbox_id uuid NOT NULL,
    provider_event_id text NOT NULL,
    disposition text NOT NULL CHECK (disposition IN ('message', 'duplicate', 'quarantined')),
    reason text,
    at timestamptz NOT NULL,
    PRIMARY KEY (partition, log_offset)
  );
  CREATE TABLE tickets.quarantined_record (
    partition integer NOT NULL,
    log_offset bigint NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    value bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (partition, log_offset)
  );
  COMMENT ON TABLE tickets.quarantined_record IS
    'records of inbound.messages without a readable envelope: no workspace can be told, so none sees them';`;
