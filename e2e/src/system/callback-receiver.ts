import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ForgedError, readCallback, type ReplyEvent } from '@tributary/client';

/** A company's own system: takes callbacks that are signed, each once, and serves files. */
export class CallbackReceiver {
  /** Replies by their id, in the order they came first. */
  readonly replies = new Map<string, ReplyEvent>();
  /** Requests at the callback address, those that were taken and those that were not. */
  calls = 0;
  forged = 0;
  /** Status of the next answers, before those by which it says what it did. */
  readonly faults: number[] = [];
  /** By path. */
  readonly files = new Map<string, Buffer>();

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly origin: string,
    private readonly secrets: readonly string[],
  ) {}

  static async start(secrets: readonly string[]): Promise<CallbackReceiver> {
    const server = createServer((incoming, outgoing) => {
      receiver.#respond(incoming, outgoing).catch(() => outgoing.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const receiver = new CallbackReceiver(server, `http://127.0.0.1:${port}`, secrets);
    return receiver;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  async #respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const file = this.files.get(incoming.url ?? '');
    if (incoming.method === 'GET') outgoing.writeHead(file ? 200 : 404).end(file);
    else outgoing.writeHead(await this.#take(incoming.headers, Buffer.concat(chunks))).end();
  }

  async #take(headers: IncomingMessage['headers'], body: Uint8Array): Promise<number> {
    this.calls += 1;
    const fault = this.faults.shift();
    if (fault !== undefined) return fault;
    try {
      const event = await readCallback({ headers, body }, this.secrets);
      if (!this.replies.has(event.data.id)) this.replies.set(event.data.id, event);
      return 204;
    } catch (error) {
      if (!(error instanceof ForgedError)) throw error;
      this.forged += 1;
      return 401;
    }
  }
}
