import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What channels let us send, for those who cannot import channels. It is the code's and no customer's data, so it
 * stands outside row-level security.
 */
export class CreateChannelPolicy1790000000002 implements MigrationInterface {
  name = 'CreateChannelPolicy1790000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE directory.channel_policy (
        channel text PRIMARY KEY,
        policy jsonb NOT NULL
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE directory.channel_policy');
  }
}
