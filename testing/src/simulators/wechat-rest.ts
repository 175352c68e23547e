import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes, randomUUID } from 'node:crypto';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly contentType: string;
}

export type RestAnswer =
  | Readonly<Record<string, unknown>>
  | { readonly file: Buffer; readonly name: string; readonly contentType: string };

export interface StoredMedia {
  readonly kind: string;
  readonly name: string;
  readonly contentType: string;
  readonly content: Buffer;
  readonly until: number;
}

const TOKEN_MS = 7_200_000;
const MEDIA_MS = 3 * 24 * 3_600_000;

/** Refusal in the vendors' way: status 200, and a number. */
export class VendorError extends Error {
  constructor(
    readonly errcode: number,
    errmsg: string,
  ) {
    super(errmsg);
  }
}

export async function listen(
  answer: (request: RestRequest) => RestAnswer,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void respond(request, response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: RestRequest) => RestAnswer,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://vendor');
  const asked: RestRequest = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    body: Buffer.concat(chunks),
    contentType: request.headers['content-type'] ?? '',
  };
  const given = answered(answer, asked);
  if ('file' in given && Buffer.isBuffer(given.file)) {
    response.writeHead(200, {
      'content-type': String(given['contentType']),
      'content-disposition': `attachment; filename="${String(given['name'])}"`,
    });
    response.end(given.file);
  } else {
    response.writeHead(200, { 'content-type': 'application/json; encoding=utf-8' });
    response.end(JSON.stringify(given));
  }
}

function answered(answer: (request: RestRequest) => RestAnswer, request: RestRequest): RestAnswer {
  try {
    return answer(request);
  } catch (error) {
    if (error instanceof VendorError) return { errcode: error.errcode, errmsg: error.message };
    throw error;
  }
}

/** @throws VendorError 47001 */
export function jsonBody({ body }: RestRequest): Record<string, unknown> {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    throw new VendorError(47001, 'data format error');
  }
}

/** A member that must be text; empty when it is not. */
export function textOf(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}

/** One access token that is good at a time, given again while it is. */
export class AccessTokens {
  #value = '';
  #until = 0;
  issued = 0;

  constructor(private readonly now: () => number) {}

  issue(isForced: boolean) {
    if (isForced || this.now() >= this.#until) {
      this.#value = randomBytes(48).toString('base64url');
      this.#until = this.now() + TOKEN_MS;
      this.issued += 1;
    }
    return { access_token: this.#value, expires_in: Math.floor((this.#until - this.now()) / 1000) };
  }

  /** As when somebody else renews it: the one in use is refused. */
  revoke(): void {
    this.#value = '';
    this.#until = 0;
  }

  check({ query }: RestRequest): void {
    const given = query.get('access_token') ?? '';
    if (given === '') throw new VendorError(41001, 'access_token missing');
    if (given !== this.#value) throw new VendorError(40001, 'invalid credential, access_token is invalid');
    if (this.now() >= this.#until) throw new VendorError(42001, 'access_token expired');
  }
}

/** Temporary files, for three days. */
export class TemporaryMedia {
  readonly #stored = new Map<string, StoredMedia>();

  constructor(private readonly now: () => number) {}

  /** Of a customer's message; returns its id. */
  put(kind: string, name: string, contentType: string, content: Buffer): string {
    const id = randomUUID().replaceAll('-', '_');
    this.#stored.set(id, { kind, name, contentType, content, until: this.now() + MEDIA_MS });
    return id;
  }

  /** @throws VendorError 40007 when it never was, or no longer is. */
  get(id: string): StoredMedia {
    const media = this.#stored.get(id);
    if (!media || this.now() >= media.until) throw new VendorError(40007, 'invalid media_id');
    return media;
  }

  /** @throws VendorError when the form has no file, or one over the limits. */
  upload({ query, body, contentType }: RestRequest, limits: Readonly<Record<string, number>>) {
    const kind = query.get('type') ?? '';
    const limit = limits[kind];
    if (limit === undefined) throw new VendorError(40004, 'invalid media type');
    const file = formFile(body, contentType);
    if (file === undefined) throw new VendorError(41005, 'media data missing');
    if (file.content.length <= 4 || file.content.length > limit) {
      throw new VendorError(40006, 'invalid media size');
    }
    const media_id = this.put(kind, file.name, file.contentType, file.content);
    return { errcode: 0, errmsg: 'ok', type: kind, media_id, created_at: Math.floor(this.now() / 1000) };
  }
}

/** The field `media` of a multipart form. */
function formFile(body: Buffer, contentType: string) {
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1];
  const text = body.toString('latin1');
  const head = text.indexOf('\r\n\r\n');
  const end = text.indexOf(`\r\n--${boundary}--`, head);
  if (boundary === undefined || !text.startsWith(`--${boundary}\r\n`) || head < 0 || end < 0)
    return undefined;
  const header = body.subarray(0, head).toString();
  if (!/name="media"/.test(header)) return undefined;
  return {
    name: /filename="([^"]*)"/.exec(header)?.[1] ?? '',
    contentType: /content-type: *(\S+)/i.exec(header)?.[1] ?? '',
    content: body.subarray(head + 4, end),
  };
}
