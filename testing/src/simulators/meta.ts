import { setTimeout as pause } from 'node:timers/promises';
import type { MetaTemplate } from './meta-templates.js';
import { MetaCaller, type MetaObject } from './meta-calls.js';
import { type MetaAccount, type MetaFile, MetaGraph, type MetaProduct, type MetaSent } from './meta-graph.js';

export type { MetaTemplate } from './meta-templates.js';
export type { MetaAccount, MetaFile, MetaProduct, MetaSent } from './meta-graph.js';

export interface MetaSimulatorOptions {
  readonly accounts: readonly MetaAccount[];
  readonly appSecret?: string;
  readonly verifyToken?: string;
  readonly accessToken?: string;
  /** When an app's own messages come back: before the call that sent them is answered, after it, or never. */
  readonly echoes?: 'before' | 'after' | 'never';
  readonly backoffMs?: number;
  readonly attempts?: number;
  /** Meta's clock at the beginning, milliseconds since the epoch; 2026-11-24 10:00 UTC when absent. */
  readonly startsAt?: number;
}

/** A customer of an account, as Meta names them. */
export interface MetaCustomer {
  /** Page-scoped or Instagram-scoped id; on WhatsApp the number without plus, or nothing for one who hides it. */
  readonly id?: string;
  /** Business-scoped id, on WhatsApp. */
  readonly userId?: string;
  readonly name?: string;
}

const OBJECTS: Readonly<Record<MetaProduct, MetaObject>> = {
  messenger: 'page',
  instagram: 'instagram',
  whatsapp: 'whatsapp_business_account',
};

/**
 * Meta, as an app that has pages, Instagram accounts and WhatsApp numbers sees it. Written from Meta's pages, with
 * signing of its own; its clock is its own, so that windows and addresses run out when a test says so.
 */
export class MetaSimulator {
  readonly calls: MetaCaller;
  readonly #app: { appSecret: string; accessToken: string };
  readonly #graph: MetaGraph;
  readonly #echoes: 'before' | 'after' | 'never';
  readonly #wrote = new Map<string, number>();
  #now: number;
  #events = 0;
  #origin = '';
  #later: Promise<void> = Promise.resolve();

