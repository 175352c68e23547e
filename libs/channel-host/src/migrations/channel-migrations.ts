import type { MigrationSet } from '@tributary/database';
import { AddSentRecipient1795503600000 } from './add-sent-recipient.js';
import { CreateAccessToken1795485600000 } from './create-access-token.js';
import { CreateCallKey1795500000000 } from './create-call-key.js';
import { CreateColleagueNotice1795507260000 } from './create-colleague-notice.js';
import { CreateCursor1795478400000 } from './create-cursor.js';
import { CreateInboxBreaker1795496400000 } from './create-inbox-breaker.js';
import { CreateInboxHealth1795482000000 } from './create-inbox-health.js';
import { CreatePullLease1795489200000 } from './create-pull-lease.js';
import { CreateSentMessage1795492800000 } from './create-sent-message.js';
import { CreateWaitingSend1795500000000 } from './create-waiting-send.js';

/** Tables of the channels' hosts, oldest first. */
export const channelMigrations: MigrationSet = {
  schema: 'channels',
  migrations: [
    CreateCursor1795478400000,
    CreateInboxHealth1795482000000,
    CreateAccessToken1795485600000,
    CreatePullLease1795489200000,
    CreateSentMessage1795492800000,
    CreateInboxBreaker1795496400000,
    CreateCallKey1795500000000,
    CreateWaitingSend1795500000000,
    AddSentRecipient1795503600000,
    CreateColleagueNotice1795507260000,
  ],
};
