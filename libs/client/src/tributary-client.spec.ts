import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type ClientOptions, RefusedError, TributaryClient } from './index.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const MESSAGE = { customer: { id: 'c-42' }, text: 'Grüße 😀' };

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A client of a desk that answers as told, and then with success; what it asked and how long it waited. */
function aClient(answers: readonly (Answer | Error)[] = [], options: Partial<ClientOptions> = {}) {
  const left = [...answers];
  const asked: { headers: Record<string, string>; body: string }[] = [];
  const waits: number[] = [];
  const client = new TributaryClient({
    ...{ url: 'https://desk.example.org/hooks/1', secret: SECRET },
    fetch: async (_url, { headers, body }) => {
      asked.push({ headers: headers as Record<string, string>, body: body as string });
      const answer = left.shift() ?? { status: 202, body: { id: 'accepted' } };
      if (answer instanceof Error) throw answer;
      return new Response(JSON.stringify(answer.body ?? {}), {
        status: answer.status,
        headers: answer.headers ?? {},
      });
    },
    sleep: async (milliseconds) => void waits.push(milliseconds),
    ...options,
  });
  return { client, asked, waits };
}

describe('a call', () => {
  it('is signed as the specification wants it', async () => {
    const { client, asked } = aClient();
    await client.send(MESSAGE, { id: 'order-1042' });
    const [{ headers, body } = { headers: {} as Record<string, string>, body: '' }] = asked;
    const key = Buffer.from(SECRET.slice(6), 'base64');
    const content = `order-1042.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(content).digest('base64')}`,
    );
    expect(headers['webhook-id']).toBe('order-1042');
  });

  it('says what it is', async () => {
    const { client, asked } = aClient();
    const alarm = { source: 'Boiler', key: 'b', state: 'raised', severity: 'info', summary: 'Warm' } as const;
    await client.send(MESSAGE);
    await client.signal(alarm);
    await client.report({ message: 'msg_1', state: 'read' });
    expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { type: 'message', ...MESSAGE },
      { type: 'signal', ...alarm },
      { type: 'receipt', message: 'msg_1', state: 'read' },
    ]);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])(
    'that is answered %d is made again, under its id',
    async (status) => {
      const { client, asked } = aClient([{ status }, new TypeError('fetch failed')]);
      expect(await client.send(MESSAGE)).toEqual({ id: 'accepted' });
      expect(asked).toHaveLength(3);
      expect(new Set(asked.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
    },
  );

  it('waits as long as the desk asks for', async () => {
    const later = new Date(Date.now() + 20_000).toUTCString();
    const { client, waits } = aClient([
      { status: 503, headers: { 'retry-after': '7' } },
      { status: 429, headers: { 'retry-after': later } },
    ]);
    await client.send(MESSAGE);
    expect(waits[0]).toBe(7000);
    expect(waits[1]).toBeGreaterThan(10_000);
  });

  it('waits longer each time, up to ten seconds, and not at the same moment as others', async () => {
    const failures = Array.from({ length: 8 }, () => ({ status: 503 }));
    const runs = await Promise.all(
      [1, 2].map(async () => {
        const { client, waits } = aClient(failures, { attempts: 9 });
        await client.send(MESSAGE);
        return waits;
      }),
    );
    const longest = [500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000];
    for (const waits of runs) {
      expect(waits.map((wait, at) => wait >= longest[at]! / 2 && wait <= longest[at]!)).toEqual(
        longest.map(() => true),
      );
    }
    expect(runs[0]).not.toEqual(runs[1]);
  });

  it('gives up after its attempts, with what was said last', async () => {
    const { client, asked } = aClient([{ status: 503 }, { status: 502 }], { attempts: 2 });
    await expect(client.send(MESSAGE)).rejects.toMatchObject({ status: 502, code: 'HTTP_502' });
    expect(asked).toHaveLength(2);
  });

  it('gives up at once when it would have to wait for more than a minute', async () => {
    const { client, asked } = aClient([{ status: 429, headers: { 'retry-after': '61' } }]);
    await expect(client.send(MESSAGE)).rejects.toBeInstanceOf(RefusedError);
    expect(asked).toHaveLength(1);
  });

  it('without any answer says that the desk was not reached, and why', async () => {
    const { client } = aClient([new TypeError('fetch failed')], { attempts: 1 });
    await expect(client.send(MESSAGE)).rejects.toMatchObject({
      ...{ status: 0, code: 'UNREACHABLE' },
      cause: expect.objectContaining({ message: 'fetch failed' }),
    });
  });

  it('that is refused is not made again, and says the fields', async () => {
    const errors = [{ field: 'customer.id', rule: 'minLength', message: 'minLength' }];
    const { client, asked } = aClient([{ status: 400, body: { code: 'VALIDATION_FAILED', errors } }]);
    await expect(client.send(MESSAGE)).rejects.toMatchObject({
      ...{ status: 400, code: 'VALIDATION_FAILED', faults: errors },
      message: '400 VALIDATION_FAILED – customer.id: minLength',
    });
    expect(asked).toHaveLength(1);
  });

  it('ends when its caller wants it to', async () => {
    const ending = new AbortController();
    const { client, asked } = aClient([{ status: 503 }, { status: 503 }], {
      sleep: async () => ending.abort(new Error('enough')),
    });
    await expect(client.send(MESSAGE, { signal: ending.signal })).rejects.toThrow('enough');
    expect(asked).toHaveLength(1);
  });

  it('ends at once when its caller wants it to while it waits', async () => {
    const ending = new AbortController();
    const { client } = aClient([{ status: 503, headers: { 'retry-after': '59' } }], { sleep: undefined });
    const sending = client.send(MESSAGE, { signal: ending.signal });
    setTimeout(() => ending.abort(new Error('enough')), 10);
    await expect(sending).rejects.toThrow('enough');
  });

  it('without a secret is none, and does not tell what stood in its place', async () => {
    const { client } = aClient([], { secret: 'hunter2' });
    const error: unknown = await client.send(MESSAGE).catch((each: unknown) => each);
    expect(String(error)).toContain('whsec_');
    expect(String(error)).not.toContain('hunter2');
  });
});
