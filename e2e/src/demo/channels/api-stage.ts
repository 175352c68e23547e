import { type Signal, TributaryClient } from '@tributary/client';
import { CallbackReceiver } from '../../system/callback-receiver.js';
import { type Desk, messagesOf } from '../../system/desk.js';
import { PICTURE, pictureScene, type Scene, signingSecret, type Stage } from './channel-play.js';

const SHOP = 'https://systems.kettles.example';
const CUSTOMER = { id: 'customer-20782', name: 'Noor de Vries' };
const CONVERSATION = 'order-20782';
const ALARM: Signal = {
  ...{ source: 'Boiler 7', key: 'boiler-7/pressure', state: 'raised', severity: 'critical' },
  ...{ summary: 'Pressure above 3.2 bar', fields: { site: 'Rotterdam' } },
};

/** A shop's own system, by the client package, and a boiler that it speaks for. */
export async function apiStage(): Promise<Stage> {
  const secret = signingSecret();
  const shop = await CallbackReceiver.start([secret]);
  return {
    origins: new Map([[SHOP, shop.origin]]),
    plays: [
      {
        channel: 'api',
        says: 'Can the delivery of order 20782 come on Friday instead?',
        answer: 'Friday it is, between nine and noon.',
        thanks: 'Perfect, thank you',
        async open(admin) {
          const settings = { secret, callbackUrl: `${SHOP}/desk` };
          const inbox = await admin.createInbox({ channel: 'api', name: 'Shop by API', settings });
          const client = new TributaryClient({ url: inbox.publicAddress ?? '', secret });
          const from = { customer: CUSTOMER, conversation: CONVERSATION };
          return {
            write: async (text) => void (await client.send({ ...from, text })),
            scenes: [
              pictureScene((picture) => {
                const files = [{ ...PICTURE, content: picture.toString('base64') }];
                return client.send({ ...from, text: 'My address', files });
              }),
              deviceScene(client, admin),
            ],
            shown: () => [...shop.replies.values()].map(({ data }) => data.text),
          };
        },
      },
    ],
    stop: () => shop.stop(),
  };
}

/** An alarm is one ticket of its device, raised twice or not, and says when it was over. */
function deviceScene(client: TributaryClient, admin: Desk): Scene {
  return {
    what: 'a device’s alarm, raised and cleared',
    async act() {
      for (const details of ['3.5 bar', '3.6 bar']) await client.signal({ ...ALARM, details });
      await client.signal({ ...ALARM, state: 'cleared', summary: 'Back to normal' });
    },
    async isThere() {
      const rows = (await admin.tickets()).filter(({ contact }) => contact.name === ALARM.source);
      if (rows.length > 1) throw new Error('one alarm became several tickets');
      const [row] = rows;
      if (row === undefined) return false;
      const ticket = await admin.ticket(row.id);
      const isCleared = ticket.thread.some(
        (item) => item.kind === 'event' && item.changes['activity'] === 'signal_cleared',
      );
      return isCleared && messagesOf(ticket).length === 2;
    },
  };
}
