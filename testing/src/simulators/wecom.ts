import { randomBytes } from 'node:crypto';
import type { VendorRequest } from './vendor-server.js';
import type { CallbackAccount, DeliveryOptions } from './wechat-callbacks.js';
import { wechatXml } from './wechat-envelope.js';
import {
  jsonBody,
  type RestAnswer,
  shownContent,
  textOf,
  VendorError,
  WechatPlatform,
} from './wechat-rest.js';
import type { ShownMessage } from './wechat.js';

export interface WecomCompany {
  readonly corpId: string;
  readonly secret: string;
  readonly token: string;
  readonly encodingAesKey: string;
  /** Ids of the customer service accounts. */
  readonly openKfIds: readonly string[];
  /** Entries of one answer of sync_msg at most; the vendor's 1,000 when absent. */
  readonly pageSize?: number;
  /** Milliseconds; the machine's clock when absent. */
  readonly now?: () => number;
}

type Entry = Readonly<Record<string, unknown>>;

interface Customer {
  until: number;
  left: number;
  isTaken: boolean;
}

const DAY = 86_400_000;
const WINDOW_MS = 2 * DAY;
const MESSAGES = 5;
const TOKEN_MS = 600_000;
const KEPT_MS = 3 * DAY;
/** Calls of sync_msg without a callback's token; the vendor says that they are limited, and not how. */
const TOKENLESS_A_MINUTE = 10;
const MEDIA_LIMITS = { image: 10_485_760, voice: 2_097_152, video: 10_485_760, file: 20_971_520 };
const TYPES = new Set([
  'text',
  'image',
  'voice',
  'video',
  'file',
  'link',
  'miniprogram',
  'msgmenu',
  'location',
]);

/** WeCom's server with one company and its customer service accounts. Nothing is kept when it stops. */
export class WecomSimulator extends WechatPlatform {
  readonly shown: (ShownMessage & { readonly openKfId: string; readonly msgid: string })[] = [];
  /** Calls of sync_msg so far. */
  pulls = 0;
  readonly #entries = new Map<string, { at: number; entry: Entry }[]>();
  readonly #customers = new Map<string, Customer>();
  readonly #callbackTokens = new Map<string, number>();
  #tokenless: number[] = [];

  constructor(private readonly company: WecomCompany) {
    super(company.now ?? Date.now);
  }

