import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface VendorRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface VendorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The request was heard, and the connection ends before the answer. */
  readonly isLost?: boolean;
}

export interface VendorServer {
  /** To put in the place of the vendor's own, without a slash at the end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** A vendor's API on 127.0.0.1. An exception of `answer` is answered 500, as a vendor would. */
export async function serveVendor(
  answer: (request: VendorRequest) => VendorAnswer | Promise<VendorAnswer>,
): Promise<VendorServer> {
  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing, answer).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): VendorAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: VendorRequest) => VendorAnswer | Promise<VendorAnswer>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://vendor');
  const { status, headers, body, isLost } = await answered(answer, {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: incoming.headers as Record<string, string>,
    body: Buffer.concat(chunks),
  });
  if (isLost === true) {
    incoming.socket.destroy();
    return;
  }
  outgoing.writeHead(status, headers);
  outgoing.end(body);
}

async function answered(
  answer: (request: VendorRequest) => VendorAnswer | Promise<VendorAnswer>,
  request: VendorRequest,
): Promise<VendorAnswer> {
  try {
    return await answer(request);
  } catch (error) {
    return { status: 500, body: String(error) };
  }
}
