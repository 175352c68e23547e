import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['inbound_change', 'message_media', 'contact_consent'];

/** What comes after a message: edits, deletes, reactions, its files, the parts of an album; and who may be written to. */
export class AddInboundChanges1790000000104 implements MigrationInterface {
  name = 'AddInboundChanges1790000000104';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CHANGES);
    await runner.query(MEDIA);
    await runner.query(CONSENT);
    await runner.query(ACCOUNT);
    for (const table of TABLES) await runner.query(workspaceScoped(`tickets.${table}`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX tickets.conversation_identity, tickets.message_album;
      ALTER TABLE tickets.delivery DROP COLUMN counted, DROP COLUMN queued_at;
      ALTER TABLE tickets.message DROP COLUMN album;
      ALTER TABLE tickets.inbound_receipt NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE tickets.ledger NO FORCE ROW LEVEL SECURITY;
      DELETE FROM tickets.inbound_receipt WHERE message_id IS NULL;
      DELETE FROM tickets.ledger WHERE disposition = 'change';
      ALTER TABLE tickets.inbound_receipt FORCE ROW LEVEL SECURITY;
      ALTER TABLE tickets.ledger FORCE ROW LEVEL SECURITY;
      ALTER TABLE tickets.inbound_receipt DROP COLUMN change_id, ALTER COLUMN message_id SET NOT NULL;
      ALTER TABLE tickets.ledger DROP CONSTRAINT ledger_disposition_check;
      ALTER TABLE tickets.ledger ADD CONSTRAINT ledger_disposition_check
        CHECK (disposition IN ('message', 'duplicate', 'quarantined'));
      DROP TABLE tickets.contact_consent, tickets.message_media, tickets.inbound_change;`);
  }
}

const CHANGES = `
  CREATE TABLE tickets.inbound_change (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    inbox_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('edited', 'deleted', 'reacted', 'consent', 'acted', 'media', 'part')),
    message_id uuid REFERENCES tickets.message DEFERRABLE INITIALLY DEFERRED,
    external_id text,
    contact_id uuid,
    body jsonb NOT NULL,
    refusal text,
    raw_key text,
    raw_sha256 text,
    raw_size bigint,
    raw bytea,
    at timestamptz NOT NULL
  );
  COMMENT ON TABLE tickets.inbound_change IS
    'a record of inbound.messages that is no message of its own; messages themselves never change';
  COMMENT ON COLUMN tickets.inbound_change.external_id IS
    'the provider''s id of what it is about; of a part, its own';
  COMMENT ON COLUMN tickets.inbound_change.refusal IS
    'why it had no effect when it came: UNKNOWN_MESSAGE is shown all the same once the message is there';
  CREATE INDEX inbound_change_message ON tickets.inbound_change (message_id, position);
  CREATE INDEX inbound_change_external ON tickets.inbound_change (workspace_id, external_id)
    WHERE external_id IS NOT NULL;
  CREATE INDEX inbound_change_event ON tickets.inbound_change (contact_id, inbox_id, at)
    WHERE kind IN ('consent', 'acted');
  ALTER TABLE tickets.message ADD COLUMN album text;
  CREATE INDEX message_album ON tickets.message (workspace_id, album) WHERE album IS NOT NULL;`;

const MEDIA = `
  CREATE TABLE tickets.message_media (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    message_id uuid NOT NULL REFERENCES tickets.message DEFERRABLE INITIALLY DEFERRED,
    inbox_id uuid NOT NULL,
    provider_event_id text NOT NULL,
    media_id text NOT NULL,
    name text NOT NULL,
    content_type text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'stored', 'failed')),
    attachment_id uuid REFERENCES tickets.attachment DEFERRABLE INITIALLY DEFERRED,
    reason text,
    detail text
  );
  CREATE INDEX message_media_message ON tickets.message_media (message_id, position);
  CREATE UNIQUE INDEX message_media_reference ON tickets.message_media
    (workspace_id, inbox_id, provider_event_id, md5(media_id));`;

const CONSENT = `
  CREATE TABLE tickets.contact_consent (
    workspace_id uuid NOT NULL,
    identity_id uuid NOT NULL REFERENCES tickets.contact_identity DEFERRABLE INITIALLY DEFERRED,
    inbox_id uuid NOT NULL,
    consent text NOT NULL CHECK (consent IN ('given', 'withdrawn')),
    change_id uuid NOT NULL REFERENCES tickets.inbound_change DEFERRABLE INITIALLY DEFERRED,
    message_id uuid,
    at timestamptz NOT NULL,
    PRIMARY KEY (identity_id, inbox_id)
  );
  ALTER TABLE tickets.delivery ADD COLUMN counted integer NOT NULL DEFAULT 1, ADD COLUMN queued_at timestamptz;
  COMMENT ON COLUMN tickets.delivery.counted IS
    'messages that the provider may have counted for it, over all attempts';
  CREATE INDEX conversation_identity ON tickets.conversation (identity_id, inbox_id);`;

const ACCOUNT = `
  ALTER TABLE tickets.inbound_receipt ALTER COLUMN message_id DROP NOT NULL;
  ALTER TABLE tickets.inbound_receipt ADD COLUMN change_id uuid;
  ALTER TABLE tickets.inbound_receipt ADD CONSTRAINT inbound_receipt_one
    CHECK (num_nonnulls(message_id, change_id) = 1);
  ALTER TABLE tickets.ledger DROP CONSTRAINT ledger_disposition_check;
  ALTER TABLE tickets.ledger ADD CONSTRAINT ledger_disposition_check
    CHECK (disposition IN ('message', 'duplicate', 'quarantined', 'change'));`;
