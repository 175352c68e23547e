import 'reflect-metadata';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@tributary/runtime';
import { BODY_LIMIT, createHttpServer } from '@tributary/service';
import { GatewayConfig } from '../gateway.config.js';
import { ServiceProxy } from './service-proxy.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A service that answers as the test says. */
class Upstream {
  answer: Answer = (_request, response) => response.end('{}');
  readonly server: Server = createServer((req, res) => this.answer(req, res));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('the public door before services that run elsewhere', () => {
  let tickets: Upstream;
  let router: Upstream;
  let door: NestFastifyApplication;
  let url: string;

  beforeEach(async () => {
    [tickets, router] = [new Upstream(), new Upstream()];
    tickets.answer = (_request, response) => response.end('tickets');
    router.answer = (_request, response) => response.end('router');
    const upstreams = { tickets: await tickets.listen(), router: await router.listen() };
    const config = new GatewayConfig('http://door.example', 'nowhere', upstreams);
    const logger = createLogger('spec', 'silent');
    @Module({
      providers: [
        {
          provide: ServiceProxy,
          useFactory: (host: HttpAdapterHost) => new ServiceProxy(host, config, logger),
          inject: [HttpAdapterHost],
        },
      ],
    })
    class DoorModule {}
    door = await createHttpServer(DoorModule, logger);
    await door.listen(0, '127.0.0.1');
    url = await door.getUrl();
  });

  afterEach(async () => {
    await door.close();
    await Promise.all([tickets.close(), router.close()]);
  });

  it.each([
    ['/api/tickets', 'tickets'],
    ['/api/tickets/7', 'tickets'],
    ['/api/tickets/7/decisions', 'router'],
    ['/api/tickets/7/decisions-made', 'tickets'],
    ['/api/queues', 'router'],
  ])('asks for %s at %s', async (path, owner) => {
    expect(await (await fetch(url + path)).text()).toBe(owner);
  });

  it('answers itself for what is nobody’s', async () => {
    const answer = await fetch(`${url}/api/nothing`);
    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'NOT_FOUND' }),
    ]);
  });

  it('hands over path, query, method, body, cookie and the host that the browser named', async () => {
    let seen: unknown;
    tickets.answer = (req, res) =>
      void buffer(req).then((body) => {
        const { host, cookie, 'content-type': type } = req.headers;
        seen = { method: req.method, url: req.url, host, cookie, type, body: body.toString() };
        res.end();
      });
    await send(`${url}/api/tickets/a%20b?q=%E9%80%80&q=x`, {
      method: 'PATCH',
      headers: { host: 'desk.example', cookie: 'a=1; b=2', 'content-type': 'application/json' },
      body: '{"broken":',
    });
    expect(seen).toEqual({
      ...{ method: 'PATCH', url: '/api/tickets/a%20b?q=%E9%80%80&q=x', host: 'desk.example' },
      ...{ cookie: 'a=1; b=2', type: 'application/json', body: '{"broken":' },
    });
  });

  it('hands multipart over byte for byte', async () => {
    let seen: Buffer | undefined;
    tickets.answer = (req, res) =>
      void buffer(req).then((body) => {
        seen = body;
        res.end();
      });
    const body = Buffer.from(
      '--x\r\ncontent-disposition: form-data; name="f"\r\n\r\n\xff\x00\r\n--x--\r\n',
      'latin1',
    );
    await fetch(`${url}/api/uploads`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body,
    });
    expect(seen).toEqual(body);
  });

  it('hands back status, headers and every cookie', async () => {
    tickets.answer = (_request, response) => {
      response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; Path=/']);
      response.writeHead(418, { etag: '"7"' }).end('short');
    };
    const answer = await fetch(`${url}/api/tickets`);
    expect([answer.status, answer.headers.get('etag'), answer.headers.getSetCookie()]).toEqual([
      418,
      '"7"',
      ['a=1; Path=/', 'b=2; Path=/'],
    ]);
  });

  it('keeps the headers of one connection from the next', async () => {
    let seen: IncomingMessage['headers'] = {};
    tickets.answer = (req, res) => {
      seen = req.headers;
      res.writeHead(200, { 'keep-alive': 'timeout=1234', 'proxy-authenticate': 'Basic' }).end();
    };
    const headers = {
      connection: 'x-hop',
      'x-hop': '1',
      te: 'trailers',
      'proxy-authorization': 'Basic eA==',
    };
    const answer = await send(`${url}/api/tickets`, { headers });
    for (const name of ['x-hop', 'te', 'proxy-authorization']) expect(seen).not.toHaveProperty(name);
    expect(answer.headers).not.toHaveProperty('proxy-authenticate');
    expect(answer.headers['keep-alive']).not.toBe('timeout=1234');
  });

  it('passes each event of a stream on as it comes', async () => {
    let say: (text: string) => void = () => undefined;
    tickets.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      say = (text) => response.write(text);
      say('data: 1\n\n');
    };
    const reader = (await fetch(`${url}/api/stream`)).body!.getReader();
    const next = async () => Buffer.from((await reader.read()).value!).toString();
    expect(await next()).toBe('data: 1\n\n');
    say('data: 2\n\n');
    expect(await next()).toBe('data: 2\n\n');
    await reader.cancel();
  });

  it('ends the service’s side of a stream when the browser goes', async () => {
    const closed = new Promise<void>((resolve) => {
      tickets.answer = (req, res) => {
        req.once('close', resolve);
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write(':\n\n');
      };
    });
    const leaving = new AbortController();
    const stream = await fetch(`${url}/api/stream`, { signal: leaving.signal });
    await stream.body!.getReader().read();
    leaving.abort();
    await expect(closed).resolves.toBeUndefined();
  });

  it('ends the browser’s side of a stream when the service goes', async () => {
    tickets.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(':\n\n');
    };
    const reader = (await fetch(`${url}/api/stream`)).body!.getReader();
    await reader.read();
    tickets.server.closeAllConnections();
    await expect(reader.read()).rejects.toThrow('terminated');
  });

  it('lets more pages hold a stream than a pool has connections, and still answers', async () => {
    tickets.answer = (req, res) => {
      if (req.url !== '/api/stream') return void res.end('free');
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(':\n\n');
    };
    const leaving = new AbortController();
    const open = () => fetch(`${url}/api/stream`, { signal: leaving.signal });
    await Promise.all(Array.from({ length: 140 }, open));
    expect(await (await fetch(`${url}/api/tickets`)).text()).toBe('free');
    leaving.abort();
  });

  it('says 503 and when to come again while nobody listens there', async () => {
    await tickets.close();
    const answer = await fetch(`${url}/api/tickets`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 503, code: 'SERVICE_AWAY' });
  });

  it('says 502 when the service breaks off before it answers', async () => {
    tickets.answer = (req) => void req.socket.destroy();
    const answer = await fetch(`${url}/api/tickets`, { method: 'POST', body: '{}' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([502, '1']);
    expect(await answer.json()).toMatchObject({ code: 'SERVICE_FAILED' });
  });

  it('asks once: whether it is safe to ask again is the client’s to know', async () => {
    let asked = 0;
    tickets.answer = (_request, response) => {
      asked += 1;
      response.writeHead(503, { 'retry-after': '1' }).end();
    };
    expect((await fetch(`${url}/api/tickets`)).status).toBe(503);
    expect(asked).toBe(1);
  });

  it('refuses a body over the limit before a byte of it goes on', async () => {
    let asked = 0;
    tickets.answer = (_request, response) => {
      asked += 1;
      response.end();
    };
    const headers = { 'content-length': String(BODY_LIMIT + 1), 'content-type': 'application/json' };
    const answer = await send(`${url}/api/uploads`, { method: 'POST', headers, body: 'only the beginning' });
    expect([answer.status, asked]).toEqual([413, 0]);
  });

  it('counts a body that does not say its length, and refuses it at the limit', async () => {
    tickets.answer = (req, res) =>
      void buffer(req).then(
        () => res.end(),
        () => undefined,
      );
    const chunk = Buffer.alloc(1024 * 1024);
    const body = Readable.from(
      (function* () {
        for (let n = 0; n < 26; n += 1) yield chunk;
      })(),
    );
    const answer = await fetch(`${url}/api/uploads`, {
      method: 'POST',
      body: Readable.toWeb(body) as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    expect([answer.status, await answer.json()]).toEqual([
      413,
      expect.objectContaining({ code: 'BODY_TOO_LARGE' }),
    ]);
  });

  it.each(['/api/tickets/..%2f..%2fhealth', '/api/tickets/%2e%2e/%2e%2e/health/ready'])(
    'does not let %s out of its path',
    async (path) => {
      expect((await send(url + path, {})).status).toBeGreaterThanOrEqual(400);
    },
  );
});

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** As fetch, for what fetch does not let us say: host, hop-by-hop headers, a wrong length, a path as it is. */
function send(to: string, { method = 'GET', headers = {}, body }: Sent) {
  const { hostname, port } = new URL(to);
  return new Promise<{ status: number; headers: IncomingMessage['headers'] }>((resolve, reject) => {
    const path = to.slice(to.indexOf('/', 'http://'.length));
    const req = request({ hostname, port, path, method, headers }, (res) => {
      res.resume();
      resolve({ status: res.statusCode!, headers: res.headers });
      req.destroy();
    });
    req.on('error', reject);
    if (body) req.write(body);
    if (headers['content-length'] === undefined) req.end();
  });
}
