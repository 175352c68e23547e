import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The last day of the ledger is counted for an inbox's page. Written in order of time, so a few bytes a block will do. */
export class IndexLedgerByTime1790000000110 implements MigrationInterface {
  name = 'IndexLedgerByTime1790000000110';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX ledger_time ON tickets.ledger USING brin (at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX tickets.ledger_time');
  }
}
