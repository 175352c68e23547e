import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Post {
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LoadOptions {
  readonly url: string;
  /** Each sends its next post when the last was answered. */
  readonly connections: number;
  /** Undefined ends the load. */
  readonly next: () => Post | undefined;
  /** Posts that were sent when this time is over are still waited for; no end by default. */
  readonly milliseconds?: number;
}

export interface Load {
  /** Answers by status; 0 stands for a connection that broke. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Milliseconds from a post to its answer, of 2xx. */
  readonly latencies: readonly number[];
  /** First post to last answer. */
  readonly milliseconds: number;
}

/**
 * Posts over kept-alive connections, as many as the server answers. Written on bare sockets: it shares the machine
 * with what it measures, and a client that costs more than the server would measure itself.
 */
export async function load(options: LoadOptions): Promise<Load> {
  const statuses = new Map<number, number>();
  const latencies: number[] = [];
  const begun = performance.now();
  const end = begun + (options.milliseconds ?? Infinity);
  const connection = async () => {
    const client = await Connection.open(options.url);
    for (let post = options.next(); post && performance.now() < end; post = options.next()) {
      const sent = performance.now();
      const status = await client.post(post);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status >= 200 && status < 300) latencies.push(performance.now() - sent);
      if (status === 0) await sleep(50);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: options.connections }, connection));
  return { statuses, latencies, milliseconds: performance.now() - begun };
}

export function accepted({ latencies }: Load): number {
  return latencies.length;
}

/** What was answered with anything but 2xx. */
export function refused({ statuses }: Load): number {
  return [...statuses].reduce((sum, [status, n]) => (status >= 200 && status < 300 ? sum : sum + n), 0);
}

/** One connection, one request at a time. */
class Connection {
  #received = '';
  #waiting: { resolve(status: number): void; reject(error: Error): void } | undefined;

  private constructor(
    private readonly host: string,
    private readonly socket: Socket,
  ) {
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#answer(0));
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Connection(host, socket);
  }

  /** @returns the answer's status; 0 when the connection broke. */
  post({ path, headers = {}, body }: Post): Promise<number> {
    if (this.socket.destroyed) return Promise.resolve(0);
    const all = { 'content-type': 'application/json', ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const head =
      `POST ${path} HTTP/1.1\r\nhost: ${this.host}\r\n` +
      `${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.socket.write(head + body);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) return this.#waiting?.reject(new Error(`an answer without a length: ${head}`));
    if (this.#received.length < headEnd + 4 + length) return;
    this.#received = this.#received.slice(headEnd + 4 + length);
    this.#answer(Number(head.slice(9, 12)));
  }

  #answer(status: number): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(status);
  }
}
