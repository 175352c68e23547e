import type { MigrationSet } from '@tributary/database';
import { CreateDirectory1790000000001 } from './migrations/1790000000001-create-directory.js';
import { AddPersonPhone1790000000005 } from './migrations/1790000000005-add-person-phone.js';
import { AddWecomUser1790000000009 } from './migrations/1790000000009-add-wecom-user.js';
import { CreateChannelPolicy1790000000002 } from './migrations/1790000000002-create-channel-policy.js';
import { CreateMessageTemplate1790000000003 } from './migrations/1790000000003-create-message-template.js';

export const directoryMigrations: MigrationSet = {
  schema: 'directory',
  migrations: [
    CreateDirectory1790000000001,
    CreateChannelPolicy1790000000002,
    CreateMessageTemplate1790000000003,
    AddPersonPhone1790000000005,
    AddWecomUser1790000000009,
  ],
};
