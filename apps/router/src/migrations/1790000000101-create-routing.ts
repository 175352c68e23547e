import { outboxTable, receiptTable, workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const SCOPED = ['workspace_epoch', 'queue', 'policy', 'presence', 'work_item', 'agent_load', 'decision'];

export class CreateRouting1790000000101 implements MigrationInterface {
  name = 'CreateRouting1790000000101';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SET_UP);
    await runner.query(STATE);
    await runner.query(LOAD);
    await runner.query(DECISIONS);
    for (const table of SCOPED) await runner.query(workspaceScoped(`routing.${table}`));
    await runner.query(receiptTable('routing'));
    await runner.query(outboxTable('routing'));
    await runner.query(QUARANTINE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE routing.quarantine, routing.outbox, routing.receipt, routing.decision, routing.work_item,
        routing.agent_load, routing.presence, routing.policy, routing.queue, routing.workspace_epoch;
      DROP FUNCTION routing.keep_agent_load();`);
  }
}

const SET_UP = `
  CREATE TABLE routing.queue (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    team_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, name)
  );
  CREATE TABLE routing.policy (
    workspace_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    rules jsonb NOT NULL,
    default_queue_id uuid NOT NULL REFERENCES routing.queue,
    costs jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    PRIMARY KEY (workspace_id, version)
  );`;

/** `workspace_epoch` is the fence: whoever decides for a workspace holds its newest epoch when it commits. */
const STATE = `
  CREATE TABLE routing.workspace_epoch (
    workspace_id uuid PRIMARY KEY,
    epoch bigint NOT NULL,
    taken_at timestamptz NOT NULL
  );
  CREATE TABLE routing.presence (
    workspace_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('available', 'busy', 'away', 'break', 'offline')),
    lease_until timestamptz NOT NULL,
    absent_since timestamptz,
    idle_since timestamptz,
    PRIMARY KEY (workspace_id, agent_id)
  );
  CREATE TABLE routing.work_item (
    workspace_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    ticket_version integer NOT NULL,
    ready_version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'assigned', 'returned', 'withdrawn')),
    channel text,
    priority text,
    type text,
    contact_tier text,
    language text,
    region text,
    text text,
    waiting_since timestamptz NOT NULL,
    queue_id uuid,
    units smallint NOT NULL,
    agent_id uuid,
    assigned_at timestamptz,
    by_hand boolean NOT NULL,
    excluded_agent_id uuid,
    excluded_until timestamptz,
    PRIMARY KEY (workspace_id, ticket_id),
    CHECK ((state = 'assigned') = (agent_id IS NOT NULL)),
    CHECK ((state = 'assigned') = (assigned_at IS NOT NULL)),
    CHECK (state <> 'waiting' OR (queue_id IS NOT NULL AND channel IS NOT NULL)),
    CHECK (state <> 'assigned' OR units > 0),
    CHECK (state = 'assigned' OR NOT by_hand)
  );
  CREATE INDEX work_item_live ON routing.work_item (workspace_id) WHERE state IN ('waiting', 'assigned');
  CREATE INDEX work_item_agent ON routing.work_item (workspace_id, agent_id) WHERE state = 'assigned';`;

/**
 * What each agent carries, kept by the database itself: whatever code writes an assignment, the units follow, two
 * writers wait for each other on the agent's row, and routed work beyond 100 units is refused. Work given by hand may
 * go beyond, so it is counted apart.
 */
const LOAD = `
  CREATE TABLE routing.agent_load (
    workspace_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    routed_units integer NOT NULL CONSTRAINT agent_load_capacity CHECK (routed_units BETWEEN 0 AND 100),
    hand_units integer NOT NULL CHECK (hand_units >= 0),
    PRIMARY KEY (workspace_id, agent_id)
  );
  CREATE FUNCTION routing.keep_agent_load() RETURNS trigger LANGUAGE plpgsql AS $f$
  DECLARE
    gone text := 'SELECT workspace_id, agent_id, -units AS units, by_hand FROM old_item';
    came text := 'SELECT workspace_id, agent_id, units, by_hand FROM new_item';
    moved text := CASE TG_OP WHEN 'INSERT' THEN came WHEN 'DELETE' THEN gone
                             ELSE gone || ' UNION ALL ' || came END;
  BEGIN
    EXECUTE 'INSERT INTO routing.agent_load (workspace_id, agent_id, routed_units, hand_units)
             SELECT DISTINCT workspace_id, agent_id, 0, 0 FROM (' || moved || ') AS m
             WHERE agent_id IS NOT NULL ORDER BY agent_id ON CONFLICT DO NOTHING';
    EXECUTE 'UPDATE routing.agent_load AS l
             SET routed_units = l.routed_units + d.routed, hand_units = l.hand_units + d.hand
             FROM (SELECT workspace_id, agent_id,
                          coalesce(sum(units) FILTER (WHERE NOT by_hand), 0) AS routed,
                          coalesce(sum(units) FILTER (WHERE by_hand), 0) AS hand
                   FROM (' || moved || ') AS m WHERE agent_id IS NOT NULL GROUP BY 1, 2) AS d
             WHERE l.workspace_id = d.workspace_id AND l.agent_id = d.agent_id
               AND (d.routed <> 0 OR d.hand <> 0)';
    RETURN NULL;
  END $f$;
  CREATE TRIGGER work_item_inserted AFTER INSERT ON routing.work_item
    REFERENCING NEW TABLE AS new_item FOR EACH STATEMENT EXECUTE FUNCTION routing.keep_agent_load();
  CREATE TRIGGER work_item_updated AFTER UPDATE ON routing.work_item
    REFERENCING OLD TABLE AS old_item NEW TABLE AS new_item
    FOR EACH STATEMENT EXECUTE FUNCTION routing.keep_agent_load();
  CREATE TRIGGER work_item_deleted AFTER DELETE ON routing.work_item
    REFERENCING OLD TABLE AS old_item FOR EACH STATEMENT EXECUTE FUNCTION routing.keep_agent_load();`;

const DECISIONS = `
  CREATE TABLE routing.decision (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('assigned', 'queued', 'returned')),
    explain jsonb NOT NULL,
    PRIMARY KEY (workspace_id, id)
  );
  CREATE INDEX decision_ticket ON routing.decision (workspace_id, ticket_id, id DESC);`;

/** Records of `routing.work` that could not be understood: perhaps of no known workspace, so outside any scope. */
const QUARANTINE = `
  CREATE TABLE routing.quarantine (
    id uuid PRIMARY KEY,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    value bytea NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (topic, partition, record_offset)
  );`;
