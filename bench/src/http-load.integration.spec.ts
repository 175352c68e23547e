import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { formPosts } from './form-posts.js';
import { accepted, load, refused } from './http-load.js';

let close: (() => void) | undefined;

async function serve(answer: (body: string, response: ServerResponse, request: IncomingMessage) => void) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(Buffer.concat(chunks).toString(), response, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => close?.());

describe('load', () => {
  it('posts each body once, and counts the answers by status', async () => {
    const bodies: string[] = [];
    const url = await serve((body, response) => {
      bodies.push(body);
      response.statusCode = bodies.length % 4 === 0 ? 503 : 202;
      response.end('{}');
    });
    const done = await load({ url, connections: 4, next: formPosts('inbox', 'run', 40) });
    expect(new Set(bodies).size).toBe(40);
    expect(done.statuses).toEqual(
      new Map([
        [202, 30],
        [503, 10],
      ]),
    );
    expect([accepted(done), refused(done)]).toEqual([30, 10]);
  });

  it('keeps its connections', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((_body, response, request) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    await load({ url, connections: 3, next: formPosts('inbox', 'run', 30) });
    expect(ports.size).toBe(3);
  });

  it('fails on an answer that it cannot read', async () => {
    const url = await serve((_body, response) => response.writeHead(200).end('chunked'));
    const loading = load({ url, connections: 1, next: formPosts('inbox', 'run', 1) });
    await expect(loading).rejects.toThrow('without a length');
  });

  it('counts a connection that breaks as a post without success', async () => {
    const url = await serve((_body, response) => response.socket?.destroy());
    const done = await load({ url, connections: 1, next: formPosts('inbox', 'run', 2) });
    expect(accepted(done)).toBe(0);
    expect(refused(done)).toBe(2);
  });
});
