import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, Bridge, type OutboundFile } from '@tributary/app-wechaty-bridge';
import { createLogger, systemClock } from '@tributary/runtime';
import { freePort } from '../../system/standalone-process.js';
import { PICTURE, pictureScene, signingSecret, type Stage } from './channel-play.js';

const BRIDGE = 'https://wechat-1.bridge.example';
const CUSTOMER = { id: 'wxid_8f2c1a20783', name: '小安' };

/** The bridge itself, with a played account in the place of the library that plays a phone. */
export async function wechatyStage(): Promise<Stage> {
  const port = await freePort();
  return {
    origins: new Map([[BRIDGE, `http://127.0.0.1:${port}`]]),
    plays: [
      {
        channel: 'wechaty',
        says: '在吗？我的水壶盖子关不上了，订单20783 🫖',
        answer: '在的，新的盖子今天就给您寄出。',
        thanks: '好嘞，多谢！',
        async open(admin) {
          const secret = signingSecret();
          const settings = { riskAccepted: true, bridgeUrl: BRIDGE, signingSecret: secret };
          const inbox = await admin.createInbox({ channel: 'wechaty', name: '店长的微信', settings });
          const account = new PlayedAccount();
          const folder = await mkdtemp(join(tmpdir(), 'tributary-bridge-'));
          const bridge = await Bridge.start(account, {
            ...{ deskUrl: inbox.publicAddress ?? '', signingSecret: secret, folder, port },
            ...{ clock: systemClock, logger: createLogger('wechaty-bridge', 'silent') },
          });
          return {
            write: (text) => bridge.receive({ ...account.message(), type: 'text', text }),
            scenes: [
              pictureScene((content) => {
                const file = async () => ({ ...PICTURE, content });
                return bridge.receive({ ...account.message(), type: 'image', text: '', file });
              }),
            ],
            shown: () => account.said,
            close: async () => {
              await bridge.stop();
              await rm(folder, { recursive: true, force: true });
            },
          };
        },
      },
    ],
    stop: async () => undefined,
  };
}

/** A phone: what the customer writes to it, and what it was asked to say to them. */
class PlayedAccount implements Account {
  readonly said: string[] = [];
  #received = 0;

  isLoggedIn(): boolean {
    return true;
  }

  async say(to: { readonly id: string }, what: string | OutboundFile): Promise<string> {
    if (to.id === CUSTOMER.id && typeof what === 'string') this.said.push(what);
    return `said-${this.said.length}`;
  }

  /** What every message of the customer's has. */
  message() {
    const id = String(5901000000000020783n + BigInt(this.#received++));
    return { kind: 'message' as const, id, at: Date.now(), from: CUSTOMER, self: false };
  }
}
