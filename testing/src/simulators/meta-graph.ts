import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MetaTemplate, templateFault } from './meta-templates.js';

export type MetaProduct = 'messenger' | 'instagram' | 'whatsapp';

/** A page, an Instagram account or a number. */
export interface MetaAccount {
  readonly product: MetaProduct;
  /** As webhooks name it: page id, Instagram account id, phone number id. */
  readonly id: string;
  /** As the Send API names it: the page for Instagram, else the same. */
  readonly senderId: string;
  /** Of a WhatsApp number, without plus. */
  readonly displayNumber: string;
}

/** A message that an app sent and Meta took. */
export interface MetaSent {
  readonly account: MetaAccount;
  readonly id: string;
  /** Page-scoped id, Instagram-scoped id, number or business-scoped id. */
  readonly to: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface MetaFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** What the Graph API asks its owner. */
export interface GraphRules {
  now(): number;
  /** Milliseconds since the customer wrote; undefined for one who never did. */
  silence(account: MetaAccount, customer: string): number | undefined;
  /** After a message was taken and before the call is answered. */
  taken(sent: MetaSent): Promise<void>;
}

interface Upload extends MetaFile {
  readonly account: MetaAccount;
}
interface Stored extends MetaFile {
  readonly expiresAt: number;
  readonly token: boolean;
}
type Answer = { readonly status: number; readonly body: unknown; readonly type?: string };
type Json = Record<string, unknown>;

const HOUR_MS = 3_600_000;
const MEDIA_MS = 5 * 60_000;
const TEXT_LIMITS = { messenger: 2000, instagram: 1000, whatsapp: 4096 } as const;

/** The Graph API and the servers of files, as far as messages need them. */
export class MetaGraph {
  readonly #server: Server = createServer((request, response) => {
    this.#answer(request).then(
      ({ status, body, type = 'application/json' }) => {
        response.writeHead(status, { 'content-type': type });
        response.end(body instanceof Uint8Array ? body : JSON.stringify(body));
      },
      () => response.destroy(),
    );
  });
  readonly #accounts: readonly MetaAccount[];
  readonly #uploads = new Map<string, Upload>();
  readonly #media = new Map<string, MetaFile>();
  readonly #stored = new Map<string, Stored>();
  #mids = 0;
  readonly sent: MetaSent[] = [];
  /** By business account. */
  readonly templates = new Map<string, MetaTemplate[]>();
  /** Refusals for the messages to come, first one first, each after so many that are taken. */
  readonly refusals: { readonly code: number; readonly subcode?: number; after: number }[] = [];

  constructor(
    accounts: readonly MetaAccount[],
    private readonly app: { appSecret: string; accessToken: string },
    private readonly rules: GraphRules,
  ) {
    this.#accounts = accounts;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** A file that a customer sends: on WhatsApp an id, else a signed address that runs out. */
  offer(account: MetaAccount, file: MetaFile): { readonly id: string; readonly url: string } {
    const id = String(2_754_859_441_498_000 + this.#media.size);
    this.#media.set(id, file);
    return {
      id,
      url: this.#store('scontent.xx.fbcdn.net', file, 24 * HOUR_MS, account.product === 'whatsapp'),
    };
  }

  #store(host: string, file: MetaFile, ttlMs: number, token: boolean): string {
    const path = `/v/t59.2708-21/${encodeURIComponent(file.name)}`;
    const key = `${path}?oh=${randomUUID()}`;
    this.#stored.set(key, { ...file, expiresAt: this.rules.now() + ttlMs, token });
    return `https://${host}${key}`;
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const url = new URL(request.url ?? '/', 'http://graph');
    const [, version = '', ...rest] = url.pathname.split('/');
    if (!/^v\d+\.\d$/.test(version)) return this.#file(request);
    const refused = this.#refusal(request, url);
    if (refused !== undefined) return refused;
    const [id = '', edge] = rest;
    if (request.method === 'GET' && edge === 'message_templates') return this.#templatesOf(id, url);
    if (request.method === 'GET') return this.#mediaOf(id, url.searchParams.get('phone_number_id'));
    const account = this.#accounts.find(
      ({ senderId, product }) => senderId === id && edgesOf(product).includes(edge!),
    );
    const body = Buffer.concat(chunks);
    if (account === undefined) return failure(100, 'Unsupported post request.', 33);
    if (edge === 'messages')
      return this.#send(this.#product(account, body), JSON.parse(body.toString()) as Json);
    return this.#upload(account, body, request.headers['content-type'] ?? '');
  }

  /** A page sends for Messenger and for its Instagram account; who the customer is tells which. */
  #product(account: MetaAccount, body: Buffer): MetaAccount {
    const to = ((JSON.parse(body.toString()) as Json).recipient as Json | undefined)?.id;
    return (
      this.#accounts.find(
        (one) => one.senderId === account.senderId && this.rules.silence(one, String(to)) !== undefined,
      ) ?? account
    );
  }

  #refusal({ headers }: IncomingMessage, url: URL): Answer | undefined {
    const { accessToken, appSecret } = this.app;
    if (headers.authorization !== `Bearer ${accessToken}`) {
      return failure(190, 'Error validating access token: Session has expired.', 463, 401);
    }
    const proof = createHmac('sha256', appSecret).update(accessToken).digest('hex');
    if (url.searchParams.get('appsecret_proof') !== proof) {
      return failure(100, 'Invalid appsecret_proof provided in the API argument');
    }
    return undefined;
  }

  #refusedMessage(): Answer | undefined {
    const [next] = this.refusals;
    if (next === undefined || next.after-- > 0) return undefined;
    this.refusals.shift();
    return failure(next.code, 'Refused as was asked for.', next.subcode);
  }

  async #send(account: MetaAccount, body: Json): Promise<Answer> {
    const isWhatsapp = account.product === 'whatsapp';
    const to = String(isWhatsapp ? (body.to ?? body.recipient) : (body.recipient as Json).id);
    const refused = this.#refusedMessage() ?? this.#outside(account, to, body);
    if (refused !== undefined) return refused;
    const content = (isWhatsapp ? body : body.message) as Json;
    const words = isWhatsapp ? (content.text as Json | undefined)?.body : content.text;
    const size = account.product === 'instagram' ? Buffer.byteLength(String(words)) : String(words).length;
    if (typeof words === 'string' && size > TEXT_LIMITS[account.product])
      return failure(100, 'Too long.', 2018109);
    const file = fileIdOf(account, content);
    if (file !== undefined && this.#uploads.get(file)?.account.senderId !== account.senderId) {
      return failure(100, 'No such attachment.', 2018074);
    }
    if (body.type === 'template') {
      const fault = templateFault([...this.templates.values()].flat(), content.template as object);
      if (fault !== undefined) return failure(fault, 'The template cannot be sent.');
    } else if (words === undefined && file === undefined)
      return failure(100, 'Message cannot be empty', 2018034);
    const id = `${isWhatsapp ? 'wamid.HBgL' : 'm_'}${(++this.#mids).toString(36).padStart(12, '0')}`;
    const sent = { account, id, to, body };
    this.sent.push(sent);
    await this.rules.taken(sent);
    return {
      status: 200,
      body: isWhatsapp
        ? { messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to }], messages: [{ id }] }
        : { recipient_id: to, message_id: id },
    };
  }

  #outside(account: MetaAccount, to: string, body: Json): Answer | undefined {
    const silence = this.rules.silence(account, to);
    if (account.product === 'whatsapp') {
      const open = silence !== undefined && silence <= 24 * HOUR_MS;
      return open || body.type === 'template' ? undefined : failure(131047, 'Re-engagement message');
    }
    if (silence === undefined) return failure(100, 'No matching user found', 2018001);
    const hours = body.messaging_type === 'MESSAGE_TAG' && body.tag === 'HUMAN_AGENT' ? 7 * 24 : 24;
    if (silence <= hours * HOUR_MS) return undefined;
    const subcode = account.product === 'instagram' ? 2_534_022 : 2_018_278;
    return failure(10, 'This message is sent outside of allowed window.', subcode, 403);
  }

  async #upload(account: MetaAccount, body: Buffer, contentType: string): Promise<Answer> {
    const form = await new Response(Uint8Array.from(body), {
      headers: { 'content-type': contentType },
    }).formData();
    const file = form.get(account.product === 'whatsapp' ? 'file' : 'filedata');
    if (!(file instanceof File)) return failure(100, 'No file uploaded.', 2018047);
    const id = String(1_857_777_774_821_000 + this.#uploads.size);
    const content = new Uint8Array(await file.arrayBuffer());
    this.#uploads.set(id, { account, name: file.name, contentType: file.type, content });
    return { status: 200, body: account.product === 'whatsapp' ? { id } : { attachment_id: id } };
  }

  /** What an app uploaded, by the id that Meta gave. */
  uploaded(id: string): MetaFile | undefined {
    return this.#uploads.get(id);
  }

  /** A page at a time, with a cursor. */
  #templatesOf(accountId: string, { searchParams }: URL): Answer {
    const templates = this.templates.get(accountId);
    if (templates === undefined) return failure(100, 'Object does not exist.', 33);
    const from = Number(searchParams.get('after') ?? 0);
    const next = from + 2;
    const hasMore = templates.length > next;
    const paging = {
      cursors: { after: String(next) },
      ...(hasMore ? { next: 'https://graph.facebook.com/' } : {}),
    };
    return { status: 200, body: { data: templates.slice(from, next), paging } };
  }

  #mediaOf(id: string, phoneNumberId: string | null): Answer {
    const file = this.#media.get(id);
    const isKnown = this.#accounts.some((account) => account.id === phoneNumberId);
    if (file === undefined || !isKnown) return failure(100, 'Object does not exist.', 33);
    return {
      status: 200,
      body: {
        messaging_product: 'whatsapp',
        url: this.#store('lookaside.fbsbx.com', file, MEDIA_MS, true),
        mime_type: file.contentType,
        sha256: createHash('sha256').update(file.content).digest('hex'),
        file_size: file.content.byteLength,
        id,
      },
    };
  }

  #file({ url = '', headers }: IncomingMessage): Answer {
    const file = this.#stored.get(url);
    const isOpen = file !== undefined && file.expiresAt > this.rules.now();
    if (!isOpen) return { status: 403, body: Buffer.from('URL signature expired'), type: 'text/plain' };
    if (file.token && headers.authorization !== `Bearer ${this.app.accessToken}`)
      return { status: 401, body: {} };
    return { status: 200, body: file.content, type: file.contentType };
  }
}

function edgesOf(product: MetaProduct): string[] {
  return product === 'whatsapp' ? ['messages', 'media'] : ['messages', 'message_attachments'];
}

function fileIdOf({ product }: MetaAccount, content: Json): string | undefined {
  const holder =
    product === 'whatsapp' ? content[String(content.type)] : (content.attachment as Json)?.payload;
  const id = product === 'whatsapp' ? (holder as Json)?.id : (holder as Json)?.attachment_id;
  return typeof id === 'string' ? id : undefined;
}

function failure(code: number, message: string, subcode?: number, status = 400): Answer {
  const error = { message, type: 'OAuthException', code, error_subcode: subcode, fbtrace_id: 'AbCdEf' };
  return { status, body: { error } };
}
