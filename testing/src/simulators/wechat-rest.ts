import { randomBytes, randomUUID } from 'node:crypto';
import {
  type CallbackAccount,
  checkCallbackAddress,
  deliverCallback,
  type DeliveryOptions,
} from './wechat-callbacks.js';
import {
  jsonAnswer,
  serveVendor,
  type VendorAnswer,
  type VendorRequest,
  type VendorServer,
} from './vendor-server.js';

export type RestAnswer =
  | Readonly<Record<string, unknown>>
  | { readonly file: Buffer; readonly name: string; readonly contentType: string };

export interface StoredMedia {
  readonly kind: string;
  readonly name: string;
  readonly contentType: string;
  readonly content: Buffer;
  readonly until: number;
}

const TOKEN_MS = 7_200_000;
const MEDIA_MS = 3 * 24 * 3_600_000;
const TEXT_BYTES = 2048;

/** Refusal in the vendors' way: status 200, and a number. */
export class VendorError extends Error {
  constructor(
    readonly errcode: number,
    errmsg: string,
  ) {
    super(errmsg);
  }
}

/** What the servers of WeChat and WeCom have in common: tokens, temporary files, callbacks. Nothing is kept. */
export abstract class WechatPlatform {
  readonly tokens: AccessTokens;
  readonly media: TemporaryMedia;
  /** Where callbacks go. */
  address = '';
  #server: VendorServer | undefined;

  /** @param now milliseconds. */
  constructor(protected readonly now: () => number) {
    this.tokens = new AccessTokens(now);
    this.media = new TemporaryMedia(now);
  }

  /** Origin to use in place of the vendor's. */
  async start(): Promise<string> {
    this.#server = await serveVendor((request) => vendorAnswer(() => this.answer(request)));
    return this.#server.origin;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  checkAddress(): Promise<boolean> {
    return checkCallbackAddress(this.callbacks(), this.address, this.seconds());
  }

  /** Of the vendor's API. @throws VendorError */
  protected abstract answer(request: VendorRequest): RestAnswer;
  protected abstract callbacks(): CallbackAccount;

  /** Calls the address with one document, as often as it takes. */
  protected deliver(content: string, options?: DeliveryOptions) {
    return deliverCallback(this.callbacks(), this.address, content, () => this.seconds(), options);
  }

  protected seconds(): number {
    return Math.floor(this.now() / 1000);
  }
}

/** Under status 200, whatever it is. */
function vendorAnswer(answer: () => RestAnswer): VendorAnswer {
  let given: RestAnswer;
  try {
    given = answer();
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    given = { errcode: error.errcode, errmsg: error.message };
  }
  if (!('file' in given && Buffer.isBuffer(given.file))) return jsonAnswer(200, given);
  return {
    status: 200,
    headers: {
      'content-type': String(given['contentType']),
      'content-disposition': `attachment; filename="${String(given['name'])}"`,
    },
    body: given.file,
  };
}

/** @throws VendorError 47001 */
export function jsonBody({ body }: Pick<VendorRequest, 'body'>): Record<string, unknown> {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    throw new VendorError(47001, 'data format error');
  }
}

/** What a request shows the customer; refused as the vendors do when it is over their limit. */
export function shownContent(
  body: Record<string, unknown>,
  type: string,
  media: TemporaryMedia,
): { readonly text: string; readonly media?: Buffer } {
  const { content = '', media_id } = (body[type] ?? {}) as { content?: string; media_id?: string };
  if (Buffer.byteLength(content) > TEXT_BYTES) throw new VendorError(45002, 'content size out of limit');
  return type !== 'text' && media_id !== undefined
    ? { text: content, media: media.get(media_id).content }
    : { text: content };
}

/** A member that must be text; empty when it is not. */
export function textOf(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}

/** One access token that is good at a time, given again while it is. */
export class AccessTokens {
  #value = '';
  #until = 0;
  issued = 0;

  constructor(private readonly now: () => number) {}

  issue(isForced: boolean) {
    if (isForced || this.now() >= this.#until) {
      this.#value = randomBytes(48).toString('base64url');
      this.#until = this.now() + TOKEN_MS;
      this.issued += 1;
    }
    return { access_token: this.#value, expires_in: Math.floor((this.#until - this.now()) / 1000) };
  }

  /** As when somebody else renews it: the one in use is refused. */
  revoke(): void {
    this.#value = '';
    this.#until = 0;
  }

  check({ query }: VendorRequest): void {
    const given = query.get('access_token') ?? '';
    if (given === '') throw new VendorError(41001, 'access_token missing');
    if (given !== this.#value) throw new VendorError(40001, 'invalid credential, access_token is invalid');
    if (this.now() >= this.#until) throw new VendorError(42001, 'access_token expired');
  }
}

/** Temporary files, for three days. */
export class TemporaryMedia {
  readonly #stored = new Map<string, StoredMedia>();

  constructor(private readonly now: () => number) {}

  /** Of a customer's message; returns its id. */
  put(kind: string, name: string, contentType: string, content: Buffer): string {
    const id = randomUUID().replaceAll('-', '_');
    this.#stored.set(id, { kind, name, contentType, content, until: this.now() + MEDIA_MS });
    return id;
  }

  /** As a download. */
  file(id: string): RestAnswer {
    const { content, name, contentType } = this.get(id);
    return { file: content, name, contentType };
  }

  /** @throws VendorError 40007 when it never was, or no longer is. */
  get(id: string): StoredMedia {
    const media = this.#stored.get(id);
    if (!media || this.now() >= media.until) throw new VendorError(40007, 'invalid media_id');
    return media;
  }

  /** @throws VendorError when the form has no file, or one over the limits. */
  upload({ query, body, headers }: VendorRequest, limits: Readonly<Record<string, number>>) {
    const kind = query.get('type') ?? '';
    const limit = limits[kind];
    if (limit === undefined) throw new VendorError(40004, 'invalid media type');
    const file = formFile(body, headers['content-type'] ?? '');
    if (file === undefined) throw new VendorError(41005, 'media data missing');
    if (file.content.length <= 4 || file.content.length > limit) {
      throw new VendorError(40006, 'invalid media size');
    }
    const media_id = this.put(kind, file.name, file.contentType, file.content);
    return { errcode: 0, errmsg: 'ok', type: kind, media_id, created_at: Math.floor(this.now() / 1000) };
  }
}

/** The field `media` of a multipart form. */
function formFile(body: Buffer, contentType: string) {
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1];
  const text = body.toString('latin1');
  const head = text.indexOf('\r\n\r\n');
  const end = text.indexOf(`\r\n--${boundary}--`, head);
  if (boundary === undefined || !text.startsWith(`--${boundary}\r\n`) || head < 0 || end < 0)
    return undefined;
  const header = body.subarray(0, head).toString();
  if (!/name="media"/.test(header)) return undefined;
  return {
    name: /filename="([^"]*)"/.exec(header)?.[1] ?? '',
    contentType: /content-type: *(\S+)/i.exec(header)?.[1] ?? '',
    content: body.subarray(head + 4, end),
  };
}
