import { randomBytes } from 'node:crypto';
import { CallbackReceiver } from '../../system/callback-receiver.js';
import { ChatCustomer, userToken } from '../../system/chat-customer.js';
import {
  type ChannelPlay,
  type Conversation,
  PICTURE,
  pictureScene,
  signingSecret,
  type Stage,
} from './channel-play.js';

const SHOP = 'https://shop.kettles.example';
const BACKEND = 'https://backend.kettles.example';

/** The chat in a shop's pages, and in the app of a company whose backend wakes it for each reply. */
export async function chatStage(): Promise<Stage> {
  const secret = signingSecret();
  const backend = await CallbackReceiver.start([secret]);
  return {
    origins: new Map([[BACKEND, backend.origin]]),
    plays: [webChat, app(backend, secret)],
    stop: () => backend.stop(),
  };
}

const webChat: ChannelPlay = {
  channel: 'web_chat',
  says: 'Hello, does the steel kettle fit on an induction stove? Chat 20780',
  answer: 'Hello! It has a base of its own, so no stove is needed.',
  thanks: 'Even better, thank you!',
  async open(admin) {
    const settings = { origins: [SHOP], ask: 'nothing' };
    const inbox = await admin.createInbox({ channel: 'web_chat', name: 'Shop', settings });
    return conversation(await ChatCustomer.onSite(inbox.publicAddress ?? '', SHOP));
  },
};

function app(backend: CallbackReceiver, secret: string): ChannelPlay {
  return {
    channel: 'app',
    says: 'The app says delivered, but there is no kettle here. Order 20781',
    answer: 'Your neighbour took it: the driver left a card.',
    thanks: 'Found it, thanks!',
    async open(admin) {
      const tokenSecret = randomBytes(32).toString('base64url');
      const settings = { tokenSecret, secret, callbackUrl: `${BACKEND}/push` };
      const inbox = await admin.createInbox({ channel: 'app', name: 'Our app', settings });
      const token = userToken(tokenSecret, { sub: 'user-20781', name: 'Mei Lin' });
      const chat = conversation(ChatCustomer.ofApp(inbox.publicAddress ?? '', token));
      // A closed app shows nothing before the backend has woken it.
      return { ...chat, shown: async () => (backend.replies.size > 0 ? chat.shown() : []) };
    },
  };
}

function conversation(customer: ChatCustomer): Conversation {
  const send = async (body: object | FormData) => {
    const { status } = await customer.send(body);
    if (status !== 202) throw new Error(`the chat did not take a message: ${status}`);
  };
  return {
    write: (text) => send({ text }),
    scenes: [
      pictureScene((picture) => {
        const form = new FormData();
        form.set('text', 'See');
        form.set('files', new Blob([new Uint8Array(picture)], { type: PICTURE.contentType }), PICTURE.name);
        return send(form);
      }),
    ],
    async shown() {
      const { messages } = await customer.page();
      return messages.filter(({ from }) => from === 'us').map(({ text }) => text);
    },
  };
}