  private constructor(options: MetaSimulatorOptions) {
    const { appSecret = 'simulated app secret', accessToken = 'EAAG-simulated', echoes = 'before' } = options;
    this.#app = { appSecret, accessToken };
    this.#echoes = echoes;
    this.#now = options.startsAt ?? Date.parse('2026-11-24T10:00:00Z');
    this.calls = new MetaCaller({
      appSecret,
      verifyToken: options.verifyToken ?? 'simulated verify token',
      backoffMs: options.backoffMs ?? 100,
      attempts: options.attempts ?? 8,
    });
    this.#graph = new MetaGraph(options.accounts, this.#app, {
      now: () => this.#now,
      silence: (account, customer) => {
        const wrote = this.#wrote.get(`${account.id}:${customer}`);
        return wrote === undefined ? undefined : this.#now - wrote;
      },
      taken: (sent) => this.#taken(sent),
    });
  }

  static async start(options: MetaSimulatorOptions): Promise<MetaSimulator> {
    const simulator = new MetaSimulator(options);
    simulator.#origin = await simulator.#graph.listen();
    return simulator;
  }

  async stop(): Promise<void> {
    try {
      await this.#later;
    } finally {
      await this.#graph.close();
    }
  }

  /** Meta's origins, and where they are played. */
  get origins(): ReadonlyMap<string, string> {
    const hosts = ['graph.facebook.com', 'lookaside.fbsbx.com', 'scontent.xx.fbcdn.net'];
    return new Map(hosts.map((host) => [`https://${host}`, this.#origin]));
  }

  /** Messages that apps sent, in order. */
  get sent(): readonly MetaSent[] {
    return this.#graph.sent;
  }

  /** Gives a business account its templates. */
  setTemplates(accountId: string, templates: readonly MetaTemplate[]): void {
    this.#graph.templates.set(accountId, [...templates]);
  }

  uploaded(id: string): MetaFile | undefined {
    return this.#graph.uploaded(id);
  }

  /** Gives an account's callback URL to Meta. */
  async subscribe(product: MetaProduct, callbackUrl: string): Promise<void> {
    await this.calls.subscribe(OBJECTS[product], callbackUrl);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** The token that apps have is no longer taken; the new one is. */
  renewToken(accessToken: string): void {
    this.#app.accessToken = accessToken;
  }

  /** A message is refused so: the next one, or the one after so many that are taken. */
  refuse(
    code: number,
    { subcode, after = 0 }: { readonly subcode?: number; readonly after?: number } = {},
  ): void {
    this.#graph.refusals.push({ code, after, ...(subcode === undefined ? {} : { subcode }) });
  }

  /** A customer writes; @returns Meta's id of the message. */
  async writes(
    account: MetaAccount,
    customer: MetaCustomer,
    said: { readonly text?: string; readonly file?: MetaFile; readonly answers?: string },
  ): Promise<string> {
    for (const id of [customer.id, customer.userId]) {
      if (id !== undefined) this.#wrote.set(`${account.id}:${id}`, this.#now);
    }
    const id = this.#id(account);
    const file = said.file && { ...this.#graph.offer(account, said.file), ...said.file };
    if (account.product === 'whatsapp') {
      await this.#whatsapp(account, {
        contacts: [contactOf(customer)],
        messages: [{ ...whatsappSender(customer), id, ...this.#stamp(), ...whatsappContent(said, file) }],
      });
    } else {
      await this.#messaging(account, customer.id!, {
        message: {
          mid: id,
          ...(said.text === undefined ? {} : { text: said.text }),
          ...(file && { attachments: [{ type: kindOf(file), payload: { url: file.url } }] }),
          ...(said.answers === undefined ? {} : { reply_to: { mid: said.answers } }),
        },
      });
    }
    return id;
  }

  /** Any other event of Messenger or Instagram, as `{ reaction: {…} }`. */
  async acts(
    account: MetaAccount,
    customer: MetaCustomer,
    event: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    if (account.product !== 'whatsapp') return this.#messaging(account, customer.id!, event);
    await this.#whatsapp(account, {
      contacts: [contactOf(customer)],
      messages: [{ ...whatsappSender(customer), id: this.#id(account), ...this.#stamp(), ...event }],
    });
  }

  /** What became of a message that an app sent. Messenger tells no ids with what was read. */
  async reports(
    sent: MetaSent,
    state: 'sent' | 'delivered' | 'read' | 'failed',
    code?: number,
  ): Promise<void> {
    const { account, id, to, body } = sent;
    if (account.product !== 'whatsapp') {
      const { product } = account;
      const read = product === 'messenger' ? { watermark: this.#now } : { mid: id };
      return this.#messaging(
        account,
        to,
        state === 'read' ? { read } : { delivery: { mids: [id], watermark: this.#now } },
      );
    }
    const token = body.biz_opaque_callback_data;
    await this.#whatsapp(account, {
      statuses: [
        {
          ...{ id, status: state, ...this.#stamp(), recipient_id: to },
          ...(token === undefined ? {} : { biz_opaque_callback_data: token }),
          ...(code === undefined ? {} : { errors: [{ code, title: 'Refused as was asked for' }] }),
        },
      ],
    });
  }

  /** An echo, or on WhatsApp the first status, may overtake the answer of the call that sent the message. */
  async #taken(sent: MetaSent): Promise<void> {
    if (this.#echoes === 'before') await this.#echo(sent);
    if (this.#echoes !== 'after') return;
    this.#later = this.#later.then(() => pause(20)).then(() => this.#echo(sent));
    // Heard of in `stop`.
    this.#later.catch(() => undefined);
  }

  async #echo(sent: MetaSent): Promise<void> {
    const { account, id, to, body } = sent;
    if (account.product === 'whatsapp') return this.reports(sent, 'sent');
    const message = { ...(body.message as object), mid: id, is_echo: true, app_id: 256_173_991_234_567 };
    const item = this.#item(account.id, to, { message });
    await this.calls.call(OBJECTS[account.product], [this.#entry(account, { messaging: [item] })]);
  }

  #messaging(
    account: MetaAccount,
    customer: string,
    event: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const item = this.#item(customer, account.id, event);
    return this.calls.call(OBJECTS[account.product], [this.#entry(account, { messaging: [item] })]);
  }

  #whatsapp(account: MetaAccount, value: Readonly<Record<string, unknown>>): Promise<void> {
    const metadata = { display_phone_number: account.displayNumber, phone_number_id: account.id };
    const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } };
    return this.calls.call('whatsapp_business_account', [{ id: '102290129340398', changes: [change] }]);
  }

  #entry(account: MetaAccount, content: object): object {
    return { id: account.id, time: this.#now, ...content };
  }

  #item(sender: string, recipient: string, event: object): object {
    return { sender: { id: sender }, recipient: { id: recipient }, timestamp: this.#now, ...event };
  }

  #stamp(): { readonly timestamp: string } {
    return { timestamp: String(Math.floor(this.#now / 1000)) };
  }

  #id({ product }: MetaAccount): string {
    const number = (++this.#events).toString(36).padStart(12, '0');
    return product === 'whatsapp' ? `wamid.HBgM${number}` : `m_in_${number}`;
  }
}

function contactOf({ id, userId, name }: MetaCustomer): object {
  return { profile: { name: name ?? 'Ann' }, ...(id && { wa_id: id }), ...(userId && { user_id: userId }) };
}

function whatsappSender({ id, userId }: MetaCustomer): object {
  return { ...(id && { from: id }), ...(userId && { from_user_id: userId }) };
}

function whatsappContent(
  said: { readonly text?: string; readonly answers?: string },
  file: (MetaFile & { readonly id: string }) | undefined,
): object {
  const context = said.answers === undefined ? {} : { context: { id: said.answers } };
  if (file === undefined) return { type: 'text', text: { body: said.text ?? '' }, ...context };
  const type = kindOf(file) === 'file' ? 'document' : kindOf(file);
  const content = {
    ...{ id: file.id, mime_type: file.contentType },
    ...(type === 'document' && { filename: file.name }),
    ...(said.text && { caption: said.text }),
  };
  return { type, [type]: content, ...context };
}

function kindOf({ contentType }: MetaFile): string {
  const family = contentType.split('/')[0]!;
  return ['image', 'audio', 'video'].includes(family) ? family : 'file';
}
