import type { AddressInfo } from 'node:net';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { keyOf, signedWith, verifySigned } from '@tributary/channel-sdk';
import { backoffMs, type Clock, fetchInternal, type Logger } from '@tributary/runtime';
import type { Account, ReceivedMessage } from './account.js';
import { DurableFiles, nameOf } from './durable-files.js';
import { EventSpool, type Told } from './event-spool.js';
import { FileShelf } from './file-shelf.js';
import { SendDoor, type Answer } from './send-door.js';
import { SentLog } from './sent-log.js';

export interface BridgeOptions {
  /** Where the desk takes what the account receives: the address that the inbox shows. */
  readonly deskUrl: string;
  /** The inbox’s own. */
  readonly signingSecret: string;
  /** Where the desk reaches us; 127.0.0.1 and a free port by default. */
  readonly host?: string;
  readonly port?: number;
  /** What must survive a restart is here. One process a folder. */
  readonly folder: string;
  /** True to pass on what is written in rooms; left out by default. */
  readonly rooms?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds until the next attempt to reach the desk, by how many have failed; up to a minute by default. */
  readonly waitMs?: (failures: number) => number;
}

const MAX_BODY_BYTES = 30_000_000;
const DESK_TIMEOUT_MS = 20_000;
/** Files and sends are kept this long; the desk asks for neither so late. */
const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 7 * DAY_MS;

/** One account and one desk: what is received goes there, signed; what the desk sends, signed, leaves by the account. */
export class Bridge {
  readonly #server: Server;
  #address = '';
  #tidying: NodeJS.Timeout | undefined;

  private constructor(
    private readonly options: BridgeOptions,
    private readonly key: Uint8Array,
    private readonly account: Account,
    private readonly spool: EventSpool,
    private readonly shelf: FileShelf,
    private readonly sends: SendDoor,
  ) {
    this.#server = createServer((request, response) => {
      this.#respond(request, response).catch((error: unknown) => {
        options.logger.error({ err: error }, 'call_failed');
        response.destroy();
      });
    });
  }

  /** Listens, and goes on telling what a process before it could not. */
  static async start(account: Account, options: BridgeOptions): Promise<Bridge> {
    const key = keyOf(options.signingSecret);
    if (key === undefined)
      throw new NoSecretError('the signing secret is whsec_ and 24 to 64 bytes in base64');
    const open = (name: string) => DurableFiles.open(join(options.folder, name));
    const [files, sent] = [await open('files'), await open('sent')];
    const tidy = async () => {
      const before = options.clock.now().getTime() - KEPT_MS;
      await Promise.all([files.removeOlder(before), sent.removeOlder(before)]);
    };
    await tidy();
    const spool = new EventSpool({
      waiting: await open('waiting'),
      refused: await open('refused'),
      tell: (body) => tellDesk(options, key, body),
      waitMs: options.waitMs ?? ((failures) => backoffMs(failures, Math.random(), 500, 60_000)),
    });
    const sends = new SendDoor(account, new SentLog(sent));
    const bridge = new Bridge(options, key, account, spool, new FileShelf(files), sends);
    await bridge.#listen();
    await spool.start();
    bridge.#tidying = setInterval(() => {
      tidy().catch((error: unknown) => options.logger.warn({ err: error }, 'folder_untidy'));
    }, DAY_MS);
    return bridge;
  }

  /** For the inbox’s settings. */
  get address(): string {
    return this.#address;
  }

  /** A message of the account: durable when it resolves. What the account itself wrote concerns nobody. */
  async receive({ file, ...message }: ReceivedMessage): Promise<void> {
    if (message.self || (message.room !== undefined && this.options.rooms !== true)) return;
    const found = await file?.();
    if (found === undefined) return this.spool.put(JSON.stringify(message));
    await this.shelf.put(message.id, found);
    const { name, contentType } = found;
    return this.spool.put(JSON.stringify({ ...message, text: '', file: { name, contentType } }));
  }

  async stop(): Promise<void> {
    clearInterval(this.#tidying);
    this.#server.close();
    this.#server.closeIdleConnections();
    await this.sends.settled();
    await this.spool.stop();
    this.#server.closeAllConnections();
  }

  async #listen(): Promise<void> {
    const { host = '127.0.0.1', port = 0 } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    this.#address = `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const body = await bodyOf(request);
    if (body === undefined) return end(response, { status: 413, error: 'the call is too large' });
    const signed = new TextEncoder().encode(`${method} ${url}\n${body}`);
    const proofs = headers as Readonly<Record<string, string>>;
    if (!verifySigned([this.key], proofs, signed, this.options.clock.now()).ok) {
      return end(response, { status: 403, error: 'the call is not signed by this inbox' });
    }
    const id = proofs['webhook-id'] ?? '';
    if (method === 'POST' && url === '/messages') return end(response, await this.sends.answer(id, body));
    const [, file] = /^\/files\/([^/?]+)$/.exec(url) ?? [];
    if (method === 'GET' && file !== undefined) return this.#file(decodeURIComponent(file), response);
    if (method === 'GET' && url === '/health') {
      return end(response, { status: 200, loggedIn: this.account.isLoggedIn() });
    }
    end(response, { status: 404, error: 'there is nothing here' });
  }

  async #file(id: string, response: ServerResponse): Promise<void> {
    const found = await this.shelf.get(id);
    if (found === undefined) return end(response, { status: 404, error: 'the file is no longer here' });
    response.writeHead(200, { 'content-type': found.contentType });
    response.end(found.content);
  }
}

/** Only what can never become right is refused; a wrong secret may be mended, and then nothing is missing. */
async function tellDesk(options: BridgeOptions, key: Uint8Array, body: string): Promise<Told> {
  const { id } = JSON.parse(body) as ReceivedMessage;
  try {
    const response = await fetchInternal(new URL(options.deskUrl), DESK_TIMEOUT_MS, {
      method: 'POST',
      headers: {
        ...signedWith([key], `wechaty-${nameOf(id)}`, options.clock.now(), body),
        'content-type': 'application/json',
      },
      body,
    });
    await response.arrayBuffer();
    if (response.ok) return 'taken';
    options.logger.warn({ status: response.status, id }, 'desk_refused');
    return [400, 413, 422].includes(response.status) ? 'refused' : 'later';
  } catch (error) {
    options.logger.warn({ err: error, id }, 'desk_unreachable');
    return 'later';
  }
}

/** Undefined when it is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).byteLength;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function end(response: ServerResponse, { status, ...body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

class NoSecretError extends Error {
  readonly code = 'NO_SECRET';
}
