import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where callers are connected with a person. */
export class AddPersonPhone1790000000005 implements MigrationInterface {
  name = 'AddPersonPhone1790000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE directory.person ADD COLUMN phone text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE directory.person DROP COLUMN phone');
  }
}
