import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { LineApi, type LineContent, type PushedMessage } from './line-api.js';
import { LineChat, type LineEvent, type LineSource } from './line-chat.js';
import {
  jsonAnswer,
  serveVendor,
  type VendorAnswer,
  type VendorRequest,
  type VendorServer,
} from './vendor-server.js';
import { type CallingHabits, WebhookSender } from './webhook-sender.js';

/** LINE waits two seconds, and tries again only where redelivery was switched on. */
const HABITS: CallingHabits = { copies: 1, isShuffled: false, retryMs: 200, tries: 30, waitMs: 2000 };

export interface LineOptions {
  /** The switch “Webhook redelivery” of the console; on by default here, off at LINE. */
  readonly redelivers?: boolean;
}

/**
 * LINE as an Official Account sees it: friends and groups that write, the Messaging API that takes what is pushed, and
 * signed webhooks. Written from LINE's reference and its OpenAPI, and on purpose apart from the channel's code: a
 * fault that both share would hide itself.
 */
export class LineSimulator {
  readonly channelId = String(randomInt(1_650_000_000, 2_010_000_000));
  readonly channelSecret = randomBytes(16).toString('hex');
  readonly accessToken = randomBytes(96).toString('base64');
  readonly destination = `U${randomBytes(16).toString('hex')}`;
  readonly sender: WebhookSender;
  readonly pushed: PushedMessage[] = [];
  readonly #tokens = new Set([this.accessToken]);
  readonly #contents = new Map<string, LineContent>();
  readonly #chats = new Map<string, LineChat>();
  readonly #account = {
    channelId: this.channelId,
    channelSecret: this.channelSecret,
    tokens: this.#tokens,
    contents: this.#contents,
    chats: this.#chats,
    pushed: this.pushed,
    quota: 1000,
  };
  readonly #api = new LineApi(this.#account);
  #server: VendorServer | undefined;
  #webhookUrl: string | undefined;
  #batch: LineEvent[] | undefined;
  #floods = 0;
  #lost = 0;

  private constructor({ redelivers = true }: LineOptions) {
    this.sender = new WebhookSender({ ...HABITS, tries: redelivers ? HABITS.tries : 1 });
  }

  static async start(options: LineOptions = {}): Promise<LineSimulator> {
    const simulator = new LineSimulator(options);
    simulator.#server = await serveVendor((request) => simulator.#answer(request));
    return simulator;
  }

  /** Stands in the place of `https://api.line.me` and of `https://api-data.line.me`. */
  get origin(): string {
    return this.#server?.origin ?? '';
  }

  async stop(): Promise<void> {
    this.sender.stop();
    await this.#server?.close();
  }

  /** As the administrator does it in the console. */
  setWebhook(url: string): void {
    this.#webhookUrl = url;
  }

  /** The console's button “Verify”: a signed call without events. @returns the status it was answered. */
  async verifyWebhook(): Promise<number> {
    const { url, headers, body } = this.#callOf([], 1);
    return (await fetch(url, { method: 'POST', headers, body })).status;
  }

  behave(habits: Partial<CallingHabits>): void {
    this.sender.habits = { ...this.sender.habits, ...habits };
  }

  /** Waits until every call was taken. */
  settled(): Promise<void> {
    return this.sender.settled();
  }

  /** What happens in `doings` arrives in one call. */
  together(doings: () => void): void {
    this.#batch = [];
    doings();
    const events = this.#batch;
    this.#batch = undefined;
    this.#send(events);
  }

  /** The next pushes are over the rate limit. */
  flood(calls: number): void {
    this.#floods = calls;
  }

  /** Of the next pushes, which are accepted, nobody hears. */
  loseAnswers(calls: number): void {
    this.#lost = calls;
  }

  /** Pushes that the plan has left this month. */
  setQuota(messages: number): void {
    this.#account.quota = messages;
  }

  /** Every token but the long-lived one. */
  expireTokens(): void {
    this.#tokens.clear();
    this.#tokens.add(this.accessToken);
  }

  /** LINE deletes contents after a time that it does not tell. */
  forgetContents(): void {
    for (const content of this.#contents.values()) content.isGone = true;
  }

  /** Somebody who knows the account and has not added it yet. */
  person(): LineChat {
    const userId = `U${randomBytes(16).toString('hex')}`;
    return this.#open(userId, { type: 'user', userId });
  }

  /** A group that the person is in. */
  group(member: LineChat): LineChat {
    const groupId = `C${randomBytes(16).toString('hex')}`;
    return this.#open(groupId, { type: 'group', groupId, userId: member.id });
  }

  sentTo(chat: LineChat): readonly PushedMessage[] {
    return this.pushed.filter(({ to }) => to === chat.id);
  }

  #open(id: string, source: LineSource): LineChat {
    const chat = new LineChat(id, source, {
      happened: (event) => (this.#batch === undefined ? this.#send([event]) : this.#batch.push(event)),
      keepContent: (messageId, content) => this.#contents.set(messageId, content),
    });
    this.#chats.set(id, chat);
    return chat;
  }

  /** Calls run beside one another: LINE promises no order. */
  #send(events: readonly LineEvent[]): void {
    const id = events.map(({ webhookEventId }) => webhookEventId).join(',');
    this.sender.send(id, id, (tried) => this.#callOf(events, tried));
  }

  #callOf(events: readonly LineEvent[], tried: number) {
    if (this.#webhookUrl === undefined) throw new Error('no webhook was set');
    const delivered = events.map((event) => ({ ...event, deliveryContext: { isRedelivery: tried > 1 } }));
    const body = JSON.stringify({ destination: this.destination, events: delivered });
    return {
      url: this.#webhookUrl,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'LineBotWebhook/2.0',
        'x-line-signature': lineSignature(this.channelSecret, body),
      },
      body,
    };
  }

  #answer(request: VendorRequest): VendorAnswer {
    const isPush = request.path.endsWith('/push');
    if (isPush && this.#floods-- > 0) {
      return jsonAnswer(429, { message: 'The API rate limit has been exceeded. Try again later.' });
    }
    const answer = this.#api.answer(request);
    const isLost = isPush && answer.status === 200 && this.#lost-- > 0;
    return { ...answer, isLost };
  }
}

/** As LINE signs; its published example is in the spec. */
export function lineSignature(channelSecret: string, body: string): string {
  return createHmac('sha256', channelSecret).update(body, 'utf8').digest('base64');
}
