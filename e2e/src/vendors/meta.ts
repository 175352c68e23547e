import { randomBytes } from 'node:crypto';
import { type MetaAccount, MetaSimulator } from '@tributary/testing';
import { Calls, COPIES, type Vendor, type VendorAccount } from './vendor.js';

const PAGE_ID = '104551239876543';
const INSTAGRAM_ID = '17841405822304914';
const PHONE_ID = '106540352242922';

const ACCOUNTS = [
  {
    channel: 'messenger',
    at: { product: 'messenger', id: PAGE_ID, senderId: PAGE_ID, displayNumber: '' },
    settings: { pageId: PAGE_ID },
  },
  {
    channel: 'instagram',
    at: { product: 'instagram', id: INSTAGRAM_ID, senderId: PAGE_ID, displayNumber: '' },
    settings: { pageId: PAGE_ID, accountId: INSTAGRAM_ID },
  },
  {
    channel: 'whatsapp_cloud',
    at: { product: 'whatsapp', id: PHONE_ID, senderId: PHONE_ID, displayNumber: '15550783881' },
    settings: { phoneNumberId: PHONE_ID },
  },
] as const;

/** Messenger, Instagram and WhatsApp, as one app of Meta has them. */
export async function startMeta(): Promise<Vendor> {
  const app = {
    appSecret: randomBytes(16).toString('hex'),
    verifyToken: randomBytes(16).toString('hex'),
    accessToken: `EAAG${randomBytes(32).toString('base64url')}`,
  };
  const meta = await MetaSimulator.start({
    ...{ ...app, accounts: ACCOUNTS.map(({ at }) => at), startsAt: Date.now() },
    // Meta tries for hours: here, for two minutes.
    ...{ backoffMs: 200, attempts: 10 },
  });
  const calls = new Calls();
  let seed = 0;
  return {
    origins: meta.origins,
    accounts: ACCOUNTS.map(({ channel, at, settings }) =>
      account(meta, calls, channel, at, { ...app, ...settings }),
    ),
    disturb() {
      seed = 1;
      meta.calls.hold();
    },
    async settled() {
      // Held calls wait in no promise of their own.
      if (seed > 0) {
        await meta.calls.release({ deliveries: COPIES, seed: seed++ });
        meta.calls.hold();
      }
      await calls.settled();
    },
    stop: () => meta.stop(),
  };
}

function account(
  meta: MetaSimulator,
  calls: Calls,
  channel: (typeof ACCOUNTS)[number]['channel'],
  at: MetaAccount,
  settings: Readonly<Record<string, string>>,
): VendorAccount {
  return {
    channel,
    async open(admin) {
      const inbox = await admin.createInbox({ channel, name: channel, settings });
      await meta.subscribe(at.product, inbox.publicAddress ?? '');
      return {
        inbox,
        write: (customer, text) =>
          calls.add(() => meta.writes(at, { id: `55119876543${customer}` }, { text })),
      };
    },
  };
}
