import { randomBytes } from 'node:crypto';
import { WechatSimulator, WecomSimulator } from '@tributary/testing';
import { Calls, isTaken, type Vendor, type VendorAccount } from './vendor.js';

const KF_ACCOUNT = 'wkAJ2GCAAASSm4_FhToMWFea0xAFfd3Q';

/** An Official Account and a mini-program. The vendor makes a call three times at most: all three at once, disturbed. */
export async function startWechat(): Promise<Vendor> {
  const settings = {
    appId: 'wx49f0ab532d5d035a',
    appSecret: randomBytes(16).toString('hex'),
    encodingAesKey: randomBytes(32).toString('base64').replace(/=$/, ''),
    callbackToken: randomBytes(16).toString('hex'),
  };
  const { callbackToken: token, ...account } = settings;
  const wechat = new WechatSimulator({ ...account, token, kind: 'official', format: 'xml' });
  const url = await wechat.start();
  const calls = new Calls();
  let atOnce = false;
  const accountOf = (channel: 'wechat_oa' | 'wechat_mini'): VendorAccount => ({
    channel,
    async open(admin) {
      const inbox = await admin.createInbox({ channel, name: channel, settings });
      return {
        inbox,
        write(customer, Content) {
          let written: string | undefined;
          calls.untilTaken(async () => {
            // Two accounts in one simulator: it pushes to whichever address stands there when it is asked to.
            wechat.address = inbox.publicAddress ?? '';
            if (written !== undefined) return isTaken(await wechat.again(written, { atOnce }));
            const openid = `o${channel.slice(-4)}T0w5Vb2Xn8mQ1rZ7yLc3dEa9${customer}`;
            const { id, attempts } = await wechat.write(openid, { MsgType: 'text', Content }, { atOnce });
            written = id;
            return isTaken(attempts);
          });
        },
      };
    },
  });
  return {
    origins: new Map([['https://api.weixin.qq.com', url]]),
    accounts: [accountOf('wechat_oa'), accountOf('wechat_mini')],
    disturb: () => void (atOnce = true),
    settled: () => calls.settled(),
    stop: () => wechat.stop(),
  };
}

/** Customer service in WeCom: a call says that there is something, and it is pulled. */
export async function startWecom(): Promise<Vendor> {
  const company = {
    corpId: 'ww5823bf96d3bd56c7',
    secret: randomBytes(32).toString('base64url'),
    openKfIds: [KF_ACCOUNT],
    encodingAesKey: randomBytes(32).toString('base64').replace(/=$/, ''),
  };
  const callbackToken = randomBytes(16).toString('hex');
  const wecom = new WecomSimulator({ ...company, token: callbackToken });
  const url = await wecom.start();
  const calls = new Calls();
  const channel = 'wecom_kf';
  let atOnce = false;
  return {
    origins: new Map([['https://qyapi.weixin.qq.com', url]]),
    accounts: [
      {
        channel,
        // A list, from which it is read.
        order: 'always',
        async open(admin) {
          const settings = { ...company, callbackToken };
          const inbox = await admin.createInbox({ channel, name: channel, settings });
          wecom.address = inbox.publicAddress ?? '';
          return {
            inbox,
            write(customer, content) {
              const from = `wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoA${customer}`;
              wecom.write(KF_ACCOUNT, from, { msgtype: 'text', text: { content } });
              calls.untilTaken(async () => isTaken(await wecom.call(KF_ACCOUNT, { atOnce })));
            },
          };
        },
      },
    ],
    disturb: () => void (atOnce = true),
    settled: () => calls.settled(),
    stop: () => wecom.stop(),
  };
}
