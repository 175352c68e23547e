import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { threadToken, verifyThreadToken } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import { type Ask, PUBLIC_URL, TestGateway, type TestWorkspace } from '../testing/a-gateway.js';
import type { ProgressView } from './progress.service.js';

const KEY = 'f'.repeat(32);

describe('the hosted form', () => {
  let gateway: TestGateway;
  let workspace: TestWorkspace;
  let inboxId: string;

  beforeAll(async () => {
    gateway = await TestGateway.open();
  });
  beforeEach(async () => {
    workspace = await gateway.workspace();
    inboxId = await workspace.form();
  });
  afterAll(() => gateway.end());

  describe('takes a message', () => {
    it('and says so when it is in the log, with the bytes as they came', async () => {
      const body = '{"email": "Ann@Example.org", "text":"Hello", "name":"Ann", "type":"refund"}';
      const answer = await submit<{ progressUrl: string }>({ body });
      expect(answer.status).toBe(202);
      expect(answer.body.progressUrl).toMatch(
        new RegExp(`^${PUBLIC_URL}/f/${inboxId}/p/[0-9a-f]{40}\\.[0-9a-f]{32}$`),
      );
      const [message] = await gateway.accepted(inboxId);
      expect(message).toMatchObject({
        ...{
          channel: 'web_form',
          from: { kind: 'email', value: 'ann@example.org', name: 'Ann' },
          text: 'Hello',
        },
        ...{ fields: { type: 'refund' }, raw: { content: Buffer.from(body).toString('base64') } },
      });
    });

    it('with files, which are in the object store before the message is in the log', async () => {
      const large = 'x'.repeat(50_000);
      const answer = await submit(
        multipart({ email: 'a@b.example', text: 'see there' }, { 'a.txt': 'one', 'b.bin': large }),
      );
      expect(answer.status).toBe(202);
      const [message] = await gateway.accepted(inboxId);
      expect(message!.attachments.map(({ name, size }) => [name, size])).toEqual([
        ['a.txt', 3],
        ['b.bin', 50_000],
      ]);
      for (const [i, content] of ['one', large].entries()) {
        expect((await gateway.context.objects.get(message!.attachments[i]!.key)).toString()).toBe(content);
      }
      expect((await gateway.context.objects.get(message!.raw.key)).toString()).toContain(large);
    });

    it('once under one key, however often and in whatever multipart it is sent', async () => {
      const headers = { 'idempotency-key': KEY };
      const once = { email: 'a@b.example', text: 'Hello' };
      const answers = [
        await submit({ body: once, headers }),
        await submit({ body: once, headers }),
        await submit(multipart(once, {}, headers, 'one')),
        await submit(multipart(once, {}, headers, 'another')),
      ];
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      expect(
        new Set((await gateway.accepted(inboxId)).map(({ providerEventId }) => providerEventId)).size,
      ).toBe(1);
    });

    it('as another one when the content differs, so that a key of somebody else opens nothing', async () => {
      const headers = { 'idempotency-key': KEY };
      const answers = [
        await submit({ body: { email: 'a@b.example', text: 'one' }, headers }),
        await submit({ body: { email: 'a@b.example', text: 'two' }, headers }),
      ];
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(2);
    });

    it('by whatever is written in it, NUL and halves of characters included', async () => {
      const body = '{"email":"a@b.example","text":"a\\u0000b\\ud800c","subject":"\\ud800"}';
      expect((await submit({ body })).status).toBe(202);
    });
  });

  describe('refuses', () => {
    it.each([
      ['no JSON', { body: '{"email":' }, 400, /^FST_ERR|BAD_JSON|REFUSED/],
      ['no object', { body: '[]' }, 400, 'BAD_BODY'],
      ['null', { body: 'null' }, 400, 'BAD_BODY'],
      ['an empty body', { body: '' }, 400, /./],
      ['a field that is no text', { body: { email: 'a@b.example', text: 1 } }, 400, 'BAD_FIELD'],
      ['what is not UTF-8', { body: Buffer.from('{"text":"\xff"}', 'latin1') }, 400, 'BAD_ENCODING'],
      [
        'a field of a strange name',
        { body: { email: 'a@b.example', text: 'x', 'a b': 'c' } },
        400,
        'BAD_FIELD_NAME',
      ],
      ['a field named __proto__', { body: '{"email":"a@b.example","text":"x","__proto__":"y"}' }, 400, /./],
      [
        'too many fields',
        { body: Object.fromEntries(Array.from({ length: 61 }, (_, i) => [`f${i}`, 'x'])) },
        400,
        'TOO_MANY_FIELDS',
      ],
      [
        'a long field',
        { body: { email: 'a@b.example', text: 'x', order: 'x'.repeat(2001) } },
        413,
        'FIELD_TOO_LONG',
      ],
      ['a long text', { body: { email: 'a@b.example', text: 'x'.repeat(100_001) } }, 413, 'TEXT_TOO_LONG'],
      ['no address', { body: { text: 'x' } }, 400, 'NO_SENDER'],
      ['what is no address', { body: { email: 'a@b', text: 'x' } }, 400, 'NO_SENDER'],
      ['neither text nor file', { body: { email: 'a@b.example', text: ' ' } }, 400, 'EMPTY_MESSAGE'],
      [
        'a thread of its own',
        { body: { email: 'a@b.example', text: 'x', thread: 'c1.a.b' } },
        400,
        'BAD_FIELD',
      ],
      [
        'a short key',
        { body: { email: 'a@b.example', text: 'x' }, headers: { 'idempotency-key': 'x' } },
        400,
        'BAD_IDEMPOTENCY_KEY',
      ],
      ['plain text', { body: 'hello', headers: { 'content-type': 'text/plain' } }, 415, /./],
      [
        'a browser’s plain form',
        { body: 'email=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        /^4(00|15)$/,
        /./,
      ],
      [
        'a body without a type',
        { body: Buffer.from('x'), headers: { 'content-type': '' } },
        /^4(00|15)$/,
        /./,
      ],
      [
        'a multipart without a boundary',
        { body: Buffer.from('x'), headers: { 'content-type': 'multipart/form-data' } },
        400,
        'BAD_MULTIPART',
      ],
      ['a multipart that was cut', cut(multipart({ email: 'a@b.example', text: 'x' })), 400, 'BAD_MULTIPART'],
      [
        'a multipart of other bytes',
        { body: Buffer.from('--nothing'), headers: { 'content-type': 'multipart/form-data; boundary=xyz' } },
        400,
        /./,
      ],
      [
        'two values of one field',
        multipart([
          ['email', 'a@b.example'],
          ['text', 'x'],
          ['text', 'y'],
        ]),
        400,
        'REPEATED_FIELD',
      ],
      [
        'more than ten files',
        multipart(
          { email: 'a@b.example', text: 'x' },
          Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${i}.txt`, 'x'])),
        ),
        413,
        'TOO_MANY_PARTS',
      ],
      [
        'a file of more than 20 MB',
        multipart({ email: 'a@b.example', text: 'x' }, { 'a.bin': 'x'.repeat(20_000_001) }),
        413,
        'FILE_TOO_LARGE',
      ],
      ['a body of more than 25 MB', { body: Buffer.alloc(26 * 1024 * 1024, 0x20) }, 413, /./],
    ] as [string, Ask, number | RegExp, string | RegExp][])('%s', async (_, ask, status, code) => {
      const answer = await submit<{ code: string }>(ask);
      expect(String(answer.status)).toMatch(status instanceof RegExp ? status : new RegExp(`^${status}$`));
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.body.code).toMatch(code instanceof RegExp ? code : new RegExp(`^${code}$`));
      expect(await gateway.accepted(inboxId)).toEqual([]);
    });

    it.each([
      ['an inbox that is not there', (): string => newId(), 404, 'FORM_NOT_FOUND'],
      ['what is no id', (): string => 'x', 400, /./],
      ['an address that cannot be read', (): string => '%zz', 400, /./],
    ] as const)('%s', async (_, id, status, code) => {
      const answer = await gateway.ask<{ code: string }>('POST', `/f/${id()}/messages`, json({ text: 'x' }));
      expect(answer.status).toBe(status);
      expect(answer.body.code).toMatch(code);
    });
  });

  describe('shows the customer’s own page', () => {
    it('by its token alone: not by another inbox’s, not by one that was changed', async () => {
      const path = await sent('Hello');
      const other = await workspace.form();
      expect((await gateway.ask('GET', path)).status).toBe(200);
      const token = path.split('/').at(-1)!;
      const last = token.at(-1) === '0' ? '1' : '0';
      for (const wrong of [
        `/f/${other}/p/${token}`,
        `/f/${inboxId}/p/${token.slice(0, -1)}${last}`,
        `/f/${inboxId}/p/x`,
        `/f/${inboxId}/p/.`,
      ]) {
        for (const rest of ['', '/thread', '/events']) {
          expect((await gateway.ask('GET', `${wrong}${rest}`)).status).toBe(404);
        }
        expect((await gateway.ask('POST', `${wrong}/messages`, json({ text: 'x' }))).status).toBe(404);
      }
    });

    it('says that it was received until it is a ticket', async () => {
      const path = await sent('Hello');
      expect((await gateway.ask<ProgressView>('GET', `${path}/thread`)).body).toEqual({
        ...{ state: 'received', number: null, subject: null, messages: [] },
      });
      const answer = await gateway.ask('POST', `${path}/messages`, json({ text: 'and' }));
      expect(answer).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        body: { code: 'NOT_YET' },
      });
    });

    it('with both sides of the thread, and nothing of what is inside', async () => {
      const path = await sent('Hello');
      const conversationId = await stored('open', [
        ['inbound', 'Hello', false],
        ['note', 'a liar', false],
        ['outbound', 'Good day', false],
        ['inbound', 'spam', true],
      ]);
      const { body, headers } = await gateway.ask<ProgressView>('GET', `${path}/thread`);
      expect(body).toMatchObject({ state: 'in_progress', number: '1001', subject: 'My order' });
      expect(body.messages.map(({ from, text }) => [from, text])).toEqual([
        ['you', 'Hello'],
        ['us', 'Good day'],
      ]);
      expect(headers['cache-control']).toBe('no-store');
      expect(JSON.stringify(body)).not.toContain(conversationId);
    });

    it.each([
      ['new', 'in_progress'],
      ['on_hold', 'in_progress'],
      ['pending', 'waiting_for_you'],
      ['solved', 'solved'],
      ['closed', 'solved'],
    ])('a ticket that is %s as %s', async (status, state) => {
      const path = await sent('Hello');
      await stored(status, [['inbound', 'Hello', false]]);
      expect((await gateway.ask<ProgressView>('GET', `${path}/thread`)).body.state).toBe(state);
    });

    it('and takes an answer into the same conversation, from the same sender', async () => {
      const path = await sent('Hello');
      const conversationId = await stored('pending', [['inbound', 'Hello', false]]);
      const answer = await gateway.ask('POST', `${path}/messages`, json({ text: 'Thank you' }));
      expect(answer).toMatchObject({ status: 202, body: { progressUrl: `${PUBLIC_URL}${path}` } });
      const message = (await gateway.accepted(inboxId)).find(({ text }) => text === 'Thank you')!;
      expect(message.from).toEqual({ kind: 'email', value: 'ann@example.org', name: 'Ann' });
      const key = gateway.context.masterKey.derive('thread-token', workspace.id);
      expect(message.thread.tokens.map((token) => verifyThreadToken(key, token))).toEqual([conversationId]);
    });

    it('lets an answer say nothing but text and files', async () => {
      const path = await sent('Hello');
      await stored('open', [['inbound', 'Hello', false]]);
      const answer = await gateway.ask(
        'POST',
        `${path}/messages`,
        json({ text: 'x', email: 'eve@x.example' }),
      );
      expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_FIELD' } });
    });

    it('never gives the token that continues the conversation by mail', async () => {
      const path = await sent('Hello');
      const conversationId = await stored('open', [['inbound', 'Hello', false]]);
      const key = gateway.context.masterKey.derive('thread-token', workspace.id);
      const token = threadToken(key, conversationId);
      for (const url of [path, `${path}/thread`]) {
        expect(JSON.stringify((await gateway.ask<unknown>('GET', url)).body)).not.toContain(token);
      }
    });
  });

  it('may be framed by anybody; the private page by nobody, and sends no referrer', async () => {
    const form = await gateway.ask('GET', `/f/${inboxId}`);
    expect(form.headers['content-security-policy']).toContain('frame-ancestors *');
    const page = await gateway.ask('GET', await sent('Hello'));
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['referrer-policy']).toBe('no-referrer');
  });

  it('shows settings as text, whatever is written in them', async () => {
    const evil = `</script><script>alert(1)</script>" onload="x`;
    await gateway.owner.query(
      `UPDATE directory.inbox SET settings = jsonb_build_object('title', $2::text) WHERE id = $1`,
      [inboxId, evil],
    );
    const { body } = await gateway.ask<string>('GET', `/f/${inboxId}`);
    expect(body).not.toContain('<script>alert');
    expect(body).not.toContain('" onload="');
  });

  const json = (body: object): Ask => ({ body, headers: { 'content-type': 'application/json' } });
  const submit = <T = unknown>({ body, headers }: Ask) =>
    gateway.ask<T>('POST', `/f/${inboxId}/messages`, {
      ...(body === undefined ? {} : { body }),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const sent = async (text: string): Promise<string> => {
    const { body } = await submit<{ progressUrl: string }>({
      body: { email: 'ann@example.org', name: 'Ann', text },
    });
    return new URL(body.progressUrl).pathname;
  };

  /** As `tickets` would have recorded the last submission. @returns the conversation's id. */
  async function stored(status: string, messages: [string, string, boolean][]): Promise<string> {
    const { owner } = gateway;
    const event = (await gateway.accepted(inboxId)).at(-1)!.providerEventId;
    const [contact, identity, conversation, ticket] = [newId(), newId(), newId(), newId()];
    const scope = workspace.id;
    await owner.query(`INSERT INTO tickets.contact VALUES ($1, $2, 'Ann')`, [contact, scope]);
    await owner.query(`INSERT INTO tickets.contact_identity VALUES ($1, $2, 'ann@example.org')`, [
      identity,
      scope,
    ]);
    await owner.query(`INSERT INTO tickets.conversation VALUES ($1, $2, $3, $4)`, [
      conversation,
      scope,
      contact,
      identity,
    ]);
    await owner.query(`INSERT INTO tickets.ticket VALUES ($1, $2, 1001, 'My order', $3)`, [
      ticket,
      scope,
      status,
    ]);
    await owner.query(`INSERT INTO tickets.ticket_conversation VALUES ($1, $2, $3)`, [
      scope,
      ticket,
      conversation,
    ]);
    for (const [i, [direction, text, unverified]] of messages.entries()) {
      const id = newId();
      await owner.query(
        `INSERT INTO tickets.message (id, workspace_id, conversation_id, ticket_id, direction, author_name, text, unverified_sender)
         VALUES ($1, $2, $3, $4, $5, 'Somebody', $6, $7)`,
        [id, scope, conversation, ticket, direction, text, unverified],
      );
      if (i === 0)
        await owner.query(`INSERT INTO tickets.inbound_receipt VALUES ($1, $2, $3, $4)`, [
          scope,
          inboxId,
          event,
          id,
        ]);
    }
    return conversation;
  }
});

function multipart(
  fields: Record<string, string> | [string, string][],
  files: Record<string, string> = {},
  headers: Record<string, string> = {},
  boundary = 'b0undary',
): Ask {
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields);
  const parts = [
    ...pairs.map(([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`),
    ...Object.entries(files).map(
      ([name, content]) =>
        `Content-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n${content}`,
    ),
  ];
  const body = Buffer.from(
    `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`,
  );
  return { body, headers: { ...headers, 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

function cut({ body, headers }: Ask): Ask {
  const whole = body as Buffer;
  return { body: whole.subarray(0, whole.length - 30), headers: headers ?? {} };
}
