import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider's call, and what it was answered. */
export interface AnsweredCall {
  readonly inboxId: string;
  readonly status: number;
  readonly body: string;
  /** From the call's last byte to the answer's. */
  readonly milliseconds: number;
}

/** What stands before an installation on the internet: hands on whatever comes, and keeps count of providers' calls. */
export class PublicDoor {
  /** In the order in which they were answered, those that the caller no longer heard among them. */
  readonly answered: AnsweredCall[] = [];

  private constructor(
    private readonly server: Server,
    private readonly port: number,
    readonly origin: string,
  ) {}

  /** @param port of the installation, on 127.0.0.1. */
  static async before(port: number): Promise<PublicDoor> {
    const server = createServer((incoming, outgoing) => void door.#handOn(incoming, outgoing));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const door = new PublicDoor(server, port, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return door;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #handOn(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const inboxId = /^\/hooks\/([^/?]+)/.exec(incoming.url ?? '')?.[1];
    try {
      const body = await bytesOf(incoming);
      const began = performance.now();
      const answer = await this.#ask(incoming, body);
      const { statusCode: status = 0, headers } = answer;
      outgoing.writeHead(status, headers);
      if (inboxId === undefined) {
        answer.pipe(outgoing).on('close', () => answer.destroy());
        return;
      }
      const bytes = await bytesOf(answer);
      const milliseconds = performance.now() - began;
      this.answered.push({ inboxId, status, body: bytes.toString(), milliseconds });
      outgoing.end(bytes);
    } catch {
      // As gateways answer for a server that is not there.
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
    }
  }

  #ask({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { port } = this;
      request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, resolve)
        .on('error', reject)
        .end(body);
    });
  }
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
