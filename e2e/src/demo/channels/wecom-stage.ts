import { randomBytes } from 'node:crypto';
import { WecomSimulator } from '@tributary/testing';
import { PICTURE, pictureScene, type Stage } from './channel-play.js';

const ACCOUNT = 'wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q';
const CUSTOMER = 'wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw';

/** Customer service in WeCom: a call says that there is something, and it is pulled. */
export async function wecomStage(): Promise<Stage> {
  const company = {
    corpId: 'ww5823bf96d3bd56c7',
    secret: randomBytes(32).toString('base64url'),
    openKfIds: [ACCOUNT],
    encodingAesKey: randomBytes(32).toString('base64').replace(/=$/, ''),
  };
  const callbackToken = randomBytes(16).toString('hex');
  const wecom = new WecomSimulator({ ...company, token: callbackToken });
  const url = await wecom.start();
  const put = async (content: Readonly<Record<string, unknown>>): Promise<void> => {
    wecom.write(ACCOUNT, CUSTOMER, content);
    await wecom.call(ACCOUNT);
  };
  return {
    origins: new Map([['https://qyapi.weixin.qq.com', url]]),
    plays: [
      {
        channel: 'wecom_kf',
        says: '发票抬头写错了，可以重新开一张吗？',
        answer: '可以的，新的发票一小时内发到您的邮箱。',
        thanks: '太好了，谢谢',
        async open(admin) {
          const settings = { ...company, callbackToken };
          const inbox = await admin.createInbox({ channel: 'wecom_kf', name: '企业微信客服', settings });
          wecom.address = inbox.publicAddress ?? '';
          return {
            write: (content) => put({ msgtype: 'text', text: { content } }),
            scenes: [
              pictureScene((picture) => {
                const media_id = wecom.media.put('image', PICTURE.name, PICTURE.contentType, picture);
                return put({ msgtype: 'image', image: { media_id } });
              }),
            ],
            shown: () => wecom.shown.filter(({ openid }) => openid === CUSTOMER).map(({ text }) => text),
          };
        },
      },
    ],
    stop: () => wecom.stop(),
  };
}
