import type { Attempt, CallbackAccount, DeliveryOptions } from './wechat-callbacks.js';
import type { VendorRequest } from './vendor-server.js';
import { wechatXml } from './wechat-envelope.js';
import {
  jsonBody,
  type RestAnswer,
  shownContent,
  textOf,
  VendorError,
  WechatPlatform,
} from './wechat-rest.js';

export interface WechatAccount {
  readonly kind: 'official' | 'mini';
  readonly appId: string;
  readonly appSecret: string;
  readonly token: string;
  /** Empty: messages come in plain text. */
  readonly encodingAesKey: string;
  readonly format: 'xml' | 'json';
  /** Milliseconds; the machine's clock when absent. */
  readonly now?: () => number;
}

/** What the customer's phone shows. */
export interface ShownMessage {
  readonly openid: string;
  readonly type: string;
  readonly text: string;
  readonly media?: Buffer;
}

interface Window {
  until: number;
  left: number;
}

const HOUR = 3_600_000;
const MESSAGE = { ms: 48 * HOUR, messages: 5 };
const EVENT = { official: { ms: 60_000, messages: 3 }, mini: { ms: 60_000, messages: 2 } };
const EVENTS_THAT_OPEN = new Set([
  ...['subscribe', 'SCAN', 'CLICK', 'scancode_push', 'scancode_waitmsg', 'user_enter_tempsession'],
]);
const TYPES = { official: ['text', 'image', 'voice', 'video'], mini: ['text', 'image'] };
const MEDIA_LIMITS = {
  official: { image: 10_485_760, voice: 2_097_152, video: 10_485_760, thumb: 65_536 },
  mini: { image: 10_485_760 },
};
/** Where the vendor keeps videos; an installation sends this origin, too, to `url`. */
const VIDEO_ORIGIN = 'http://vweixinp.tc.qq.com';

/** The server of Official Accounts and mini-programs, with one account. Nothing is kept when it stops. */
export class WechatSimulator extends WechatPlatform {
  readonly shown: ShownMessage[] = [];
  readonly #windows = new Map<string, { message?: Window; event?: Window }>();
  readonly #written = new Map<string, Readonly<Record<string, string>>>();
  #nextId = 24_900_000_000_000_001n;

  constructor(private readonly account: WechatAccount) {
    super(account.now ?? Date.now);
  }

  /**
   * A customer writes: fields as the vendor names them, without sender, time and id.
   *
   * @returns the id of the message, and what each try was answered.
   */
  async write(openid: string, fields: Readonly<Record<string, string>>, options?: DeliveryOptions) {
    this.#open(openid, 'message', MESSAGE);
    const id = String(this.#nextId++);
    const written = { ...this.#head(openid), ...fields, MsgId: id };
    this.#written.set(id, written);
    return { id, attempts: await this.push(written, options) };
  }

  /** What a customer wrote, once more and under its id. */
  again(id: string, options?: DeliveryOptions): Promise<readonly Attempt[]> {
    const written = this.#written.get(id);
    if (written === undefined) throw new Error(`nobody wrote ${id}`);
    return this.push(written, options);
  }

  /** A customer does something. */
  async act(openid: string, fields: Readonly<Record<string, string>>, options?: DeliveryOptions) {
    const name = fields['Event'] ?? '';
    if (name === 'unsubscribe') this.#windows.delete(openid);
    else if (EVENTS_THAT_OPEN.has(name)) this.#open(openid, 'event', EVENT[this.account.kind]);
    return this.push({ ...this.#head(openid), MsgType: 'event', ...fields }, options);
  }

  /** Any push, as it stands. */
  push(fields: Readonly<Record<string, string>>, options?: DeliveryOptions): Promise<readonly Attempt[]> {
    const content = this.account.format === 'xml' ? wechatXml(fields) : exactJson(fields);
    return this.deliver(content, options);
  }

  protected override callbacks(): CallbackAccount {
    const { appId, token, encodingAesKey, format } = this.account;
    return { receiver: appId, token, encodingAesKey, format, isEchoSealed: false };
  }

  #head(openid: string): Record<string, string> {
    return { ToUserName: 'gh_5f2c0e9d1b7a', FromUserName: openid, CreateTime: String(this.seconds()) };
  }

  #open(openid: string, kind: 'message' | 'event', { ms, messages }: typeof MESSAGE): void {
    const windows = this.#windows.get(openid) ?? {};
    windows[kind] = { until: this.now() + ms, left: messages };
    this.#windows.set(openid, windows);
  }

  protected override answer(request: VendorRequest): RestAnswer {
    if (request.path === '/cgi-bin/stable_token') return this.#token(request);
    if (request.path.startsWith('/video/')) return this.media.file(request.path.slice(7));
    this.tokens.check(request);
    switch (request.path) {
      case '/cgi-bin/message/custom/send':
        return this.#send(jsonBody(request));
      case '/cgi-bin/media/upload':
        return this.media.upload(request, MEDIA_LIMITS[this.account.kind]);
      case '/cgi-bin/media/get':
        return this.#get(request.query.get('media_id') ?? '');
      default:
        throw new VendorError(40066, 'invalid url');
    }
  }

  #token(request: VendorRequest): RestAnswer {
    const { grant_type, appid, secret, force_refresh } = jsonBody(request);
    if (grant_type !== 'client_credential') throw new VendorError(40002, 'invalid grant_type');
    if (appid !== this.account.appId) throw new VendorError(40013, 'invalid appid');
    if (secret !== this.account.appSecret) throw new VendorError(40125, 'invalid appsecret');
    return this.tokens.issue(force_refresh === true);
  }

  #get(id: string): RestAnswer {
    return this.media.get(id).kind === 'video' && this.account.kind === 'official'
      ? { video_url: `${VIDEO_ORIGIN}/video/${id}` }
      : this.media.file(id);
  }

  #send(body: Record<string, unknown>): RestAnswer {
    const openid = textOf(body, 'touser');
    const type = textOf(body, 'msgtype');
    if (!/^o[\w-]{5,}$/.test(openid)) throw new VendorError(40003, 'invalid openid');
    if (!TYPES[this.account.kind].includes(type)) throw new VendorError(40008, 'invalid message type');
    const content = shownContent(body, type, this.media);
    this.#spend(openid);
    this.shown.push({ openid, type, ...content });
    return { errcode: 0, errmsg: 'ok' };
  }

  /** The window of a message before that of an event. */
  #spend(openid: string): void {
    const { message, event } = this.#windows.get(openid) ?? {};
    const open = [message, event].filter((window) => window !== undefined && this.now() < window.until);
    if (open.length === 0)
      throw new VendorError(45015, 'response out of time limit or subscription is canceled');
    const window = open.find((each) => each!.left > 0);
    if (!window) throw new VendorError(45047, 'out of response count limit');
    window.left -= 1;
  }
}

/** Numbers bare, as the vendor writes ids of 64 bits, which `JSON.stringify` of a number would round. */
function exactJson(fields: Readonly<Record<string, string>>): string {
  const members = Object.entries(fields).map(([name, value]) => {
    const isNumber = name === 'MsgId' || name === 'CreateTime';
    return `${JSON.stringify(name)}:${isNumber ? value : JSON.stringify(value)}`;
  });
  return `{${members.join(',')}}`;
}
