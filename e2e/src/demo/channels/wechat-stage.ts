import { randomBytes } from 'node:crypto';
import { WechatSimulator } from '@tributary/testing';
import { type ChannelPlay, PICTURE, pictureScene, type Scene, type Stage } from './channel-play.js';

const ORDER = '20261124000187';

const ORDER_ON_TICKET: Scene = {
  what: 'an order card',
  act: async () => undefined,
  isThere: ({ fields }) => Object.values(fields).includes(ORDER),
};

/** An Official Account and a mini-program of one owner. */
export async function wechatStage(): Promise<Stage> {
  const account = {
    appId: 'wx49f0ab532d5d035a',
    appSecret: randomBytes(16).toString('hex'),
    encodingAesKey: randomBytes(32).toString('base64').replace(/=$/, ''),
  };
  const callbackToken = randomBytes(16).toString('hex');
  const wechat = new WechatSimulator({ ...account, token: callbackToken, kind: 'official', format: 'xml' });
  const url = await wechat.start();
  const settings = { ...account, callbackToken };
  return {
    origins: new Map([['https://api.weixin.qq.com', url]]),
    plays: [
      play(wechat, settings, 'wechat_oa', 'oFkT0w5Vb2Xn8mQ1rZ7yLc3dEa9s', {
        says: '你好，刚收到的水壶漏水了，麻烦看一下 💧',
        answer: '非常抱歉，今天就为您寄出新的水壶。',
        thanks: '好的，谢谢！',
      }),
      play(wechat, settings, 'wechat_mini', 'oMiniVb2Xn8mQ1rZ7yLc3dEa9sXYZ', {
        says: '想问一下我的订单什么时候能到？',
        answer: '您的订单明天下午送达，请留意电话。',
        thanks: '收到，辛苦了',
      }),
    ],
    stop: () => wechat.stop(),
  };
}

function play(
  wechat: WechatSimulator,
  settings: Readonly<Record<string, string>>,
  channel: 'wechat_oa' | 'wechat_mini',
  openid: string,
  texts: Pick<ChannelPlay, 'says' | 'answer' | 'thanks'>,
): ChannelPlay {
  return {
    ...{ channel, ...texts },
    async open(admin) {
      const name = channel === 'wechat_oa' ? '水壶公众号' : '水壶小程序';
      const { publicAddress } = await admin.createInbox({ channel, name, settings });
      // Two accounts in one simulator: it pushes to whichever address stands there when it is asked to.
      const to = <T>(push: () => T): T => {
        wechat.address = publicAddress ?? '';
        return push();
      };
      const write = (fields: Readonly<Record<string, string>>) => to(() => wechat.write(openid, fields));
      const image = (picture: Buffer) => {
        const MediaId = wechat.media.put('image', PICTURE.name, PICTURE.contentType, picture);
        return write({ MsgType: 'image', PicUrl: 'http://mmbiz.qpic.cn/x/0', MediaId });
      };
      let entersByCard = channel === 'wechat_mini';
      return {
        async write(Content) {
          if (entersByCard) await write(orderCard(settings['appId'] ?? ''));
          entersByCard = false;
          await write({ MsgType: 'text', Content });
        },
        scenes: [pictureScene(image), ...(channel === 'wechat_mini' ? [ORDER_ON_TICKET] : [])],
        shown: () => wechat.shown.filter((each) => each.openid === openid).map(({ text }) => text),
      };
    },
  };
}

/** What the phone sends first when customer service is entered from the page of an order. */
function orderCard(AppId: string): Readonly<Record<string, string>> {
  const PagePath = `pages/order/detail?orderNo=${ORDER}`;
  return { MsgType: 'miniprogrampage', Title: '我的订单：玻璃水壶', AppId, PagePath };
}
