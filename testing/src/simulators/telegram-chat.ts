import { randomInt } from 'node:crypto';
import { type BotMessage, type Fields, TelegramRefusal } from './telegram-bot-api.js';

export interface TelegramPerson extends Fields {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly language_code?: string;
}

/** What a chat needs from the Telegram around it. */
export interface TelegramWorld {
  nextMessageId(): number;
  keepFile(content: Uint8Array, size?: number): string;
  bot(): Fields;
  botMessage(id: number): BotMessage | undefined;
  /** @returns the update's id. */
  update(kind: string, payload: Fields): number;
}

/** A private chat or a group, and what people do in it. Every doing is an update; messages give their id. */
export class TelegramChat {
  readonly #messages = new Map<number, Fields>();
  #hasBot = false;
  #wasBlocked = false;

  constructor(
    readonly chat: Fields & { readonly id: number },
    readonly person: TelegramPerson,
    private readonly world: TelegramWorld,
  ) {}

  get id(): number {
    return this.chat.id;
  }

  has(messageId: number): boolean {
    return this.#messages.has(messageId);
  }

  /** Why the bot may not write here; undefined when it may. */
  refusalOfBot(): TelegramRefusal | undefined {
    if (this.#hasBot) return undefined;
    if (this.chat['type'] !== 'private') {
      return new TelegramRefusal(403, 'Forbidden: bot was kicked from the supergroup chat');
    }
    return this.#wasBlocked
      ? new TelegramRefusal(403, 'Forbidden: bot was blocked by the user')
      : new TelegramRefusal(403, "Forbidden: bot can't initiate conversation with a user");
  }

  starts(payload = ''): number {
    return this.says(`/start ${payload}`.trim());
  }

  says(text: string, more: Fields = {}): number {
    return this.#message({ text, ...more });
  }

  /** To one of the bot's messages or of somebody's. */
  replies(messageId: number, text: string): number {
    const own = this.#messages.get(messageId);
    const bots = this.world.botMessage(messageId);
    const answered = own ?? {
      message_id: messageId,
      from: this.world.bot(),
      chat: this.chat,
      text: bots?.text,
    };
    return this.says(text, { reply_to_message: answered });
  }

  /** @param size what Telegram says of it, where that is not the content's. */
  sendsDocument(name: string, content: Uint8Array, more: Fields = {}, size = content.byteLength): number {
    const file_id = this.world.keepFile(content, size);
    const document = {
      file_name: name,
      mime_type: 'application/pdf',
      file_id,
      file_unique_id: `u${file_id}`,
    };
    return this.#message({ document: { ...document, file_size: size }, ...more });
  }

  sendsPhoto(content: Uint8Array, more: Fields = {}): number {
    const size = (width: number) => {
      const file_id = this.world.keepFile(content);
      return { file_id, file_unique_id: `u${file_id}`, width, height: width, file_size: content.byteLength };
    };
    return this.#message({ photo: [size(90), size(1280)], ...more });
  }

  /** Each is a message of its own, with one mark; the text stands under the first. */
  sendsAlbum(contents: readonly Uint8Array[], caption: string): readonly number[] {
    const media_group_id = String(randomInt(2 ** 40));
    return contents.map((content, at) =>
      this.sendsPhoto(content, { media_group_id, ...(at === 0 ? { caption } : {}) }),
    );
  }

  edits(messageId: number, text: string): void {
    const changed = { ...this.#messages.get(messageId), text, edit_date: now() + 1 };
    this.#messages.set(messageId, changed);
    this.world.update('edited_message', changed);
  }

  /** @param emoji null takes it back. */
  reacts(messageId: number, emoji: string | null): void {
    this.world.update('message_reaction', {
      chat: this.chat,
      message_id: messageId,
      user: this.person,
      date: now(),
      old_reaction: [],
      new_reaction: emoji === null ? [] : [{ type: 'emoji', emoji }],
    });
  }

  /** A button under a message of the bot. @returns the query's id. */
  presses(messageId: number, label: string, data: string): string {
    const id = String(randomInt(2 ** 40));
    this.world.update('callback_query', {
      id,
      from: this.person,
      message: {
        message_id: messageId,
        from: this.world.bot(),
        chat: this.chat,
        date: now(),
        reply_markup: { inline_keyboard: [[{ text: label, callback_data: data }]] },
      },
      chat_instance: '1',
      data,
    });
    return id;
  }

  /** A person blocks the bot, or a group puts it out. */
  blocksBot(): void {
    this.#hasBot = false;
    this.#wasBlocked = true;
    this.#membership('member', 'kicked');
  }

  letsBotIn(): void {
    this.#hasBot = true;
    this.#membership(this.#wasBlocked ? 'kicked' : 'left', 'member');
  }

  #membership(old: string, status: string): void {
    this.world.update('my_chat_member', {
      chat: this.chat,
      from: this.person,
      date: now(),
      old_chat_member: { user: this.world.bot(), status: old },
      new_chat_member: { user: this.world.bot(), status },
    });
  }

  #message(content: Fields): number {
    // Whoever writes to a bot lets it write back.
    this.#hasBot = true;
    const message_id = this.world.nextMessageId();
    const message = { message_id, from: this.person, chat: this.chat, date: now(), ...content };
    this.#messages.set(message_id, message);
    this.world.update('message', message);
    return message_id;
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
