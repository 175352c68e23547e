import type { Channel, InboxView } from '@tributary/contracts';
import type { Desk } from '@tributary/e2e';
import { callbackRequest, hubSignature, metaJson, twilioSignature, wechatXml } from '@tributary/testing';
import { orderText } from './form-posts.js';
import type { Post } from './http-load.js';

/** A provider whose calls are signed: its inbox, and its calls. */
export interface SignedCaller {
  readonly channel: Channel;
  readonly settings: Readonly<Record<string, unknown>>;
  /** @param url of the inbox; @param n tells the call and its sender from all others. */
  readonly post: (url: string, run: string, n: number) => Omit<Post, 'path'> & { readonly url: string };
}

const AUTH_TOKEN = 'only-for-this-bench-auth-token-x';
const ACCOUNT_SID = `AC${'0123456789abcdef'.repeat(2)}`;
const NUMBER = '+14155550100';

const twilio: SignedCaller = {
  channel: 'sms',
  settings: { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, sender: NUMBER },
  post(url, run, n) {
    const sid = `SM${digits(run, n).padStart(32, '0')}`;
    const parameters = {
      ...{ ToCountry: 'US', ToState: 'CA', SmsMessageSid: sid, NumMedia: '0', ToCity: '', FromZip: '94105' },
      ...{
        SmsSid: sid,
        FromState: 'CA',
        SmsStatus: 'received',
        FromCity: 'SAN FRANCISCO',
        FromCountry: 'US',
      },
      ...{ To: NUMBER, ToZip: '', NumSegments: '4', MessageSid: sid, AccountSid: ACCOUNT_SID },
      ...{ From: `+1${digits(run, n).slice(-10)}` },
      ...{ Body: orderText(run, n), ApiVersion: '2010-04-01' },
    };
    return {
      url,
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'x-twilio-signature': twilioSignature(AUTH_TOKEN, url, parameters),
      },
      body: new URLSearchParams(parameters).toString(),
    };
  },
};

const APP_SECRET = 'only-for-this-bench-app-secret';
const PAGE = '1024567890123456';

const meta: SignedCaller = {
  channel: 'messenger',
  settings: {
    appSecret: APP_SECRET,
    verifyToken: 'a word of the bench',
    accessToken: 'EAAG-bench',
    pageId: PAGE,
  },
  post(url, run, n) {
    const timestamp = Date.now();
    const message = { mid: `m_${digits(run, n)}`, text: orderText(run, n) };
    const sender = { id: digits(run, n) };
    const messaging = [{ sender, recipient: { id: PAGE }, timestamp, message }];
    const body = metaJson({ object: 'page', entry: [{ id: PAGE, time: timestamp, messaging }] });
    const signature = hubSignature(APP_SECRET, Buffer.from(body));
    return {
      url,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
      body,
    };
  },
};

const OFFICIAL = {
  receiver: 'wx1234567890abcdef',
  token: 'onlyforthisbench',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE',
} as const;

const wechat: SignedCaller = {
  channel: 'wechat_oa',
  settings: {
    ...{ appId: OFFICIAL.receiver, appSecret: 'only-for-this-bench', callbackToken: OFFICIAL.token },
    encodingAesKey: OFFICIAL.encodingAesKey,
  },
  post(url, run, n) {
    const now = Math.floor(Date.now() / 1000);
    const content = wechatXml({
      ...{ ToUserName: 'gh_bench', FromUserName: `o${digits(run, n)}`, CreateTime: now, MsgType: 'text' },
      ...{ Content: orderText(run, n), MsgId: digits(run, n) },
    });
    return callbackRequest({ ...OFFICIAL, format: 'xml', isEchoSealed: false }, url, content, now);
  },
};

export const SIGNED_CALLERS: readonly SignedCaller[] = [twilio, meta, wechat];

/** Makes an inbox for the calls, as an administrator does. @returns where they go. */
export async function connectCaller(desk: Desk, { channel, settings }: SignedCaller): Promise<string> {
  const inbox: InboxView = await desk.createInbox({ channel, name: `Bench ${channel}`, settings });
  return inbox.publicAddress!.replace(/#.*$/, '');
}

/** Calls that are signed before anybody measures: what a provider's machines cost is not ours. */
export function signedPosts(
  caller: SignedCaller,
  url: string,
  run: string,
  most: number,
): () => Post | undefined {
  const posts = Array.from({ length: most }, (_, at): Post => {
    const { url: address, headers = {}, body } = caller.post(url, run, at + 1);
    const { pathname, search } = new URL(address);
    return { path: pathname + search, headers, body };
  });
  return () => posts.pop();
}

/** A number that no other call of a bench has; @param run `w` and a number. */
function digits(run: string, n: number): string {
  return `${100 + Number(run.slice(1))}${String(n).padStart(9, '0')}`;
}
