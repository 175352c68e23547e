import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Problem, type TicketDetail, TOPICS, type UploadView } from '@tributary/contracts';
import { SESSION_COOKIE, type SignedInPerson } from '@tributary/directory';
import { createEventLog, type EventLog } from '@tributary/event-log';
import { describeObject } from '@tributary/object-store';
import { createLogger, Health, newId, systemClock } from '@tributary/runtime';
import { connectService, createHttpServer } from '@tributary/service';
import { aMessage, anUnreadableMessage, aStoredObject, type MessageBuilder } from './testing/a-message.js';
import { TestDesk, type TestWorkspace } from './testing/a-desk.js';
import { TicketsModule } from './tickets.module.js';

describe('the tickets’ API', () => {
  let desk: TestDesk;
  let log: EventLog;
  let app: NestFastifyApplication;
  let origin: string;
  let workspace: TestWorkspace;
  let agent: SignedInPerson;
  let cookie: string;
  let ticketId: string;

  beforeAll(async () => {
    desk = await TestDesk.open();
    const logger = createLogger('spec', 'silent');
    const { url } = desk.database;
    log = createEventLog({ driver: 'embedded', url, service: 'tickets', logger, clock: systemClock });
    await log.admin.ensureTopics(TOPICS);
    app = await createHttpServer(TicketsModule.register({ ...desk.context, log }), logger);
    await app.listen(0, '127.0.0.1');
    origin = await app.getUrl();
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    agent = await workspace.person('Li');
    cookie = await signIn(agent);
    ticketId = await aTicket(aMessage().html('<p>Hello <img src="cid:logo"></p>'));
  });
  afterAll(async () => {
    await app.close();
    await log.close();
    await desk.end();
  });

  it.each([
    ['GET', '/api/tickets'],
    ['GET', '/api/tickets/counts'],
    ['GET', `/api/tickets/${newId()}`],
    ['GET', `/api/tickets/${newId()}/sla`],
    ['PATCH', `/api/tickets/${newId()}`],
    ['POST', `/api/tickets/${newId()}/replies`],
    ['POST', `/api/tickets/${newId()}/notes`],
    ['POST', `/api/messages/${newId()}/retry`],
    ['GET', `/api/messages/${newId()}/html`],
    ['GET', `/api/messages/${newId()}/original`],
    ['GET', `/api/attachments/${newId()}`],
    ['POST', '/api/uploads'],
    ['GET', '/api/stream'],
  ])('lets nobody %s %s without a session', async (method, path) => {
    const answer = await fetch(origin + path, { method });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'NOT_SIGNED_IN' });
  });

  it.each([
    ['GET', '/api/tickets/ID'],
    ['GET', '/api/tickets/ID/sla'],
    ['PATCH', '/api/tickets/ID'],
    ['POST', '/api/messages/ID/retry'],
    ['GET', '/api/messages/ID/html'],
    ['GET', '/api/messages/ID/original'],
    ['GET', '/api/attachments/ID'],
  ])('answers %s %s with 404 for an unknown id, and with 400 for none', async (method, path) => {
    const body = method === 'PATCH' ? { tags: ['x'] } : undefined;
    expect(await ask(method, path.replace('ID', newId()), body)).toMatchObject({
      status: 404,
      body: { code: expect.stringMatching(/_NOT_FOUND$/) },
    });
    expect((await ask(method, path.replace('ID', 'x'), body)).status).toBe(400);
    expect((await ask(method, path.replace('ID', "1'--"), body)).status).toBe(400);
  });

  it.each<[string, string, object]>([
    ['null for a priority', 'priority', { priority: null }],
    ['null for a subject', 'subject', { subject: null }],
    ['null for tags', 'tags', { tags: null }],
    ['null for a status', 'status', { status: null }],
    ['the status new', 'status', { status: 'new' }],
    ['an unknown field', 'number', { number: 1 }],
    ['a NUL in a tag', 'tags.0', { tags: ['a\0'] }],
    ['half a character in a subject', 'subject', { subject: '\ud800' }],
    ['an assignee that is no id', 'assigneeId', { assigneeId: 'me' }],
  ])('refuses a patch with %s', async (_, field, body) => {
    const answer = await ask<Problem>('PATCH', `/api/tickets/${ticketId}`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.errors?.map((fault) => fault.field)).toContain(field);
  });

  it.each([
    'view=nothing',
    'limit=0',
    'limit=x',
    'limit=201',
    'status=odd',
    'queueId=x',
    'cursor=x',
    'q=%00',
    'view=mine&view=all',
    'colour=red',
  ])('refuses a list asked for by %s', async (query) => {
    expect((await ask('GET', `/api/tickets?${query}`)).status).toBe(400);
  });

  it('takes a reply under a key, once', async () => {
    const path = `/api/tickets/${ticketId}/replies`;
    expect(await ask('POST', path, { text: 'Hello' })).toMatchObject({
      status: 400,
      body: { code: 'IDEMPOTENCY_KEY_MISSING' },
    });
    const headers = { 'idempotency-key': newId() };
    const first = await ask<TicketDetail>('POST', path, { text: 'Hello' }, headers);
    expect(first).toMatchObject({
      status: 201,
      body: { status: 'open', assignee: { id: agent.id, name: 'Li' } },
    });
    await ask(
      'POST',
      path,
      { text: 'Hello' },
      { 'idempotency-key': headers['idempotency-key'].toUpperCase() },
    );
    expect(await workspace.messages()).toHaveLength(2);
    expect(await ask('POST', path, { text: 'Other' }, headers)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect((await ask('POST', path, { text: '' }, { 'idempotency-key': newId() })).status).toBe(400);
  });

  it('changes the version that was read, and no other', async () => {
    const patch = (match: string, tags: string[]) =>
      ask('PATCH', `/api/tickets/${ticketId}`, { tags }, { 'if-match': match });
    expect((await patch('"1"', ['a'])).status).toBe(200);
    for (const match of ['"1"', '"x"', 'W/"2"']) {
      expect(await patch(match, ['b'])).toMatchObject({ status: 412, body: { code: 'VERSION_CONFLICT' } });
    }
    expect((await patch('*', ['c'])).status).toBe(200);
  });

  it('marks a ticket read for its assignee who opens it, and for nobody else', async () => {
    await desk.commands.patch(agent, ticketId, { assigneeId: agent.id }, undefined);
    const colleague = await signIn(await workspace.person('Mo'));
    expect(
      (await ask<TicketDetail>('GET', `/api/tickets/${ticketId}`, undefined, { cookie: colleague })).body
        .unread,
    ).toBe(true);
    expect((await ask<TicketDetail>('GET', `/api/tickets/${ticketId}`)).body.unread).toBe(true);
    expect((await ask<TicketDetail>('GET', `/api/tickets/${ticketId}`)).body.unread).toBe(false);
  });

  it('shows messages in the log’s order, whatever the clocks of the adapters say', async () => {
    const inbox = workspace.inbox();
    const at = (receivedAt: string, text: string) =>
      aMessage().inInbox(inbox).called(`<${text}>`).answering('<late>').saying(text).with({ receivedAt });
    await desk.receive([at('2026-11-23T09:00:05.000Z', 'late'), at('2026-11-23T08:00:00.000Z', 'early')]);
    const id = String((await workspace.tickets()).at(-1)!['id']);
    const { body } = await ask<TicketDetail>('GET', `/api/tickets/${id}`);
    expect(body.thread.flatMap((item) => (item.kind === 'message' ? item.text : []))).toEqual([
      'late',
      'early',
    ]);
  });

  describe('files', () => {
    it('are downloads under their own name and type that no page of ours can run', async () => {
      const form = new FormData();
      form.append('file', new Blob(['<script>alert(1)</script>'], { type: 'text/html' }), '账单".html');
      const upload = await fetch(`${origin}/api/uploads`, {
        method: 'POST',
        headers: { cookie },
        body: form,
      });
      const file = (await upload.json()) as UploadView;
      expect(file).toMatchObject({
        name: expect.stringContaining('账单'),
        contentType: 'text/html',
        size: 25,
      });
      const answer = await fetch(`${origin}/api/attachments/${file.id}`, { headers: { cookie } });
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        ...{ 'content-type': 'text/html', 'content-length': '25', 'x-content-type-options': 'nosniff' },
        'content-security-policy': "default-src 'none'; sandbox",
        'content-disposition': expect.stringMatching(
          /^attachment; filename=".*"; filename\*=UTF-8''%E8%B4%A6/,
        ),
      });
      expect(await answer.text()).toBe('<script>alert(1)</script>');
      const stranger = await signIn(await (await desk.workspace()).person('Eve'));
      expect((await ask('GET', `/api/attachments/${file.id}`, undefined, { cookie: stranger })).status).toBe(
        404,
      );
    });

    it.each([0, 2])('are uploaded one at a time, not %i', async (count) => {
      const form = new FormData();
      for (let i = 0; i < count; i++) form.append('file', new Blob(['x']), `${i}.txt`);
      form.append('other', 'x');
      const answer = await fetch(`${origin}/api/uploads`, {
        method: 'POST',
        headers: { cookie },
        body: form,
      });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'ONE_FILE' });
    });

    it('that the store has lost are not found', async () => {
      const stored = await desk.context.objects.put(workspace.id, Buffer.from(newId()));
      const file = {
        ...stored,
        name: 'a.txt',
        contentType: 'text/plain',
        disposition: 'attachment' as const,
      };
      await aTicket(aMessage().withFiles(file));
      const [attachment] = await workspace.rows('attachment', 'id');
      const path = `/api/attachments/${String(attachment!['id'])}`;
      expect((await fetch(origin + path, { headers: { cookie } })).status).toBe(200);
      await rm(join(desk.objectFolder, stored.key));
      expect(await ask('GET', path)).toMatchObject({ status: 404, body: { code: 'FILE_NOT_FOUND' } });
    });

    it('of an unreadable message are its bytes, wherever they stand', async () => {
      const content = Buffer.from('garbage');
      const raw = { ...describeObject(workspace.id, content), content: content.toString('base64') };
      await desk.receive([anUnreadableMessage(workspace.inbox(), { raw })]);
      const [attachment] = await workspace.rows('attachment', 'id');
      const message = (await workspace.messages()).at(-1);
      for (const path of [
        `attachments/${String(attachment!['id'])}`,
        `messages/${String(message!['id'])}/original`,
      ]) {
        const answer = await fetch(`${origin}/api/${path}`, { headers: { cookie } });
        expect(await answer.text()).toBe('garbage');
        expect(answer.headers.get('content-type')).toBe('application/octet-stream');
      }
    });

    it('of HTML are a document of its own, with inline images from our own store', async () => {
      const image = { ...aStoredObject(workspace.id), name: 'logo.png', contentType: 'image/png' };
      await aTicket(
        aMessage()
          .html('<p onclick="x">Hi <img src="cid:logo"></p>')
          .withFiles({ ...image, disposition: 'inline', contentId: 'logo' }),
      );
      const message = (await workspace.messages()).at(-1)!;
      const [attachment] = await workspace.rows('attachment', 'id');
      const answer = await fetch(`${origin}/api/messages/${String(message['id'])}/html`, {
        headers: { cookie },
      });
      expect(await answer.text()).toContain(
        `<body><p>Hi <img src="/api/attachments/${String(attachment!['id'])}" /></p></body>`,
      );
      expect(answer.headers.get('content-security-policy')).toMatch(
        /^default-src 'none';.* sandbox allow-same-origin allow-popups/,
      );
    });
  });

  describe('the stream', () => {
    it('begins with a place to resume from, before anything has happened', async () => {
      const stream = await open();
      expect(await stream.next()).toMatch(/^retry: 1000\n\nid: \d+\.\d+\n\n$/);
      stream.close();
    });

    it('tells a change with its place, and goes on after it', async () => {
      const first = await open();
      await desk.commands.patch(agent, ticketId, { tags: ['a'] }, undefined);
      await desk.commands.patch(agent, ticketId, { tags: ['b'] }, undefined);
      // What came before may be told again while transactions of other databases hold the head back.
      const [toA, toB] = ['"tags":[[],["a"]]', '"tags":[["a"],["b"]]'];
      const events = await first.until((text) => text.includes(toB));
      first.close();
      const [, id] = /^id: (.*)$/m.exec(events.split('\n\n').find((event) => event.includes(toA))!)!;
      const second = await open(id);
      const rest = await second.until((text) => text.includes(toB));
      expect(rest).not.toContain(toA);
      second.close();
    });

    it.each(['nonsense', '99999999999999999999.1', '9999999999999.0'])(
      'says to read again when it is resumed from %s',
      async (from) => {
        const stream = await open(from);
        expect(await stream.until((text) => text.includes('id: '))).toMatch(
          /event: reset\ndata: \{\}\n\nid: \d+\.\d+\n\n/,
        );
        stream.close();
      },
    );

    it('is an open page of its reader from its answer until the reader goes', async () => {
      const pages = () =>
        desk.owner.query('SELECT person_id FROM tickets.open_page WHERE workspace_id = $1', [workspace.id]);
      const stream = await open();
      expect(await pages()).toEqual([{ person_id: agent.id }]);
      stream.close();
      while (((await pages()) as unknown[]).length > 0)
        await new Promise((resolve) => setTimeout(resolve, 10));
    });

    it('outlives a reader who goes in the middle of it', async () => {
      for (let i = 0; i < 10; i++) (await open()).close();
      const stream = await open();
      await desk.commands.patch(agent, ticketId, { tags: ['still here'] }, undefined);
      await stream.until((text) => text.includes('still here'));
      stream.close();
    });
  });

  async function aTicket(message: MessageBuilder): Promise<string> {
    await desk.receive([message.inInbox(workspace.inbox())]);
    return String((await workspace.tickets()).at(-1)!['id']);
  }

  async function signIn({ id, workspaceId }: SignedInPerson): Promise<string> {
    const { context, close } = await connectService({
      ...{ ...desk.context, service: 'gateway', health: new Health() },
      masterKey: Buffer.alloc(32).toString('base64'),
    });
    const link = await context.sessions.createLink(workspaceId, id);
    const session = await context.sessions.signInByLink(link.token);
    await close();
    return `${SESSION_COOKIE}=${session!.token}`;
  }

  async function ask<T = Problem>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ) {
    const answer = await fetch(origin + path, {
      method,
      headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as T };
  }

  async function open(lastEventId?: string) {
    const headers = { cookie, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
    const request = httpGet(`${origin}/api/stream`, { headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.on('error', () => undefined);
    const until = async (good: (text: string) => boolean): Promise<string> => {
      while (!good(text)) await once(response, 'data');
      return text;
    };
    return { until, next: () => until((all) => all.includes('id: ')), close: () => void request.destroy() };
  }
});
