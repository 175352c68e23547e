import { workspaceScoped } from '@tributary/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people are told of their tickets by their company's WeCom: each event once, and what became of it. */
export class CreateColleagueNotice1795507260000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE channels.colleague_notice (
        workspace_id uuid NOT NULL,
        event_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('ticket.assigned', 'message.added', 'sla.warned')),
        occurred_at timestamptz NOT NULL,
        ticket_id uuid NOT NULL,
        person_id uuid,
        inbox_id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting', 'told', 'present', 'unneeded', 'late', 'refused')),
        detail text,
        ended_at timestamptz,
        PRIMARY KEY (workspace_id, event_id),
        CHECK ((state = 'waiting') = (ended_at IS NULL)),
        CHECK (person_id IS NOT NULL OR state = 'unneeded')
      );
      COMMENT ON COLUMN channels.colleague_notice.person_id IS 'null where the event was for nobody';
      CREATE INDEX colleague_notice_ticket ON channels.colleague_notice (ticket_id, occurred_at);
      CREATE INDEX colleague_notice_inbox ON channels.colleague_notice (inbox_id, occurred_at);
      ${workspaceScoped('channels.colleague_notice')}
      ALTER TABLE channels.inbox_health
        DROP CONSTRAINT inbox_health_way_check,
        ADD CONSTRAINT inbox_health_way_check CHECK (way IN ('in', 'out', 'files', 'notices'));`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM channels.waiting_work WHERE way = 'notices';
      DELETE FROM channels.inbox_health WHERE way = 'notices';
      ALTER TABLE channels.inbox_health
        DROP CONSTRAINT inbox_health_way_check,
        ADD CONSTRAINT inbox_health_way_check CHECK (way IN ('in', 'out', 'files'));
      DROP TABLE channels.colleague_notice;`);
  }
}
