import type { ChatMessage, ChatSettings, ChatState, ChatTyping } from '@tributary/contracts';
import { ChatApi, RefusedError } from './chat-api.js';
import { EventReader, type StreamEvent } from './event-reader.js';
import { alone, Kept } from './kept.js';
import { Outbox, type Unsent } from './outbox.js';

/** A user whom the site has signed for. */
export interface SiteUser {
  readonly id: string;
  readonly signature: string;
  readonly name?: string;
  readonly email?: string;
}

export interface ChatParts {
  /** The desk's address, without a slash at the end. */
  readonly desk: string;
  readonly inboxId: string;
  readonly user: SiteUser | undefined;
  readonly language: string;
  readonly changed: () => void;
  /** A message of ours that was not here before. */
  readonly arrived: (message: ChatMessage) => void;
}

export type Connection = 'idle' | 'live' | 'lost';

/** A typing mark is said anew while somebody writes; without the next one it ends. */
const TYPING_SHOWN_MS = 6000;
const TYPING_SAID_MS = 3000;
const LONGEST_WAIT_MS = 8000;
const TALKED = 'talked';
const TOKEN = 'token';
const READ = 'read';
const EMAIL = 'email';

/** One customer's conversation as this page knows it: what the desk told, and what waits to be sent. */
export class Chat {
  settings: ChatSettings | undefined;
  state: ChatState | undefined;
  connection: Connection = 'idle';
  typing: string | undefined;
  /** Why the chat cannot be used at all: a code of the desk. */
  fault: string | undefined;
  readonly kept: Kept;
  readonly outbox: Outbox;
  readonly #api: ChatApi;
  readonly #messages = new Map<string, ChatMessage>();
  readonly #reported = new Map<string, 'delivered' | 'read'>();
  readonly #scope: string;
  #reader: EventReader | undefined;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #typingSaid = 0;
  #reading = false;
  #closed = false;

  constructor(private readonly parts: ChatParts) {
    const { desk, inboxId, user } = parts;
    this.#scope = user ? `${inboxId}:${user.id}` : inboxId;
    this.kept = new Kept(this.#scope);
    this.#api = new ChatApi(`${desk}/chat/${inboxId}`);
    this.outbox = new Outbox({
      kept: this.kept,
      scope: this.#scope,
      send: (message) => this.#withToken((token) => this.#api.send(token, message).then(() => undefined)),
      judge: (error, tried) => this.#judge(error, tried),
      changed: parts.changed,
    });
  }

  /** Who has talked here before hears at once what came since; what waits is sent. */
  async start(): Promise<void> {
    if (this.kept.get(TALKED) !== undefined) this.#follow();
    if (this.outbox.entries().length > 0) this.outbox.flush();
    for (let tried = 0; !this.#closed; tried++) {
      try {
        this.settings = await this.#api.settings();
        break;
      } catch (error) {
        const verdict = this.#judge(error, tried);
        if (typeof verdict === 'string') {
          this.fault = verdict;
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, verdict));
      }
    }
    this.parts.changed();
  }

