import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hubSignature, metaJson } from './meta-calls.js';
import { type MetaAccount, MetaSimulator } from './meta.js';

const page: MetaAccount = { product: 'messenger', id: '1001', senderId: '1001', displayNumber: '' };
const number: MetaAccount = {
  product: 'whatsapp',
  id: '2002',
  senderId: '2002',
  displayNumber: '15550783881',
};
const HOUR_MS = 3_600_000;

/** An app that Meta calls: answers with the statuses it was given, then with 200. */
class App {
  readonly bodies: Buffer[] = [];
  readonly signatures: (string | undefined)[] = [];
  readonly statuses: number[] = [];
  #challenge: (given: string) => string = (given) => given;
  readonly #server: Server = createServer((request, response) => {
    void read(request).then((body) => {
      const challenge = new URL(request.url ?? '/', 'http://x').searchParams.get('hub.challenge');
      if (request.method === 'GET') return response.end(this.#challenge(challenge ?? ''));
      this.bodies.push(body);
      this.signatures.push(request.headers['x-hub-signature-256']?.toString());
      return response.writeHead(this.statuses.shift() ?? 200).end();
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  answerHandshakeWith(answer: string): void {
    this.#challenge = () => answer;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('the simulator of Meta', () => {
  let app: App;
  let meta: MetaSimulator;
  let url: string;

  beforeEach(async () => {
    app = new App();
    url = await app.listen();
    meta = await MetaSimulator.start({
      ...{ accounts: [page, number], appSecret: 'app secret', accessToken: 'token' },
      ...{ backoffMs: 2, attempts: 3, echoes: 'never' },
    });
  });
  afterEach(async () => {
    await meta.stop();
    await app.close();
  });

  it('signs as the published vector has it', () => {
    expect(hubSignature("It's a Secret to Everybody", Buffer.from('Hello, World!'))).toBe(
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    );
  });

  it('writes JSON in ASCII alone, and means the same', () => {
    const value = { text: 'äöå <b>/ 5% @ 💡' };
    expect(metaJson(value)).toBe(
      '{"text":"\\u00e4\\u00f6\\u00e5 \\u003cb>\\/ 5\\u0025 \\u0040 \\ud83d\\udca1"}',
    );
    expect(JSON.parse(metaJson(value))).toEqual(value);
  });

  it('takes no address that does not give the challenge back', async () => {
    app.answerHandshakeWith('Hello');
    await expect(meta.subscribe('messenger', url)).rejects.toThrow('could not be validated');
  });

  it('calls with a signature of the bytes, and again until it is taken', async () => {
    await meta.subscribe('messenger', url);
    app.statuses.push(503, 500);
    await meta.writes(page, { id: '7' }, { text: 'Hallo ä' });
    expect(meta.calls.answers).toEqual([503, 500, 200]);
    expect(app.signatures[2]).toBe(hubSignature('app secret', app.bodies[2]!));
    expect(app.bodies[0]).toEqual(app.bodies[2]);
  });

  it('gives up after its last try', async () => {
    await meta.subscribe('messenger', url);
    app.statuses.push(503, 503, 503);
    await expect(meta.writes(page, { id: '7' }, { text: 'x' })).rejects.toThrow('gave up');
  });

  it('delivers what it held as often as it is told, in an order that the seed decides', async () => {
    await meta.subscribe('messenger', url);
    meta.calls.hold();
    for (let count = 0; count < 20; count++) await meta.writes(page, { id: '7' }, { text: `${count}` });
    expect(app.bodies).toEqual([]);
    await meta.calls.release({ deliveries: 2, seed: 3 });
    expect(app.bodies).toHaveLength(40);
    expect(new Set(app.bodies.map(String)).size).toBe(20);
  });

  const graph = (path: string, init: { method?: string; body?: object; token?: string } = {}) => {
    const { token = 'token', method = 'POST', body } = init;
    const proof = createHmac('sha256', 'app secret').update('token').digest('hex');
    const origin = meta.origins.get('https://graph.facebook.com')!;
    return fetch(`${origin}/v25.0/${path}${path.includes('?') ? '&' : '?'}appsecret_proof=${proof}`, {
      ...{ method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } },
      ...(body && { body: JSON.stringify(body) }),
    }).then(async (response) => (await response.json()) as Record<string, unknown>);
  };
  const hello = { recipient: { id: '7' }, messaging_type: 'RESPONSE', message: { text: 'Hello' } };

  it('lets an app write to those alone who wrote, within a day', async () => {
    await meta.subscribe('messenger', url);
    expect(await graph('1001/messages', { body: hello })).toMatchObject({
      error: { code: 100, error_subcode: 2_018_001 },
    });
    await meta.writes(page, { id: '7' }, { text: 'x' });
    expect(await graph('1001/messages', { body: hello })).toMatchObject({ recipient_id: '7' });
    meta.advance(25 * HOUR_MS);
    expect(await graph('1001/messages', { body: hello })).toMatchObject({
      error: { code: 10, error_subcode: 2_018_278 },
    });
  });

  it('takes neither an old token nor a call without its proof', async () => {
    meta.renewToken('another');
    expect(await graph('1001/messages', { body: hello })).toMatchObject({ error: { code: 190 } });
    expect(await graph('1001/messages', { body: hello, token: 'another' })).toMatchObject({
      error: { code: 100 },
    });
  });

  it('gives a file of WhatsApp an address for five minutes, for the token alone', async () => {
    await meta.subscribe('whatsapp', url);
    const file = { name: 'a.png', contentType: 'image/png', content: Uint8Array.from([1, 2]) };
    await meta.writes(number, { id: '16505551234' }, { file });
    const [id] = /275\d{13}/.exec(app.bodies[0]!.toString())!;
    const media = await graph(`${id}?phone_number_id=2002`, { method: 'GET' });
    const address = (media['url'] as string).replace(
      'https://lookaside.fbsbx.com',
      meta.origins.get('https://lookaside.fbsbx.com')!,
    );
    const open = (headers = {}) => fetch(address, { headers }).then(({ status }) => status);
    expect(await open()).toBe(401);
    expect(await open({ authorization: 'Bearer token' })).toBe(200);
    meta.advance(6 * 60_000);
    expect(await open({ authorization: 'Bearer token' })).toBe(403);
  });
});
