import {
  type Account,
  NotSentError,
  type OutboundFile,
  type ReceivedFile,
  type ReceivedMessage,
  type Recipient,
  UnknownRecipientError,
} from './account.js';

/** Of the Wechaty library what we call, so that this package compiles without it. */
export interface WechatyLibrary {
  readonly WechatyBuilder: { build(options: Readonly<Record<string, unknown>>): WechatyBot };
  readonly FileBox: { fromBase64(base64: string, name: string): unknown };
}

export interface WechatyBot {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly isLoggedIn: boolean;
  readonly Contact: { find(query: { readonly id: string }): Promise<WechatyContact | undefined> };
  readonly Room: { find(query: { readonly id: string }): Promise<WechatyRoom | undefined> };
  on(event: 'message', listener: (message: WechatyMessage) => void): unknown;
  on(event: 'scan' | 'login' | 'logout' | 'error', listener: (what: unknown) => void): unknown;
}

export interface WechatyContact {
  readonly id: string;
  name(): string;
  say(what: unknown): Promise<{ readonly id: string } | void>;
}

export interface WechatyRoom {
  readonly id: string;
  topic(): Promise<string>;
  say(what: unknown): Promise<{ readonly id: string } | void>;
}

export interface WechatyMessage {
  readonly id: string;
  type(): number;
  text(): string;
  self(): boolean;
  date(): Date;
  talker(): WechatyContact;
  room(): WechatyRoom | undefined;
  toFileBox(): Promise<{
    readonly name: string;
    readonly mediaType: string;
    toBuffer(): Promise<Uint8Array>;
  }>;
  toRecalled(): Promise<{ readonly id: string } | undefined>;
  toUrlLink(): Promise<{ title(): string; url(): string; description(): string | undefined }>;
  toMiniProgram(): Promise<{ title(): string | undefined; pagePath(): string | undefined }>;
}

/** A file as the library takes it. */
export type MakeFile = (base64: string, name: string) => unknown;

/** `types.Message` of wechaty-puppet 1.21.3, by number. */
const TYPES = [
  ...['unknown', 'attachment', 'audio', 'contact', 'history', 'emoticon', 'image', 'text', 'location'],
  ...['mini_program', 'group_note', 'transfer', 'red_envelope', 'recalled', 'url', 'video', 'post'],
];
/** A PDF comes as unknown; whatever has no file says so when it is asked for one. */
const WITH_FILE = new Set(['unknown', 'attachment', 'audio', 'emoticon', 'image', 'video']);

/** An account behind the Wechaty library, whichever way that reaches WeChat. */
export class WechatyAccount implements Account {
  constructor(
    private readonly bot: WechatyBot,
    private readonly makeFile: MakeFile,
  ) {}

  isLoggedIn(): boolean {
    return this.bot.isLoggedIn;
  }

  async say(to: Recipient, what: string | OutboundFile): Promise<string | undefined> {
    const found = await this.#find(to);
    if (found === undefined) throw new UnknownRecipientError(`the account knows no ${to.kind} of this id`);
    const said = typeof what === 'string' ? what : this.makeFile(base64Of(what), what.name);
    // The library gives nothing back where its way to WeChat tells no id.
    return (await found.say(said))?.id;
  }

  /** Ways to WeChat differ in what they make of an id that they do not know: nothing, or an error. */
  async #find({ kind, id }: Recipient): Promise<WechatyContact | WechatyRoom | undefined> {
    try {
      return await (kind === 'room' ? this.bot.Room.find({ id }) : this.bot.Contact.find({ id }));
    } catch (cause) {
      throw new NotSentError(`the account could not look the ${kind} up`, { cause });
    }
  }

  /** Each message once it was read, in the order they came; `fail` is told of those that could not be. */
  listen(
    take: (message: ReceivedMessage) => Promise<void>,
    fail: (error: unknown, id: string) => void,
  ): void {
    let before: Promise<void> = Promise.resolve();
    this.bot.on('message', (message) => {
      before = before
        .then(async () => take(await receivedMessage(message)))
        .catch((error: unknown) => fail(error, message.id));
    });
  }
}

function base64Of({ content }: OutboundFile): string {
  return Buffer.from(content).toString('base64');
}

async function receivedMessage(message: WechatyMessage): Promise<ReceivedMessage> {
  const type = TYPES[message.type()] ?? 'unknown';
  const room = message.room();
  const recalled = type === 'recalled' ? await message.toRecalled() : undefined;
  return {
    kind: recalled === undefined ? 'message' : 'recalled',
    id: message.id,
    at: message.date().getTime(),
    from: { id: message.talker().id, name: message.talker().name() },
    ...(room === undefined ? {} : { room: { id: room.id, topic: await room.topic() } }),
    self: message.self(),
    type,
    // The text of a picture, a recording and the like is XML of the protocol.
    text: WITH_FILE.has(type) && type !== 'unknown' ? '' : await textOf(message, type),
    ...(recalled === undefined ? {} : { recalledId: recalled.id }),
    ...(WITH_FILE.has(type) ? { file: () => fileOf(message) } : {}),
  };
}

/** What cannot be had is told without its file: the message itself must not be lost with it. */
async function fileOf(message: WechatyMessage): Promise<ReceivedFile | undefined> {
  try {
    const box = await message.toFileBox();
    return { name: box.name, contentType: box.mediaType, content: await box.toBuffer() };
  } catch {
    return undefined;
  }
}

async function textOf(message: WechatyMessage, type: string): Promise<string> {
  const said = message.text();
  try {
    if (type === 'url') {
      const link = await message.toUrlLink();
      return [link.title(), link.description(), link.url()].filter(Boolean).join('\n');
    }
    if (type === 'mini_program') {
      const card = await message.toMiniProgram();
      return [card.title(), card.pagePath()].filter(Boolean).join('\n');
    }
  } catch {
    // As it stands, where the library cannot take it apart.
  }
  return said;
}
