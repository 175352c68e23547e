import { testDatabase } from '@tributary/database/testing';
import { logContract } from '../testing/index.js';
import { logMigrations } from './log-schema.js';

for (const version of [15, 18] as const) {
  logContract(`the embedded log on PostgreSQL ${version}`, async () => {
    const database = await testDatabase([logMigrations], version);
    return {
      address: { driver: 'embedded', url: database.url, service: 'tickets', leaseMs: 1500 },
      stop: () => database.drop(),
    };
  });
}
