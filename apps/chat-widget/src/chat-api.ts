import type {
  ChatAccepted,
  ChatReceiptRequest,
  ChatSession,
  ChatSessionRequest,
  ChatSettings,
} from '@tributary/contracts';

/** What the desk said no to. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    /** Milliseconds, where it asked for patience. */
    readonly retryAfterMs: number | undefined,
  ) {
    super(`${status} ${code}`);
  }

  /** True when the same again may be taken later. */
  get isPassing(): boolean {
    return this.status === 401 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export interface NewMessage {
  readonly clientId: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly File[];
}

const TIMEOUT_MS = 30_000;
/** With files on a slow line. */
const UPLOAD_TIMEOUT_MS = 180_000;

/** The desk's doors of one inbox. Every method throws RefusedError for a no, and TypeError when nobody answered. */
export class ChatApi {
  constructor(private readonly base: string) {}

  settings(): Promise<ChatSettings> {
    return this.#json('settings', {});
  }

  openSession(request: ChatSessionRequest): Promise<ChatSession> {
    return this.#json('sessions', jsonBody(request));
  }

  send(token: string, { clientId, fields, files }: NewMessage): Promise<ChatAccepted> {
    const headers = { ...bearer(token), 'idempotency-key': clientId };
    if (files.length === 0) {
      const { body, headers: types } = jsonBody(fields);
      return this.#json('messages', { method: 'POST', body, headers: { ...headers, ...types } });
    }
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    for (const file of files) body.append('files', file, file.name);
    return this.#json('messages', { method: 'POST', body, headers }, UPLOAD_TIMEOUT_MS);
  }

  async typing(token: string): Promise<void> {
    await this.#ask('typing', { method: 'POST', headers: bearer(token) });
  }

  async receipt(token: string, request: ChatReceiptRequest): Promise<void> {
    const { body, headers } = jsonBody(request);
    await this.#ask('receipts', { method: 'POST', body, headers: { ...headers, ...bearer(token) } });
  }

  async transcript(token: string, email: string): Promise<void> {
    const { body, headers } = jsonBody({ email });
    await this.#ask('transcripts', { method: 'POST', body, headers: { ...headers, ...bearer(token) } });
  }

  async file(token: string, id: string): Promise<Blob> {
    const answer = await this.#ask(`files/${id}`, { headers: bearer(token) }, UPLOAD_TIMEOUT_MS);
    return answer.blob();
  }

  /** @param after id of the last event that was read. */
  events(token: string, after: string | undefined, signal: AbortSignal): Promise<Response> {
    const headers = { ...bearer(token), ...(after === undefined ? {} : { 'last-event-id': after }) };
    return this.#ask('events', { headers, signal });
  }

  async #json<T>(path: string, init: RequestInit, timeoutMs?: number): Promise<T> {
    return (await (await this.#ask(path, init, timeoutMs)).json()) as T;
  }

  async #ask(path: string, init: RequestInit, timeoutMs = TIMEOUT_MS): Promise<Response> {
    const signal = init.signal ?? AbortSignal.timeout(timeoutMs);
    const answer = await fetch(`${this.base}/${path}`, {
      credentials: 'omit',
      cache: 'no-store',
      ...init,
      signal,
    });
    if (answer.ok) return answer;
    const problem = (await answer.json().catch(() => ({}))) as { readonly code?: string };
    const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
    throw new RefusedError(
      answer.status,
      problem.code ?? '',
      Number.isFinite(seconds) ? seconds * 1000 : undefined,
    );
  }
}

function jsonBody(value: unknown): { method: string; body: string; headers: Record<string, string> } {
  return { method: 'POST', body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
