import { randomBytes } from 'node:crypto';
import type { VendorRequest } from './vendor-server.js';
import type { CallbackAccount, DeliveryOptions } from './wechat-callbacks.js';
import { wechatXml } from './wechat-envelope.js';
import {
  AccessTokens,
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
  /** The self-built application that tells colleagues, and whom it may tell. */
  readonly application?: {
    readonly agentId: number;
    readonly secret: string;
    readonly userIds: readonly string[];
    /** Known, and without a license to be written to. */
    readonly unlicensed?: readonly string[];
  };
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
  state: SessionState;
  colleague: string;
}

/** 0 untouched, 1 the assistant's (the API's), 2 queued, 3 a colleague's, 4 ended. */
export type SessionState = 0 | 1 | 2 | 3 | 4;

/** What may be said once, for as long as its code is good. */
interface EventCode {
  readonly openKfId: string;
  readonly openid: string;
  readonly until: number;
}

const DAY = 86_400_000;
const WINDOW_MS = 2 * DAY;
const MESSAGES = 5;
const TOKEN_MS = 600_000;
const KEPT_MS = 3 * DAY;
/** Calls of sync_msg without a callback's token; the vendor says that they are limited, and not how. */
const TOKENLESS_A_MINUTE = 10;
const MEDIA_LIMITS = { image: 10_485_760, voice: 2_097_152, video: 10_485_760, file: 20_971_520 };
/** Where the API may lead a session from each state. */
const WAYS: Readonly<Record<SessionState, readonly SessionState[]>> = {
  0: [1, 2, 3, 4],
  1: [1, 2, 3, 4],
  2: [2, 3, 4],
  3: [3, 4],
  4: [],
};
const CODE_MS = 20_000;
const NOBODYS = { state: 0, colleague: '' } as const;
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

/** A card that a colleague was shown. */
export interface ToldNotice {
  readonly userId: string;
  readonly title: string;
  readonly text: string;
  readonly url: string;
}

/** WeCom's server with one company and its customer service accounts. Nothing is kept when it stops. */
export class WecomSimulator extends WechatPlatform {
  readonly shown: (ShownMessage & { readonly openKfId: string; readonly msgid: string })[] = [];
  /** What the application's users were told. */
  readonly notices: ToldNotice[] = [];
  /** Of the application: its tokens open nothing else. */
  readonly applicationTokens: AccessTokens;
  /** With this code, while it is set, the application is answered and nobody told. */
  applicationFault: number | undefined;
  readonly #told = new Map<string, number>();
  /** Calls of sync_msg so far. */
  pulls = 0;
  readonly #entries = new Map<string, { at: number; entry: Entry }[]>();
  readonly #customers = new Map<string, Customer>();
  readonly #callbackTokens = new Map<string, number>();
  readonly #codes = new Map<string, EventCode>();
  #tokenless: number[] = [];

  constructor(private readonly company: WecomCompany) {
    super(company.now ?? Date.now);
    this.applicationTokens = new AccessTokens(this.now);
  }

