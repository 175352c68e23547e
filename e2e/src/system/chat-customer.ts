import { createHmac, randomUUID } from 'node:crypto';
import type { ChatPage, ChatSession } from '@tributary/contracts';
import { EventStream } from './event-stream.js';

/** What a door of the chat answered. */
export interface ChatAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A customer at the doors of a chat without the widget: an app's user, or a page of a program's own. */
export class ChatCustomer {
  /** @param address of the inbox, without a slash at the end. */
  constructor(
    private readonly address: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** For an inbox of channel `app`: the user for whom the company's backend has signed. */
  static ofApp(address: string, token: string): ChatCustomer {
    return new ChatCustomer(address, { authorization: `Bearer ${token}` });
  }

  /** For an inbox of channel `web_chat`: a new visitor of a page of this site. */
  static async onSite(address: string, origin: string): Promise<ChatCustomer> {
    const { status, body } = await new ChatCustomer(address, { origin }).#post('sessions', {});
    if (status !== 200) throw new Error(`the chat opens no session: ${status}`);
    const authorization = `Bearer ${(body as ChatSession).token}`;
    return new ChatCustomer(address, { origin, authorization });
  }

  send(body: object | FormData, clientId: string = randomUUID()): Promise<ChatAnswer> {
    return this.#post('messages', body, { 'idempotency-key': clientId });
  }

  async page(after = ''): Promise<ChatPage> {
    return (await this.#ask(`messages?after=${after}`)).body as ChatPage;
  }

  report(messageId: string, state: string): Promise<ChatAnswer> {
    return this.#post('receipts', { messageId, state });
  }

  stream(lastEventId?: string): Promise<EventStream> {
    const more: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    return EventStream.open(`${this.address}/events`, { ...this.headers, ...more });
  }

  async file(id: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${this.address}/files/${id}`, { headers: this.headers });
    return { status: response.status, text: await response.text() };
  }

  #post(
    path: string,
    body: object | FormData,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ChatAnswer> {
    const isForm = body instanceof FormData;
    return this.#ask(path, {
      method: 'POST',
      body: isForm ? body : JSON.stringify(body),
      headers: { ...headers, ...(isForm ? {} : { 'content-type': 'application/json' }) },
    });
  }

  async #ask(path: string, init: RequestInit = {}): Promise<ChatAnswer> {
    const response = await fetch(`${this.address}/${path}`, {
      ...init,
      headers: { ...this.headers, ...(init.headers as Record<string, string>) },
    });
    return { status: response.status, body: await response.json() };
  }
}

/**
 * As the company's backend makes one for a user who has signed in to the app.
 *
 * @param expiresAt in seconds; in ten minutes by default.
 */
export function userToken(
  secret: string,
  user: { readonly sub: string; readonly name: string },
  expiresAt = Math.floor(Date.now() / 1000) + 600,
): string {
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { ...user, exp: expiresAt },
  ];
  const content = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}
