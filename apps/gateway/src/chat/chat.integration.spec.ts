import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { chinaBusinessHours } from '@tributary/business-time';
import {
  type ChatSession,
  type ChatSettings,
  type CustomerActed,
  TRANSCRIPT_REQUESTED,
} from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import { VirtualClock } from '@tributary/runtime/testing';
import { type Ask, TestGateway, type TestWorkspace } from '../testing/a-gateway.js';
import { chatToken } from './chat-session.js';
import { ChatThread } from './chat-thread.js';
import { ChatHoursService } from './chat-hours.js';

const SITE = 'https://shop.example.com';
const SECRET = 'the secret of the shop, long enough for HMAC';

describe('the chat’s doors', () => {
  let gateway: TestGateway;
  let workspace: TestWorkspace;
  let inboxId: string;

  const ask = <T = { readonly code: string }>(method: 'GET' | 'POST', path: string, given: Ask = {}) =>
    gateway.ask<T>(method, `/chat/${inboxId}/${path}`, given);
  const session = (body: object = {}, headers = {}) =>
    ask<ChatSession>('POST', 'sessions', { body, headers });
  const bearer = async (): Promise<{ authorization: string }> => ({
    authorization: `Bearer ${(await session()).body.token}`,
  });
  const key = () => ({ 'idempotency-key': newId() });

  beforeAll(async () => {
    gateway = await TestGateway.open();
  });
  beforeEach(async () => {
    workspace = await gateway.workspace();
    inboxId = await chat({ origins: [SITE, 'https://*.shop.example'], identitySecret: SECRET });
  });
  afterAll(() => gateway.end());

  async function chat(settings: Record<string, unknown>): Promise<string> {
    return (await workspace.inbox({ channel: 'web_chat', settings })).id;
  }

  describe('open', () => {
    it.each([SITE, 'https://a.shop.example', 'https://a.b.shop.example', 'http://desk.example.org'])(
      'to pages of %s',
      async (origin) => {
        const answer = await ask<ChatSettings>('GET', 'settings', { headers: { origin } });
        expect(answer).toMatchObject({ status: 200, body: { ask: 'offered', hours: { open: true } } });
        expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'origin' });
      },
    );

    it.each([
      'https://shop.example.com.evil.example',
      'http://shop.example.com',
      'https://evilshop.example',
      'https://shop.example',
      'null',
    ])('never to pages of %s', async (origin) => {
      for (const [method, path] of [
        ['GET', 'settings'],
        ['POST', 'sessions'],
        ['GET', 'events'],
      ] as const) {
        const answer = await ask(method, path, {
          headers: { origin },
          ...(method === 'POST' ? { body: {} } : {}),
        });
        expect(answer).toMatchObject({ status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' } });
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    });

    it('to a browser’s question before it sends a message', async () => {
      const answer = await gateway.app.inject({
        method: 'OPTIONS',
        url: `/chat/${inboxId}/messages`,
        headers: { origin: SITE, 'access-control-request-method': 'POST' },
      });
      expect(answer.statusCode).toBe(204);
      expect(answer.headers['access-control-allow-headers']).toContain('idempotency-key');
    });

    it('for no inbox of another channel', async () => {
      inboxId = await workspace.form();
      expect(await ask('GET', 'settings')).toMatchObject({ status: 404, body: { code: 'CHAT_NOT_FOUND' } });
    });

    it('and tell no secret in their settings', async () => {
      expect(JSON.stringify((await ask('GET', 'settings')).body)).not.toContain(SECRET);
    });
  });

  describe('give a session', () => {
    it('that goes on with its token, and is another without', async () => {
      const first = (await session()).body.token;
      const [again, other] = [(await session({ token: first })).body.token, (await session()).body.token];
      await send(first, 'one');
      await send(again, 'two');
      await send(other, 'three');
      const accepted = await gateway.accepted(inboxId);
      const sender = (said: string) => accepted.find(({ text }) => text === said)!.from.value;
      expect(sender('two')).toBe(sender('one'));
      expect(sender('three')).not.toBe(sender('one'));
    });

    it('to a user whom the site has signed for: verified, and the site’s own', async () => {
      const signature = createHmac('sha256', SECRET).update('u-7').digest('hex');
      const answer = await session({ user: { id: 'u-7', signature } });
      expect(answer.body.verified).toBe(true);
      await send(answer.body.token, 'It is me');
      const [message] = await gateway.accepted(inboxId);
      expect(message!.from).toEqual({
        kind: 'chat_user',
        value: `${inboxId}:u-7`,
        name: 'u-7',
        verified: true,
      });
    });

    it('to nobody by another signature', async () => {
      const signature = createHmac('sha256', `${SECRET}!`).update('u-7').digest('hex');
      expect(await ask('POST', 'sessions', { body: { user: { id: 'u-7', signature } } })).toMatchObject({
        ...{ status: 403, body: { code: 'IDENTITY_REFUSED' } },
      });
    });

    it('of a signed user never on with the token alone: whoever signs out there is out here', async () => {
      const signature = createHmac('sha256', SECRET).update('u-7').digest('hex');
      const { token } = (await session({ user: { id: 'u-7', signature } })).body;
      const next = (await session({ token })).body;
      expect(next.verified).toBe(false);
    });

    it('to signed users only where the inbox says so', async () => {
      const headers = await bearer();
      await workspace.changeInbox(inboxId, { settings: { signedOnly: true } });
      // The door knows an inbox as it was for two seconds.
      gateway.clock.advance(3000);
      const refused = { status: 403, body: { code: 'IDENTITY_NEEDED' } };
      expect(await ask('POST', 'sessions', { body: {} })).toMatchObject(refused);
      const earlier = { headers: { ...headers, ...key() }, body: { text: 'x' } };
      expect(await ask('POST', 'messages', earlier)).toMatchObject(refused);
    });

    it('300 times in a quarter of an hour to one address, then asks for patience', async () => {
      for (let i = 0; i < 300; i++) await session();
      const answer = await ask('POST', 'sessions', { body: {} });
      expect(answer).toMatchObject({ status: 429, body: { code: 'TOO_MANY_ATTEMPTS' } });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    });
  });

  describe('take a message', () => {
    it('into the log before they say so, with the bytes as they came and the page’s own id', async () => {
      const headers = { ...(await bearer()), ...key(), 'content-type': 'application/json' };
      const body =
        '{"text": "Hello", "name":"Ann","email":"ann@example.org", "page":"https://shop.example.com/a"}';
      expect(await ask('POST', 'messages', { headers, body })).toMatchObject({
        ...{ status: 202, body: { clientId: headers['idempotency-key'] } },
      });
      const [message] = await gateway.accepted(inboxId);
      expect(message).toMatchObject({
        ...{ channel: 'web_chat', text: 'Hello', externalId: headers['idempotency-key'] },
        ...{ from: { kind: 'visitor', name: 'Ann' }, raw: { content: Buffer.from(body).toString('base64') } },
        fields: { email: 'ann@example.org', page: 'https://shop.example.com/a' },
      });
      expect(message!.from.verified).toBeUndefined();
    });

    it('once under one key of one customer, however often it is sent', async () => {
      const [headers, other] = [{ ...(await bearer()), ...key() }, await bearer()];
      for (let i = 0; i < 3; i++) await ask('POST', 'messages', { headers, body: { text: 'Hello' } });
      await ask('POST', 'messages', { headers: { ...headers, ...other }, body: { text: 'Hello' } });
      const ids = (await gateway.accepted(inboxId)).map(({ providerEventId }) => providerEventId);
      expect([ids.length, new Set(ids).size]).toEqual([4, 2]);
    });

    it.each([
      ['without a session', {}, { text: 'x' }, 401, 'SESSION_EXPIRED'],
      [
        'under a token that is none',
        { authorization: 'Bearer w1.a.b' },
        { text: 'x' },
        401,
        'SESSION_EXPIRED',
      ],
    ])('never %s', async (_, headers, body, status, code) => {
      expect(await ask('POST', 'messages', { headers: { ...headers, ...key() }, body })).toMatchObject({
        ...{ status, body: { code } },
      });
    });

    it.each([
      [{ text: 'x', visitor: newId() }, 400, 'BAD_FIELD'],
      [{ text: 'x', user: 'u-1' }, 400, 'BAD_FIELD'],
      [{ text: 'x', clientId: 'another' }, 400, 'BAD_FIELD'],
      [{ text: ' ' }, 400, 'EMPTY_MESSAGE'],
      [{ text: 'x'.repeat(20_001) }, 413, 'TEXT_TOO_LONG'],
      [{ text: { $: 1 } }, 400, 'BAD_FIELD'],
    ])('and refuse %j', async (body, status, code) => {
      const answer = await ask('POST', 'messages', { headers: { ...(await bearer()), ...key() }, body });
      expect(answer).toMatchObject({ status, body: { code } });
      expect(await gateway.accepted(inboxId)).toEqual([]);
    });

    it('60 times a minute of one customer, then asks for patience', async () => {
      const token = (await session()).body.token;
      for (let i = 0; i < 60; i++) await send(token, String(i));
      const headers = { authorization: `Bearer ${token}`, ...key() };
      expect((await ask('POST', 'messages', { headers, body: { text: 'x' } })).status).toBe(429);
    });
  });

  describe('show', () => {
    it('nothing of another’s conversation: no message, no file, no receipt', async () => {
      const stored = await aConversation();
      const headers = await bearer();
      const receipt = { messageId: stored.reply, state: 'read' };
      expect((await ask('POST', 'receipts', { headers, body: receipt })).status).toBe(404);
      expect((await ask('GET', `files/${stored.file}`, { headers })).status).toBe(404);
      expect((await ask('GET', `files/nonsense`, { headers })).status).toBe(404);
    });

    it('a cursor that stays before a reply that is not out, and shows it once it is', async () => {
      const { conversation, reply } = await aConversation('failed');
      const { context } = gateway;
      const thread = new ChatThread(context, new ChatHoursService(context));
      const inbox = {
        id: inboxId,
        workspaceId: workspace.id,
        channel: 'web_chat' as const,
        name: '',
        settings: {},
      };
      const before = await thread.after(inbox, conversation, 0);
      expect(before.messages.map(({ text }) => text)).toEqual(['Hello', 'Anybody?']);
      await gateway.owner.query(`UPDATE tickets.delivery SET state = 'sent' WHERE message_id = $1`, [reply]);
      const after = await thread.after(inbox, conversation, before.cursor);
      expect(after.messages.map(({ text }) => text)).toEqual(['We are here', 'Anybody?']);
      expect((await thread.after(inbox, conversation, after.cursor)).messages).toEqual([]);
    });
  });

  describe('mail what was said', () => {
    const body = { email: 'Ann@Example.org' };

    it('never before somebody of ours has answered', async () => {
      const { headers } = await aConversation('sent', false);
      expect(await ask('POST', 'transcripts', { headers, body })).toMatchObject({
        ...{ status: 409, body: { code: 'NOT_ANSWERED_YET' } },
      });
    });

    it('by the same request for one end of a conversation, however often it is asked for', async () => {
      const { headers, customer } = await aConversation();
      for (let i = 0; i < 2; i++)
        expect((await ask('POST', 'transcripts', { headers, body })).status).toBe(202);
      const asked = (await gateway.accepted(inboxId)) as unknown as CustomerActed[];
      expect(asked).toHaveLength(2);
      expect(asked[1]).toMatchObject({
        ...{ activity: TRANSCRIPT_REQUESTED, fields: { email: 'ann@example.org' } },
        ...{ from: { kind: 'visitor', value: customer }, providerEventId: asked[0]!.providerEventId },
      });
    });

    it('five times an hour at most, and to no address that is none', async () => {
      const { headers } = await aConversation();
      const statuses: number[] = [];
      for (const name of ['', 'a', 'b', 'c', 'd', 'e']) {
        const email = name && `${name}@customers.example`;
        statuses.push((await ask('POST', 'transcripts', { headers, body: { email } })).status);
      }
      statuses.push((await ask('POST', 'transcripts', { headers, body })).status);
      expect(statuses).toEqual([400, 202, 202, 202, 202, 202, 429]);
    });
  });

  describe('tell the hours', () => {
    const hoursAt = (now: string) => {
      const service = new ChatHoursService({ ...gateway.context, clock: new VirtualClock(now) });
      const settings = { hours: 'calendar' };
      return service.of({ id: inboxId, workspaceId: workspace.id, channel: 'web_chat', name: '', settings });
    };

    it('by the workspace’s newest calendar, with the next opening', async () => {
      await gateway.owner.query(`INSERT INTO tickets.business_calendar VALUES ($1, $2, $3, now())`, [
        ...[newId(), workspace.id, JSON.stringify(chinaBusinessHours)],
      ]);
      expect(await hoursAt('2026-11-24T02:00:00Z')).toEqual({ open: true, opensAt: null });
      expect(await hoursAt('2026-11-22T02:00:00Z')).toEqual({
        ...{ open: false, opensAt: '2026-11-23T01:00:00.000Z' },
      });
    });

    it('as always open where there is no calendar', async () => {
      expect(await hoursAt('2026-11-22T02:00:00Z')).toEqual({ open: true, opensAt: null });
    });
  });

  describe('the page with the chat alone', () => {
    it('runs our script, and no style or script of its own', async () => {
      const { headers, body } = await gateway.ask<string>('GET', `/chat/${inboxId}`);
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
      expect(body).toContain(`<script src="/chat.js" data-inbox="${inboxId}" data-open async></script>`);
    });
  });

  async function send(token: string, text: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}`, ...key() };
    expect((await ask('POST', 'messages', { headers, body: { text } })).status).toBe(202);
  }

  /** Somebody's question, a reply in the given state, and another question, as `tickets` keeps them. */
  async function aConversation(state = 'sent', answered = true) {
    const ids = {
      conversation: newId(),
      identity: newId(),
      contact: newId(),
      ticket: newId(),
      reply: newId(),
      file: newId(),
    };
    const { owner } = gateway;
    const scope = workspace.id;
    const insert = (table: string, row: Record<string, unknown>) =>
      owner.query(
        `INSERT INTO tickets.${table} (${Object.keys(row).join(', ')})
         VALUES (${Object.keys(row)
           .map((_, i) => `$${i + 1}`)
           .join(', ')})`,
        Object.values(row),
      );
    const common = {
      workspace_id: scope,
      conversation_id: ids.conversation,
      ticket_id: ids.ticket,
      channel: 'web_chat',
    };
    await insert('contact', { id: ids.contact, workspace_id: scope, name: 'Ann' });
    const customer = newId();
    await insert('contact_identity', {
      id: ids.identity,
      workspace_id: scope,
      kind: 'visitor',
      value: customer,
    });
    await insert('conversation', {
      ...{ id: ids.conversation, workspace_id: scope, contact_id: ids.contact },
      ...{ identity_id: ids.identity, inbox_id: inboxId },
    });
    await insert('message', {
      ...common,
      id: newId(),
      direction: 'inbound',
      author_name: 'Ann',
      text: 'Hello',
    });
    if (answered)
      await insert('message', {
        ...common,
        id: ids.reply,
        direction: 'outbound',
        author_name: 'Bo',
        text: 'We are here',
      });
    await insert('message', {
      ...common,
      id: newId(),
      direction: 'note',
      author_name: 'Bo',
      text: 'A secret',
    });
    await insert('message', {
      ...common,
      id: newId(),
      direction: 'inbound',
      author_name: 'Ann',
      text: 'Anybody?',
    });
    await insert('delivery', { message_id: ids.reply, workspace_id: scope, attempt: 1, state });
    await insert('attachment', {
      id: ids.file,
      workspace_id: scope,
      message_id: ids.reply,
      name: 'a',
      size: 1,
    });
    const chatKey = gateway.context.masterKey.derive('chat-session', scope);
    const token = chatToken(chatKey, inboxId, { kind: 'visitor', id: customer }, gateway.clock.now());
    return { ...ids, customer, headers: { authorization: `Bearer ${token}` } };
  }
});
