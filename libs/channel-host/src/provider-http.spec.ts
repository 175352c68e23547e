import { once } from 'node:events';
import { createServer, Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ChannelRequest } from '@tributary/channel-sdk';
import { ProviderHttp } from './provider-http.js';
import { publicLookup, type Resolve } from './public-address.js';

const VENDOR = 'https://api.vendor.example';
const servers: Server[] = [];
const never = new AbortController().signal;

afterEach(async () => {
  for (const server of servers.splice(0)) {
    if (server instanceof HttpServer) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A provider that writes down what it was asked; and a client that finds it behind the vendor's name. */
async function aProvider(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const place = await listening(
    createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      answer(request, response);
    }),
  );
  return { asked, place, ask: asking(new ProviderHttp({ origins: new Map([[VENDOR, place]]) })) };
}

function asking(client: ProviderHttp) {
  return (change: Partial<ChannelRequest> = {}, signal = never) =>
    client.request({ method: 'GET', url: `${VENDOR}/v1/me?a=1`, ...change }, signal);
}

const fails = (code: string) => ({ code });

describe('a request to a provider', () => {
  it('goes to the origin that the installation put in its place, with path and query', async () => {
    const { ask, asked } = await aProvider((_request, response) => response.end('hello'));
    const answer = await ask();
    expect(asked).toEqual(['GET /v1/me?a=1']);
    expect([answer.status, Buffer.from(answer.body).toString()]).toEqual([200, 'hello']);
  });

  it('carries headers and body, and brings the answer’s headers in lower case', async () => {
    const bodies: string[] = [];
    const { ask } = await aProvider((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
      request.on('end', () => response.setHeader('X-Seen', request.headers['x-key'] ?? '').end());
    });
    const answer = await ask({ method: 'POST', headers: { 'X-Key': 'k' }, body: 'é' });
    expect([bodies, answer.headers['x-seen']]).toEqual([['é'], 'k']);
  });

  it('whose answer is no 2xx is an answer all the same', async () => {
    const { ask } = await aProvider((_request, response) => response.writeHead(429).end('slow down'));
    expect((await ask()).status).toBe(429);
  });

  it('is refused when the answer is larger than allowed', async () => {
    const { ask } = await aProvider((_request, response) => response.end(Buffer.alloc(11)));
    expect((await ask({ maxBytes: 11 })).body.byteLength).toBe(11);
    await expect(ask({ maxBytes: 10 })).rejects.toMatchObject(fails('rejected_permanently'));
  });

  it('with a header that would end the header is refused', async () => {
    const { ask, asked } = await aProvider((_request, response) => response.end());
    const sent = ask({ headers: { 'x-name': 'a\r\nx-role: admin' } });
    await expect(sent).rejects.toMatchObject(fails('rejected_permanently'));
    expect(asked).toEqual([]);
  });
});

describe('a provider that is not there', () => {
  it('was sent nothing when nobody listens', async () => {
    const place = await listening(createServer());
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const ask = asking(new ProviderHttp({ origins: new Map([[VENDOR, place]]) }));
    await expect(ask({ method: 'POST' })).rejects.toMatchObject(fails('unavailable'));
  });

  it('was sent nothing when it does not speak TLS', async () => {
    const place = await listening(createTcpServer((socket) => socket.destroy()));
    const origins = new Map([[VENDOR, place.replace('http:', 'https:')]]);
    await expect(asking(new ProviderHttp({ origins }))()).rejects.toMatchObject(fails('unavailable'));
  });

  it('may have taken what it was sent when it hangs up', async () => {
    const { ask } = await aProvider((_request, response) => response.destroy());
    await expect(ask({ method: 'POST', body: 'x' })).rejects.toMatchObject(fails('unknown_outcome'));
  });

  it('may have taken it when the answer breaks off', async () => {
    const { ask } = await aProvider((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    await expect(ask({ method: 'POST', body: 'x' })).rejects.toMatchObject(fails('unknown_outcome'));
  });

  it('may have taken it when it says nothing in time', async () => {
    const { ask } = await aProvider(() => undefined);
    await expect(ask({ timeoutMs: 1000 })).rejects.toMatchObject(fails('unknown_outcome'));
  });

  it('that goes on failing after its answer was refused does no harm', async () => {
    const { ask } = await aProvider((_request, response) => {
      response.write(Buffer.alloc(100_000), () => setTimeout(() => response.destroy(new Error('gone')), 5));
    });
    await expect(ask({ maxBytes: 10 })).rejects.toMatchObject(fails('rejected_permanently'));
    await new Promise((resolve) => setTimeout(resolve, 40));
  });

  it('is not waited for when the host stops', async () => {
    const stopping = new AbortController();
    const { ask } = await aProvider(() => stopping.abort());
    await expect(ask({}, stopping.signal)).rejects.toMatchObject(fails('unknown_outcome'));
  });
});

describe('a redirect', () => {
  it('is followed for GET, without the headers given', async () => {
    const keys: unknown[] = [];
    const { ask, asked } = await aProvider((request, response) => {
      keys.push(request.headers['authorization']);
      if (request.url === '/file') response.end('bytes');
      else response.writeHead(302, { location: '/file' }).end();
    });
    const { body } = await ask({ headers: { authorization: 'Bearer secret' } });
    expect(Buffer.from(body).toString()).toBe('bytes');
    expect([asked.length, keys]).toEqual([2, ['Bearer secret', undefined]]);
  });

  it('to the configured place itself is followed', async () => {
    const { ask, place } = await aProvider((request, response) => {
      if (request.url === '/file') response.end('bytes');
      else response.writeHead(302, { location: `${place}/file` }).end();
    });
    expect((await ask()).status).toBe(200);
  });

  it('of a POST is the answer', async () => {
    const { ask, asked } = await aProvider((_request, response) =>
      response.writeHead(307, { location: '/elsewhere' }).end(),
    );
    expect((await ask({ method: 'POST' })).status).toBe(307);
    expect(asked).toEqual(['POST /v1/me?a=1']);
  });

  it('without end is refused', async () => {
    const { ask } = await aProvider((request, response) =>
      response.writeHead(302, { location: `${request.url}x` }).end(),
    );
    await expect(ask()).rejects.toMatchObject(fails('rejected_permanently'));
  });

  it.each(['http://127.0.0.1:1/', 'http://[::1]/', 'http://169.254.169.254/latest', 'file:///etc/passwd'])(
    'to %s is refused',
    async (location) => {
      const { ask } = await aProvider((_request, response) => response.writeHead(302, { location }).end());
      await expect(ask()).rejects.toMatchObject(fails('rejected_permanently'));
    },
  );
});

describe('a private address', () => {
  it.each([
    ...['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '0.0.0.0', '100.64.0.1'],
    ...['[::1]', '[::ffff:127.0.0.1]', '[fd00::1]', '[fe80::1]', '[64:ff9b::7f00:1]', '2130706433', '0x7f.1'],
  ])('is refused as %s', async (host) => {
    const ask = asking(new ProviderHttp());
    await expect(ask({ url: `http://${host}/` })).rejects.toMatchObject(fails('rejected_permanently'));
  });

  it('is refused behind a name, also beside a public one', async () => {
    const resolve: Resolve = (_name, _options, callback) =>
      callback(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.7', family: 4 },
      ]);
    const ask = asking(new ProviderHttp({ resolve }));
    await expect(ask({ url: 'http://files.example/' })).rejects.toMatchObject(fails('rejected_permanently'));
  });

  it('has no second chance: a connection goes where its name was found to lead', () => {
    const answers = [[{ address: '93.184.216.34', family: 4 }], [{ address: '127.0.0.1', family: 4 }]];
    const resolve: Resolve = (_name, _options, callback) => callback(null, answers.shift()!);
    const found: unknown[] = [];
    publicLookup(resolve)('rebind.example', { all: true }, (_error, addresses) => found.push(addresses));
    expect(found).toEqual([[{ address: '93.184.216.34', family: 4 }]]);
    expect(answers).toHaveLength(1);
  });

  it('is not looked for behind a name that nobody has', async () => {
    const resolve: Resolve = (_name, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    const ask = asking(new ProviderHttp({ resolve }));
    await expect(ask({ url: 'http://nobody.example/' })).rejects.toMatchObject(fails('unavailable'));
  });
});
