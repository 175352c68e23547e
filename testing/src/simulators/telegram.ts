import { randomBytes, randomInt } from 'node:crypto';
import {
  type BotMessage,
  callParameters,
  type Fields,
  locateFile,
  type StoredFile,
  TelegramRefusal,
  textWithin,
} from './telegram-bot-api.js';
import { TelegramChat, type TelegramPerson } from './telegram-chat.js';
import {
  jsonAnswer,
  serveVendor,
  type VendorAnswer,
  type VendorRequest,
  type VendorServer,
} from './vendor-server.js';
import { type CallingHabits, WebhookSender } from './webhook-sender.js';

const HABITS: CallingHabits = { copies: 1, isShuffled: false, retryMs: 200, tries: 30, waitMs: 10_000 };

/**
 * Telegram as a bot sees it: people and groups that write, the Bot API that takes what the bot sends, and webhooks that
 * are tried until they are taken, in the order of each chat. Written from the documentation of the Bot API and its
 * published server, and on purpose apart from the channel's code: a fault that both share would hide itself.
 */
export class TelegramSimulator {
  readonly username = 'acme_help_bot';
  readonly botId = randomInt(6_000_000_000, 7_000_000_000);
  token = this.#newToken();
  readonly sender = new WebhookSender(HABITS, (_id, answer) => this.#hear(answer));
  readonly sent: BotMessage[] = [];
  /** Ids of callback queries that the bot answered. */
  readonly answeredCallbacks: string[] = [];
  readonly #chats = new Map<number, TelegramChat>();
  readonly #files = new Map<string, StoredFile>();
  #server: VendorServer | undefined;
  #webhook: { readonly url: string; readonly secret: string } | undefined;
  /** Without a webhook: what waits to be asked for. */
  #pending: Fields[] = [];
  #updateId = randomInt(100_000_000, 900_000_000);
  #messageId = 0;
  #floods = 0;
  #lost = 0;

  static async start(): Promise<TelegramSimulator> {
    const simulator = new TelegramSimulator();
    simulator.#server = await serveVendor((request) => simulator.#answer(request));
    return simulator;
  }

  /** Stands in the place of `https://api.telegram.org`. */
  get origin(): string {
    return this.#server?.origin ?? '';
  }

  async stop(): Promise<void> {
    this.sender.stop();
    await this.#server?.close();
  }

  /** As the administrator does it, once. */
  setWebhook(url: string, secret: string): void {
    this.#webhook = { url, secret };
  }

  /** Updates wait to be asked for from now on. */
  deleteWebhook(): void {
    this.#webhook = undefined;
  }

  /** Updates that nobody has confirmed by asking for later ones. */
  get pending(): number {
    return this.#pending.length;
  }

  behave(habits: Partial<CallingHabits>): void {
    this.sender.habits = { ...HABITS, ...habits };
  }

  /** Waits until every update was taken. */
  settled(): Promise<void> {
    return this.sender.settled();
  }

  /** The next calls are too many. */
  flood(calls: number): void {
    this.#floods = calls;
  }

  /** Of the next calls that send something the bot never hears what became of them. */
  loseAnswers(calls: number): void {
    this.#lost = calls;
  }

  /** @BotFather gives the bot another token; the old one is worth nothing from now on. */
  revokeToken(): void {
    this.token = this.#newToken();
  }

  /** Paths that were given out lead nowhere from now on. */
  moveFiles(): void {
    for (const file of this.#files.values()) file.path = undefined;
  }

  /** Somebody with a private chat, who has not pressed START yet. */
  person(firstName: string, more: Partial<TelegramPerson> = {}): TelegramChat {
    const id = randomInt(100_000_000, 2_000_000_000);
    const person = { id, is_bot: false, first_name: firstName, ...more };
    return this.#open({ id, first_name: firstName, type: 'private' }, person);
  }

  /** A group that the person is in, and puts the bot into. */
  group(title: string, founder: TelegramChat): TelegramChat {
    const id = -randomInt(1_000_000_000, 2_000_000_000) - 1_000_000_000_000;
    const group = this.#open({ id, title, type: 'supergroup' }, founder.person);
    group.letsBotIn();
    return group;
  }

  sentTo(chat: TelegramChat): readonly BotMessage[] {
    return this.sent.filter(({ chatId }) => chatId === chat.id);
  }

  #open(chat: Fields & { readonly id: number }, person: TelegramPerson): TelegramChat {
    const opened = new TelegramChat(chat, person, {
      nextMessageId: () => ++this.#messageId,
      keepFile: (content, size = content.byteLength) => {
        const id = `F${randomBytes(12).toString('hex')}`;
        this.#files.set(id, { id, content, size });
        return id;
      },
      bot: () => ({ id: this.botId, is_bot: true, first_name: 'Acme Help', username: this.username }),
      botMessage: (id) => this.sent.find(({ message_id }) => message_id === id),
      update: (kind, payload) => this.#update(chat.id, kind, payload),
    });
    this.#chats.set(chat.id, opened);
    return opened;
  }

  #update(chatId: number, kind: string, payload: Fields): number {
    const updateId = ++this.#updateId;
    const { url, secret } = this.#webhook ?? {};
    if (url === undefined || secret === undefined) {
      this.#pending.push({ update_id: updateId, [kind]: payload });
      return updateId;
    }
    const body = `{"update_id":${updateId},\n"${kind}":${JSON.stringify(payload)}}`;
    const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret };
    this.sender.send(String(updateId), String(chatId), () => ({ url, headers, body }));
    return updateId;
  }

  /** A call to the Bot API may ride on the answer to a webhook. */
  #hear(answer: string): void {
    if (answer === '') return;
    const { method, callback_query_id: callback } = JSON.parse(answer) as Record<string, string>;
    if (method === 'answerCallbackQuery' && callback) this.answeredCallbacks.push(callback);
  }

  async #answer({ path, headers, body }: VendorRequest): Promise<VendorAnswer> {
    const [, isFile, token, rest = ''] = /^\/(file\/)?bot([^/]+)\/(.+)$/.exec(path) ?? [];
    if (token !== this.token) return new TelegramRefusal(401, 'Unauthorized').answer();
    if (isFile) return this.#file(rest);
    try {
      const { fields, files } = await callParameters(headers['content-type'] ?? '', Uint8Array.from(body));
      if (rest.startsWith('send') && this.#floods-- > 0) {
        throw new TelegramRefusal(429, 'Too Many Requests: retry after 1', { retry_after: 1 });
      }
      const result = this.#call(rest, fields, files, await contentsOf(files));
      const isLost = rest.startsWith('send') && this.#lost-- > 0;
      return { ...jsonAnswer(200, { ok: true, result }), isLost };
    } catch (error) {
      if (error instanceof TelegramRefusal) return error.answer();
      throw error;
    }
  }

  #call(
    method: string,
    fields: Fields,
    files: ReadonlyMap<string, File>,
    contents: ReadonlyMap<string, Uint8Array>,
  ): unknown {
    switch (method) {
      case 'getMe':
        return { id: this.botId, is_bot: true, first_name: 'Acme Help', username: this.username };
      case 'getWebhookInfo':
        return { url: this.#webhook?.url ?? '', has_custom_certificate: false, pending_update_count: 0 };
      case 'setWebhook':
        this.setWebhook(String(fields['url']), String(fields['secret_token']));
        return true;
      case 'deleteWebhook':
        this.deleteWebhook();
        return true;
      case 'getUpdates':
        return this.#updates(fields);
      case 'answerCallbackQuery':
        this.answeredCallbacks.push(String(fields['callback_query_id']));
        return true;
      case 'getFile':
        return locateFile(this.#files, fields['file_id']);
      case 'sendMessage':
        return this.#send(fields, textWithin(fields['text'], 4096, 'message'), []);
      case 'sendPhoto':
      case 'sendDocument': {
        const kind = method === 'sendPhoto' ? 'photo' : 'document';
        const file = sentFile(files, contents, kind, kind);
        return this.#send(fields, textWithin(fields['caption'], 1024, 'caption'), [file]);
      }
      case 'sendMediaGroup':
        return this.#sendGroup(fields, files, contents);
      default:
        throw new TelegramRefusal(404, 'Not Found');
    }
  }

  /** At most 100; those before `offset` are confirmed, and forgotten. Nothing is held open: the answer comes at once. */
  #updates({ offset = 0 }: Fields): readonly Fields[] {
    if (this.#webhook !== undefined) {
      const told = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first";
      throw new TelegramRefusal(409, told);
    }
    this.#pending = this.#pending.filter((update) => Number(update['update_id']) >= Number(offset));
    return this.#pending.slice(0, 100);
  }

  #sendGroup(
    fields: Fields,
    files: ReadonlyMap<string, File>,
    contents: ReadonlyMap<string, Uint8Array>,
  ): readonly Fields[] {
    const media = Array.isArray(fields['media']) ? (fields['media'] as Record<string, string>[]) : [];
    if (media.length < 2 || media.length > 10) {
      throw new TelegramRefusal(400, 'Bad Request: wrong number of media in the album');
    }
    if (media.some(({ type }) => type === 'document') && media.some(({ type }) => type !== 'document')) {
      throw new TelegramRefusal(400, "Bad Request: document can't be mixed with other media types");
    }
    return media.map(({ type = '', media: name = '', caption }) => {
      const file = sentFile(files, contents, name.replace('attach://', ''), type);
      return this.#send(fields, textWithin(caption, 1024, 'caption'), [file]);
    });
  }

  #send(fields: Fields, text: string, files: BotMessage['files']): Fields {
    const chat = this.#chats.get(Number(fields['chat_id']));
    if (chat === undefined) throw new TelegramRefusal(400, 'Bad Request: chat not found');
    const refusal = chat.refusalOfBot();
    if (refusal !== undefined) throw refusal;
    const reply = fields['reply_parameters'] as Record<string, unknown> | undefined;
    const repliesTo = typeof reply?.['message_id'] === 'number' ? reply['message_id'] : undefined;
    const isThere =
      repliesTo !== undefined && (chat.has(repliesTo) || this.sent.some((m) => m.message_id === repliesTo));
    if (repliesTo !== undefined && !isThere && reply?.['allow_sending_without_reply'] !== true) {
      throw new TelegramRefusal(400, 'Bad Request: message to be replied not found');
    }
    const message_id = ++this.#messageId;
    this.sent.push({ message_id, chatId: chat.id, text, files, ...(isThere ? { repliesTo } : {}) });
    return {
      message_id,
      chat: chat.chat,
      date: Math.floor(Date.now() / 1000),
      ...(text === '' ? {} : { text }),
    };
  }

  #file(path: string): VendorAnswer {
    const file = [...this.#files.values()].find((each) => each.path === path);
    if (file === undefined) return new TelegramRefusal(404, 'Not Found').answer();
    return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: file.content };
  }

  #newToken(): string {
    return `${this.botId}:AA${randomBytes(24).toString('base64url')}A`;
  }
}

async function contentsOf(files: ReadonlyMap<string, File>): Promise<ReadonlyMap<string, Uint8Array>> {
  const read = [...files].map(
    async ([name, file]) => [name, new Uint8Array(await file.arrayBuffer())] as const,
  );
  return new Map(await Promise.all(read));
}

function sentFile(
  files: ReadonlyMap<string, File>,
  contents: ReadonlyMap<string, Uint8Array>,
  field: string,
  kind: string,
): BotMessage['files'][number] {
  const file = files.get(field);
  const content = contents.get(field);
  if (file === undefined || content === undefined) {
    throw new TelegramRefusal(400, `Bad Request: there is no ${kind} in the request`);
  }
  if (kind === 'photo' && !isPicture(content)) {
    throw new TelegramRefusal(400, 'Bad Request: IMAGE_PROCESS_FAILED');
  }
  return { kind, name: file.name, content };
}

/** By the first bytes of JPEG and PNG. */
function isPicture(content: Uint8Array): boolean {
  const start = Buffer.from(content.subarray(0, 4)).toString('hex');
  return start.startsWith('ffd8ff') || start === '89504e47';
}
