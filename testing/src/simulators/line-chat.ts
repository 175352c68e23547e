import { randomBytes } from 'node:crypto';
import type { LineContent } from './line-api.js';

export type LineSource = Readonly<Record<string, string>>;

export interface LineEvent {
  readonly type: string;
  readonly webhookEventId: string;
  readonly [field: string]: unknown;
}

/** What a chat needs from the LINE around it. */
export interface LineWorld {
  happened(event: LineEvent): void;
  keepContent(messageId: string, content: LineContent): void;
}

/** A chat with a friend, or a group. Every doing is an event; messages give their id. */
export class LineChat {
  isBlocked = false;

  constructor(
    readonly id: string,
    private readonly source: LineSource,
    private readonly world: LineWorld,
  ) {}

  adds(): void {
    const follow = { isUnblocked: this.isBlocked };
    this.isBlocked = false;
    this.#event('follow', { follow, replyToken: token() });
  }

  blocks(): void {
    this.isBlocked = true;
    this.#event('unfollow', {});
  }

  /** The account is put into the group, or out of it. */
  joins(): void {
    this.#event('join', { replyToken: token() });
  }

  leaves(): void {
    this.#event('leave', {});
  }

  says(text: string, quotedMessageId?: string): string {
    return this.#message({
      type: 'text',
      quoteToken: token(),
      text,
      ...(quotedMessageId === undefined ? {} : { quotedMessageId }),
    });
  }

  sendsSticker(keywords: readonly string[]): string {
    const sticker = { packageId: '11537', stickerId: '52002744', stickerResourceType: 'STATIC', keywords };
    return this.#message({ type: 'sticker', quoteToken: token(), ...sticker });
  }

  /** Pictures that were sent at once: an event each, with one mark. */
  sendsImages(contents: readonly Uint8Array[]): readonly string[] {
    const id = randomBytes(32).toString('hex').toUpperCase();
    return contents.map((content, at) => {
      const imageSet = contents.length < 2 ? {} : { imageSet: { id, index: at + 1, total: contents.length } };
      return this.#file('image', 'image/jpeg', content, 0, imageSet);
    });
  }

  /** @param preparing how often LINE says that it is not ready. */
  sendsVideo(content: Uint8Array, preparing = 0): string {
    return this.#file('video', 'video/mp4', content, preparing, { duration: 1000 });
  }

  sendsFile(fileName: string, content: Uint8Array): string {
    const named = { fileName, fileSize: content.byteLength };
    return this.#file('file', 'application/octet-stream', content, 0, named);
  }

  unsends(messageId: string): void {
    this.#event('unsend', { unsend: { messageId } });
  }

  taps(data: string): void {
    this.#event('postback', { replyToken: token(), postback: { data } });
  }

  #file(
    type: string,
    contentType: string,
    content: Uint8Array,
    preparing: number,
    more: Readonly<Record<string, unknown>>,
  ): string {
    const id = messageId();
    this.world.keepContent(id, { content, contentType, preparing });
    const provider = type === 'file' ? {} : { quoteToken: token(), contentProvider: { type: 'line' } };
    return this.#message({ type, id, ...provider, ...more });
  }

  #message(message: Readonly<Record<string, unknown>>): string {
    const id = typeof message['id'] === 'string' ? message['id'] : messageId();
    this.#event('message', { replyToken: token(), message: { ...message, id } });
    return id;
  }

  #event(type: string, more: Readonly<Record<string, unknown>>): void {
    this.world.happened({
      type,
      ...more,
      webhookEventId: ulid(),
      timestamp: Date.now(),
      source: this.source,
      mode: 'active',
    });
  }
}

function token(): string {
  return randomBytes(16).toString('hex');
}

/** 18 digits, as LINE's are. */
function messageId(): string {
  return String(BigInt(`0x${randomBytes(7).toString('hex')}`) + 100_000_000_000_000_000n);
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 48 bits of time, 80 of chance, in Crockford's base 32. */
function ulid(): string {
  const value = (BigInt(Date.now()) << 80n) | BigInt(`0x${randomBytes(10).toString('hex')}`);
  return Array.from(
    { length: 26 },
    (_, at) => CROCKFORD[Number((value >> BigInt(5 * (25 - at))) & 31n)],
  ).join('');
}
