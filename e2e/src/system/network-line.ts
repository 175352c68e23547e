import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Ends {
  readonly near: Socket;
  readonly far: Socket;
}

/**
 * A line to a server that fails and is mended: cut, connections break and none can be made; hung, everybody is connected
 * and no byte comes through.
 */
export class NetworkLine {
  readonly #carried = new Set<Ends>();
  #state: 'up' | 'cut' | 'hung' = 'up';

  private constructor(
    private readonly server: Server,
    /** Where the server is reached over the line; all but the place as in the address that was given. */
    readonly url: string,
  ) {}

  static async to(serverUrl: string): Promise<NetworkLine> {
    const { hostname, port } = new URL(serverUrl);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const near = new URL(serverUrl);
    near.hostname = '127.0.0.1';
    near.port = String((server.address() as AddressInfo).port);
    const line = new NetworkLine(server, near.href.replace(/\/$/, ''));
    server.on('connection', (socket) => line.#carry(socket, hostname, Number(port)));
    return line;
  }

  cut(): void {
    this.#state = 'cut';
    for (const { near, far } of this.#carried) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  hang(): void {
    this.#state = 'hung';
    for (const { near, far } of this.#carried) {
      near.unpipe(far);
      far.unpipe(near);
    }
  }

  /** What was held goes on its way. */
  mend(): void {
    const wasHung = this.#state === 'hung';
    this.#state = 'up';
    if (wasHung) for (const ends of this.#carried) join(ends);
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #carry(near: Socket, host: string, port: number): void {
    if (this.#state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const ends = { near, far: connect(port, host) };
    this.#carried.add(ends);
    for (const [socket, other] of [
      [near, ends.far],
      [ends.far, near],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#carried.delete(ends);
        other.destroy();
      });
    }
    if (this.#state === 'up') join(ends);
  }
}

function join({ near, far }: Ends): void {
  near.pipe(far);
  far.pipe(near);
}
