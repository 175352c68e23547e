import type { MigrationSet } from '@tributary/database';
import { CreateDirectory1790000000001 } from './migrations/1790000000001-create-directory.js';

export const directoryMigrations: MigrationSet = {
  schema: 'directory',
  migrations: [CreateDirectory1790000000001],
};
