import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Under which id the company's WeCom knows a person. */
export class AddWecomUser1790000000009 implements MigrationInterface {
  name = 'AddWecomUser1790000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE directory.person ADD COLUMN wecom_user_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE directory.person DROP COLUMN wecom_user_id');
  }
}
