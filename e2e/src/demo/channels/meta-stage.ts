import { randomBytes } from 'node:crypto';
import { type MetaAccount, type MetaCustomer, type MetaSent, MetaSimulator } from '@tributary/testing';
import { type ChannelPlay, PICTURE, pictureScene, type Stage } from './channel-play.js';

const PAGE_ID = '104551239876543';

interface Cast {
  readonly at: MetaAccount;
  readonly customer: MetaCustomer;
  readonly settings: Readonly<Record<string, string>>;
}

const CAST: Readonly<Record<'messenger' | 'instagram' | 'whatsapp_cloud', Cast>> = {
  messenger: {
    at: { product: 'messenger', id: PAGE_ID, senderId: PAGE_ID, displayNumber: '' },
    customer: { id: '6498723110425561' },
    settings: { pageId: PAGE_ID },
  },
  instagram: {
    at: { product: 'instagram', id: '17841405822304914', senderId: PAGE_ID, displayNumber: '' },
    customer: { id: '1254459154682919' },
    settings: { pageId: PAGE_ID, accountId: '17841405822304914' },
  },
  whatsapp_cloud: {
    at: {
      ...{ product: 'whatsapp', id: '106540352242922', senderId: '106540352242922' },
      displayNumber: '15550783881',
    },
    customer: { id: '5511987654321', name: 'João Lima' },
    settings: { phoneNumberId: '106540352242922' },
  },
};

/** Messenger, Instagram and WhatsApp, as one app of Meta has them. */
export async function metaStage(): Promise<Stage> {
  const app = {
    appSecret: randomBytes(16).toString('hex'),
    verifyToken: randomBytes(16).toString('hex'),
    accessToken: `EAAG${randomBytes(32).toString('base64url')}`,
  };
  const accounts = Object.values(CAST).map(({ at }) => at);
  const meta = await MetaSimulator.start({ ...app, accounts, startsAt: Date.now() });
  return {
    origins: meta.origins,
    plays: [
      play(meta, app, 'messenger', {
        says: 'Hi! Is the glass kettle back in stock? Wish list 20773',
        answer: 'It is, since this morning. Shall we put one aside for you?',
        thanks: 'Yes please, that is very kind',
      }),
      play(meta, app, 'instagram', {
        says: 'Hey, the lid of my kettle broke 😢 order 20774',
        answer: 'Oh no. A new lid is in the post, at no cost.',
        thanks: 'You are the best 💙',
      }),
      play(meta, app, 'whatsapp_cloud', {
        says: 'Olá, onde está o meu pedido 20775?',
        answer: 'Olá João, chega amanhã até às 18h.',
        thanks: 'Obrigado, fico à espera',
      }),
    ],
    stop: () => meta.stop(),
  };
}

function play(
  meta: MetaSimulator,
  app: Readonly<Record<string, string>>,
  channel: keyof typeof CAST,
  texts: Pick<ChannelPlay, 'says' | 'answer' | 'thanks'>,
): ChannelPlay {
  const { at, customer, settings } = CAST[channel];
  return {
    ...{ channel, ...texts },
    async open(admin) {
      const request = { channel, name: `Kettles on ${channel}`, settings: { ...app, ...settings } };
      const inbox = await admin.createInbox(request);
      await meta.subscribe(at.product, inbox.publicAddress ?? '');
      return {
        write: async (text) => void (await meta.writes(at, customer, { text })),
        scenes: [pictureScene((content) => meta.writes(at, customer, { file: { ...PICTURE, content } }))],
        shown: () => meta.sent.filter(({ account }) => account.id === at.id).map(textOf),
      };
    },
  };
}

function textOf({ body }: MetaSent): string {
  const { message, text } = body as { message?: { text?: string }; text?: { body?: string } };
  return message?.text ?? text?.body ?? '';
}