  /** A customer writes; `content` by its type: `{ msgtype: 'text', text: { content } }`. Without a callback. */
  write(openKfId: string, customer: string, content: Entry): string {
    const known = this.#customers.get(this.#key(openKfId, customer));
    this.#customers.set(this.#key(openKfId, customer), {
      isTaken: known?.isTaken ?? false,
      until: this.now() + WINDOW_MS,
      left: MESSAGES,
    });
    return this.#add(openKfId, { open_kfid: openKfId, external_userid: customer, origin: 3, ...content });
  }

  /** Something happens: `{ event_type: 'enter_session', ... }`. Without a callback. */
  happen(openKfId: string, event: Entry): string {
    return this.#add(openKfId, { origin: 4, msgtype: 'event', event: { open_kfid: openKfId, ...event } });
  }

  /** A colleague takes the session in WeCom, or gives it back. */
  take(openKfId: string, customer: string, isTaken: boolean): void {
    const known = this.#customers.get(this.#key(openKfId, customer));
    if (known) known.isTaken = isTaken;
  }

  /** Tells that there is something in an account. */
  call(openKfId: string, options?: DeliveryOptions) {
    const token = `ENC${randomBytes(24).toString('base64url')}`;
    this.#callbackTokens.set(token, this.now() + TOKEN_MS);
    const content = wechatXml({
      ToUserName: this.company.corpId,
      CreateTime: this.seconds(),
      MsgType: 'event',
      Event: 'kf_msg_or_event',
      Token: token,
      OpenKfId: openKfId,
    });
    return this.deliver(content, options);
  }

  protected override callbacks(): CallbackAccount {
    const { corpId, token, encodingAesKey } = this.company;
    return { receiver: corpId, token, encodingAesKey, format: 'xml', isEchoSealed: true };
  }

  #key(openKfId: string, customer: string): string {
    return `${openKfId} ${customer}`;
  }

  #add(openKfId: string, entry: Entry): string {
    const msgid = randomBytes(24).toString('base64url');
    const entries = this.#entries.get(openKfId) ?? [];
    const send_time = this.seconds();
    entries.push({ at: this.now(), entry: { msgid, send_time, ...entry } });
    this.#entries.set(openKfId, entries);
    return msgid;
  }

  protected override answer(request: VendorRequest): RestAnswer {
    if (request.path === '/cgi-bin/gettoken') return this.#token(request);
    this.tokens.check(request);
    switch (request.path) {
      case '/cgi-bin/kf/sync_msg':
        return this.#sync(jsonBody(request));
      case '/cgi-bin/kf/send_msg':
        return this.#send(jsonBody(request));
      case '/cgi-bin/media/upload':
        return this.media.upload(request, MEDIA_LIMITS);
      case '/cgi-bin/media/get':
        return this.media.file(request.query.get('media_id') ?? '');
      default:
        throw new VendorError(40066, 'invalid url');
    }
  }

  #token({ query }: VendorRequest): RestAnswer {
    if (query.get('corpid') !== this.company.corpId) throw new VendorError(40013, 'invalid corpid');
    if (query.get('corpsecret') !== this.company.secret) throw new VendorError(40001, 'invalid credential');
    return { errcode: 0, errmsg: 'ok', ...this.tokens.issue(false) };
  }

  #sync(body: Record<string, unknown>): RestAnswer {
    this.pulls += 1;
    this.#checkCallbackToken('token' in body ? textOf(body, 'token') : undefined);
    const openKfId = textOf(body, 'open_kfid');
    if (!this.company.openKfIds.includes(openKfId)) throw new VendorError(95004, 'open_kfid not exist');
    const size = Math.min(Number(body['limit'] ?? 1000), this.company.pageSize ?? 1000);
    const all = this.#entries.get(openKfId) ?? [];
    const oldest = all.findIndex(({ at }) => at > this.now() - KEPT_MS);
    const from = Math.max(Number(/^c(\d+)$/.exec(textOf(body, 'cursor'))?.[1] ?? 0), oldest);
    const page = oldest < 0 ? [] : all.slice(from, from + size);
    const next = oldest < 0 ? all.length : from + page.length;
    const msg_list = page.map(({ entry }) => entry);
    return {
      errcode: 0,
      errmsg: 'ok',
      next_cursor: `c${next}`,
      has_more: next < all.length ? 1 : 0,
      msg_list,
    };
  }

  #checkCallbackToken(token: string | undefined): void {
    if (token !== undefined) {
      const until = this.#callbackTokens.get(token) ?? 0;
      if (this.now() >= until) throw new VendorError(95007, 'invalid msgtoken');
      return;
    }
    this.#tokenless = [...this.#tokenless.filter((at) => at > this.now() - 60_000), this.now()];
    if (this.#tokenless.length > TOKENLESS_A_MINUTE) throw new VendorError(45009, 'api freq out of limit');
  }

  #send(body: Record<string, unknown>): RestAnswer {
    const openKfId = textOf(body, 'open_kfid');
    const openid = textOf(body, 'touser');
    const type = textOf(body, 'msgtype');
    const msgid = textOf(body, 'msgid') || randomBytes(16).toString('hex');
    const customer = this.#customers.get(this.#key(openKfId, openid));
    if (!this.company.openKfIds.includes(openKfId)) throw new VendorError(95000, 'invalid open_kfid');
    if (!customer) throw new VendorError(40096, 'invalid external userid');
    if (!TYPES.has(type)) throw new VendorError(40008, 'invalid message type');
    if (!/^[0-9a-zA-Z_-]{1,32}$/.test(msgid))
      throw new VendorError(40058, 'invalid Request Parameter, msgid');
    // The page says that a repeated id is an error, and names no code.
    if (this.shown.some((each) => each.openKfId === openKfId && each.msgid === msgid)) {
      throw new VendorError(40058, 'invalid Request Parameter, msgid exists');
    }
    const content = shownContent(body, type, this.media);
    if (customer.isTaken) throw new VendorError(95018, 'send msg session status invalid');
    if (this.now() >= customer.until) throw new VendorError(95002, 'send msg time limit');
    if (customer.left === 0) throw new VendorError(95001, 'send msg count limit');
    customer.left -= 1;
    this.shown.push({ openKfId, openid, type, msgid, ...content });
    return { errcode: 0, errmsg: 'ok', msgid };
  }
}