  close(): void {
    this.#closed = true;
    this.#reader?.stop();
    this.outbox.close();
    clearTimeout(this.#typingTimer);
  }

  /** In their order. */
  messages(): ChatMessage[] {
    return [...this.#messages.values()].toSorted((a, b) => a.position - b.position);
  }

  get unread(): number {
    const read = Number(this.kept.get(READ) ?? 0);
    return this.messages().filter(({ from, position }) => from === 'us' && position > read).length;
  }

  get hasTalked(): boolean {
    return this.kept.get(TALKED) !== undefined;
  }

  /** What the customer has said it is; empty when nobody knows. */
  get email(): string {
    return this.parts.user?.email ?? this.kept.get(EMAIL) ?? '';
  }

  /** The customer looks at the thread, or looks away. */
  look(isReading: boolean): void {
    this.#reading = isReading;
    if (!isReading) return;
    const last = this.messages().at(-1);
    if (last) this.kept.set(READ, String(last.position));
    for (const message of this.messages()) this.#report(message);
    if (this.parts.user) this.#follow();
  }

  async send(
    text: string,
    files: readonly File[],
    customer: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { name, email } = this.parts.user ?? {};
    // What follows the path may be meant for the site alone.
    const page = `${location.origin}${location.pathname}`.slice(0, 2000);
    const fields = {
      text,
      page,
      language: this.parts.language,
      name: name ?? '',
      email: email ?? '',
      ...customer,
    };
    await this.outbox.add(
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')),
      files,
    );
    if (customer['email']) this.kept.set(EMAIL, customer['email']);
    this.kept.set(TALKED, '1');
    this.#typingSaid = 0;
    this.#follow();
  }

  /** Says now and then that the customer writes. */
  write(): void {
    const now = Date.now();
    if (!this.hasTalked || now - this.#typingSaid < TYPING_SAID_MS) return;
    this.#typingSaid = now;
    this.#withToken((token) => this.#api.typing(token)).catch(() => undefined);
  }

  file(id: string): Promise<Blob> {
    return this.#withToken((token) => this.#api.file(token, id));
  }

  transcript(email: string): Promise<void> {
    return this.#withToken((token) => this.#api.transcript(token, email));
  }

  #follow(): void {
    if (this.#reader) return;
    this.#reader = new EventReader({
      open: (after, signal) => this.#withToken((token) => this.#api.events(token, after, signal)),
      heard: (event) => this.#heard(event),
      connection: (state) => {
        this.connection = state;
        this.parts.changed();
        if (state === 'live') this.outbox.flush();
      },
      refused: (error) => this.#isPassing(error),
    });
    this.#reader.start();
  }

  #heard({ event, data }: StreamEvent): void {
    const told: unknown = JSON.parse(data);
    if (event === 'message') this.#hear(told as ChatMessage);
    else if (event === 'state') this.state = told as ChatState;
    else if (event === 'typing') this.#showTyping((told as ChatTyping).name);
    this.parts.changed();
  }

  #hear(message: ChatMessage): void {
    const isNew = !this.#messages.has(message.id);
    this.#messages.set(message.id, message);
    if (message.clientId !== null) this.outbox.settle(message.clientId);
    if (message.from !== 'us') return;
    this.#showTyping(undefined);
    if (this.#reading) this.kept.set(READ, String(message.position));
    this.#report(message);
    if (isNew && message.position > Number(this.kept.get(READ) ?? 0)) this.parts.arrived(message);
  }

  #showTyping(name: string | undefined): void {
    clearTimeout(this.#typingTimer);
    this.typing = name;
    if (name === undefined) return;
    this.#typingTimer = setTimeout(() => {
      this.typing = undefined;
      this.parts.changed();
    }, TYPING_SHOWN_MS);
  }

  /** What was read here before is not said again with each page. */
  #report({ id, from, position }: ChatMessage): void {
    const reported = this.#reported.get(id);
    const state = this.#reading ? 'read' : 'delivered';
    if (from !== 'us' || reported === 'read' || reported === state) return;
    this.#reported.set(id, state);
    const said = `said:${state}`;
    if (position <= Number(this.kept.get(said) ?? 0)) return;
    this.#withToken((token) => this.#api.receipt(token, { messageId: id, state })).then(
      () => this.kept.set(said, String(Math.max(position, Number(this.kept.get(said) ?? 0)))),
      () => this.#reported.delete(id),
    );
  }

  /** With the session's token; one that has ended is followed by another. */
  async #withToken<T>(work: (token: string) => Promise<T>): Promise<T> {
    const token = await this.#token();
    try {
      return await work(token);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.status !== 401) throw error;
      return work(await this.#token(token));
    }
  }

  /** One session for all tabs: two would be two customers. @param ended a token that is no good any more. */
  #token(ended?: string): Promise<string> {
    const known = this.kept.get(TOKEN);
    if (known !== undefined && known !== ended) return Promise.resolve(known);
    return alone(`${this.#scope}:session`, async () => {
      const other = this.kept.get(TOKEN);
      if (other !== undefined && other !== ended) return other;
      const { user } = this.parts;
      const request = user ? { user: { id: user.id, signature: user.signature } } : { token: other };
      const { token } = await this.#api.openSession(request);
      this.kept.set(TOKEN, token);
      return token;
    });
  }

  #judge(error: unknown, tried: number): number | string {
    if (!this.#isPassing(error)) return (error as RefusedError).code || 'refused';
    const asked = error instanceof RefusedError ? error.retryAfterMs : undefined;
    return asked ?? Math.min(LONGEST_WAIT_MS, 500 * 2 ** tried) * (0.5 + Math.random() / 2);
  }

  #isPassing(error: unknown): boolean {
    return !(error instanceof RefusedError) || error.isPassing;
  }
}

export type { Unsent };
