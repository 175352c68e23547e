import type { MigrationSet } from '@tributary/database';
import { CreateTickets1790000000101 } from './migrations/1790000000101-create-tickets.js';
import { CreateSla1790000000102 } from './migrations/1790000000102-create-sla.js';
import { IndexLists1790000000103 } from './migrations/1790000000103-index-lists.js';
import { AddInboundChanges1790000000104 } from './migrations/1790000000104-add-inbound-changes.js';
import { CreateOpenPage1790000000113 } from './migrations/1790000000113-create-open-page.js';
import { IndexLedgerByTime1790000000110 } from './migrations/1790000000110-index-ledger-by-time.js';
import { IndexConversationsOfSenders1790000000106 } from './migrations/1790000000106-index-conversations-of-senders.js';
import { AddReplyRoutes1790000000108 } from './migrations/1790000000108-add-reply-routes.js';

export const ticketsMigrations: MigrationSet = {
  schema: 'tickets',
  migrations: [
    CreateTickets1790000000101,
    CreateSla1790000000102,
    IndexLists1790000000103,
    AddInboundChanges1790000000104,
    IndexConversationsOfSenders1790000000106,
    AddReplyRoutes1790000000108,
    IndexLedgerByTime1790000000110,
    CreateOpenPage1790000000113,
  ],
};