  /** A customer writes; `content` by its type: `{ msgtype: 'text', text: { content } }`. Without a callback. */
  write(openKfId: string, customer: string, content: Entry): string {
    const known = this.#customers.get(this.#key(openKfId, customer));
    this.#customers.set(this.#key(openKfId, customer), {
      // A customer who writes begins anew where it had ended.
      ...(known === undefined || known.state === 4 ? NOBODYS : known),
      until: this.now() + WINDOW_MS,
      left: MESSAGES,
    });
    return this.#add(openKfId, { open_kfid: openKfId, external_userid: customer, origin: 3, ...content });
  }

  /** Something happens: `{ event_type: 'enter_session', ... }`. Without a callback. */
  happen(openKfId: string, event: Entry): string {
    return this.#add(openKfId, { origin: 4, msgtype: 'event', event: { open_kfid: openKfId, ...event } });
  }

  /** Something is done with the session in WeCom itself, whatever the API may do. */
  setState(openKfId: string, customer: string, state: SessionState, colleague = ''): void {
    Object.assign(this.#session(openKfId, customer), { state, colleague });
  }

  stateOf(openKfId: string, customer: string): SessionState {
    return this.#session(openKfId, customer).state;
  }

  /** A customer opens the chat; the code of a welcome comes with the event. Without a callback. */
  enter(openKfId: string, customer: string): string {
    const welcome_code = this.#code(openKfId, customer);
    return this.happen(openKfId, {
      ...{ event_type: 'enter_session', external_userid: customer, scene: 'menu' },
      welcome_code,
    });
  }

  /** A colleague ends the session in WeCom. Without a callback. */
  endByColleague(openKfId: string, customer: string, colleague: string): string {
    this.setState(openKfId, customer, 4);
    return this.happen(openKfId, {
      ...{ event_type: 'session_status_change', external_userid: customer, change_type: 3 },
      ...{ old_servicer_userid: colleague, msg_code: this.#code(openKfId, customer) },
    });
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
    if (request.path === '/cgi-bin/message/send') return this.#tell(request);
    this.tokens.check(request);
    switch (request.path) {
      case '/cgi-bin/kf/sync_msg':
        return this.#sync(jsonBody(request));
      case '/cgi-bin/kf/send_msg':
        return this.#send(jsonBody(request));
      case '/cgi-bin/kf/send_msg_on_event':
        return this.#sendOnEvent(jsonBody(request));
      case '/cgi-bin/kf/service_state/get': {
        const { state, colleague } = this.#asked(jsonBody(request));
        return { errcode: 0, errmsg: 'ok', service_state: state, servicer_userid: colleague };
      }
      case '/cgi-bin/kf/service_state/trans':
        return this.#trans(jsonBody(request));
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
    if (query.get('corpsecret') === this.company.application?.secret) {
      return { errcode: 0, errmsg: 'ok', ...this.applicationTokens.issue(false) };
    }
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
    if (customer.state > 1) throw new VendorError(95018, 'send msg session status invalid');
    if (this.now() >= customer.until) throw new VendorError(95002, 'send msg time limit');
    if (customer.left === 0) throw new VendorError(95001, 'send msg count limit');
    customer.left -= 1;
    this.shown.push({ openKfId, openid, type, msgid, ...content });
    return { errcode: 0, errmsg: 'ok', msgid };
  }

  #tell(request: VendorRequest): RestAnswer {
    this.applicationTokens.check(request);
    if (this.applicationFault !== undefined) throw new VendorError(this.applicationFault, 'of the test');
    const body = jsonBody(request);
    const to = textOf(body, 'touser');
    const { title = '', description = '', url = '' } = (body['textcard'] ?? {}) as Record<string, string>;
    const { application } = this.company;
    if (body['agentid'] !== application?.agentId) throw new VendorError(40056, 'invalid agentid');
    if (body['msgtype'] !== 'textcard') throw new VendorError(40008, 'invalid message type');
    if (title === '' || description === '' || !url.startsWith('http')) {
      throw new VendorError(40058, 'missing title, description or url');
    }
    if (Buffer.byteLength(title) > 128 || Buffer.byteLength(description) > 512) {
      throw new VendorError(45002, 'content size out of limit');
    }
    const { userIds = [], unlicensed = [] } = application ?? {};
    if (unlicensed.includes(to)) return { errcode: 0, errmsg: 'ok', invaliduser: '', unlicenseduser: to };
    // The vendor's word for everybody who may see the application, and its mark between several.
    const reached = to === '@all' ? userIds : userIds.filter((id) => to.split('|').includes(id));
    if (reached.length === 0) throw new VendorError(81013, 'user & party & tag all invalid');
    const content = JSON.stringify(body);
    const isRepeat = body['enable_duplicate_check'] === 1 && this.now() < (this.#told.get(content) ?? 0);
    if (!isRepeat) {
      this.#told.set(content, this.now() + Number(body['duplicate_check_interval'] ?? 1800) * 1000);
      for (const userId of reached) this.notices.push({ userId, title, text: description, url });
    }
    return { errcode: 0, errmsg: 'ok', invaliduser: '', msgid: randomBytes(16).toString('hex') };
  }

  #session(openKfId: string, customer: string): Customer {
    const session = this.#customers.get(this.#key(openKfId, customer));
    if (!session) throw new VendorError(40096, 'invalid external userid');
    return session;
  }

  #asked(body: Record<string, unknown>): Customer {
    const openKfId = textOf(body, 'open_kfid');
    if (!this.company.openKfIds.includes(openKfId)) throw new VendorError(95000, 'invalid open_kfid');
    return this.#session(openKfId, textOf(body, 'external_userid'));
  }

  #trans(body: Record<string, unknown>): RestAnswer {
    const session = this.#asked(body);
    const state = WAYS[session.state].find((each) => each === body['service_state']);
    const colleague = textOf(body, 'servicer_userid');
    if (state === undefined) throw new VendorError(95016, 'service state transition not allowed');
    if (state === 3 && colleague === '') throw new VendorError(40058, 'missing servicer_userid');
    Object.assign(session, { state, colleague });
    const [openKfId, openid] = [textOf(body, 'open_kfid'), textOf(body, 'external_userid')];
    return { errcode: 0, errmsg: 'ok', ...(state > 1 ? { msg_code: this.#code(openKfId, openid) } : {}) };
  }

  #code(openKfId: string, openid: string): string {
    const code = randomBytes(16).toString('hex');
    this.#codes.set(code, { openKfId, openid, until: this.now() + CODE_MS });
    return code;
  }

  #sendOnEvent(body: Record<string, unknown>): RestAnswer {
    const code = textOf(body, 'code');
    const known = this.#codes.get(code);
    if (!known || this.now() >= known.until) throw new VendorError(95015, 'invalid or used code');
    const type = textOf(body, 'msgtype');
    if (type !== 'text' && type !== 'msgmenu') throw new VendorError(40008, 'invalid message type');
    const content = shownContent(body, type, this.media);
    this.#codes.delete(code);
    const msgid = textOf(body, 'msgid') || randomBytes(16).toString('hex');
    this.shown.push({ openKfId: known.openKfId, openid: known.openid, type, msgid, ...content });
    return { errcode: 0, errmsg: 'ok', msgid };
  }
}
