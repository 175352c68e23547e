import type { MigrationSet } from '@tributary/database';
import { CreateRouting1790000000101 } from './migrations/1790000000101-create-routing.js';

export const routerMigrations: MigrationSet = {
  schema: 'routing',
  migrations: [CreateRouting1790000000101],
};
