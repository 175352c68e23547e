import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionView } from '@tributary/contracts';
import { SESSION_COOKIE } from '@tributary/directory';
import { type Ask, TestGateway, type TestWorkspace } from '../testing/a-gateway.js';

describe('signing in', () => {
  let gateway: TestGateway;
  let workspace: TestWorkspace;

  beforeAll(async () => {
    gateway = await TestGateway.open();
  });
  beforeEach(async () => {
    workspace = await gateway.workspace();
  });
  afterAll(() => gateway.end());

  it('by a link opens a session in a cookie that no script and no other site can use', async () => {
    const person = await workspace.person();
    const { token } = await gateway.context.sessions.createLink(workspace.id, person.id);
    const answer = await signIn<SessionView>({ linkToken: token });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ person: { id: person.id, email: person.email, role: 'agent' } });
    expect(answer.headers['set-cookie']).toMatch(
      new RegExp(`^${SESSION_COOKIE}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600$`),
    );
    const cookie = String(answer.headers['set-cookie']).split(';')[0]!;
    expect(await gateway.ask('GET', '/api/session', { cookie })).toMatchObject({
      status: 200,
      body: answer.body,
    });
  });

  it('by a link works once, also when it is used twice at the same moment', async () => {
    const person = await workspace.person();
    const { token } = await gateway.context.sessions.createLink(workspace.id, person.id);
    const answers = await Promise.all([signIn({ linkToken: token }), signIn({ linkToken: token })]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 401]);
    expect(await signIn({ linkToken: token })).toMatchObject({ status: 401, body: { code: 'LINK_EXPIRED' } });
  });

  it('by a link ends after a day', async () => {
    const person = await workspace.person();
    const { token } = await gateway.context.sessions.createLink(workspace.id, person.id);
    gateway.clock.advance(24 * 3_600_000);
    expect(await signIn({ linkToken: token })).toMatchObject({ status: 401, body: { code: 'LINK_EXPIRED' } });
  });

  it('by a link opens nothing, and sets no cookie, for somebody who has left', async () => {
    const person = await workspace.person();
    const { token } = await gateway.context.sessions.createLink(workspace.id, person.id);
    await gateway.owner.query(`UPDATE directory.person SET active = false WHERE id = $1`, [person.id]);
    const answer = await signIn({ linkToken: token });
    expect(answer.status).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('by a password, with the address in any letters', async () => {
    const person = await workspace.person('lead', 'correct horse');
    expect((await signIn({ email: person.email.toUpperCase(), password: 'correct horse' })).status).toBe(201);
  });

  it.each([
    ['a wrong password', { password: 'wrong' }],
    ['an unknown address', { email: 'nobody@example.com' }],
  ])('tells no more of %s than that it was refused', async (_, difference) => {
    const { email } = await workspace.person('agent', 'correct horse');
    const answer = await signIn({ email, password: 'correct horse', ...difference });
    expect(answer).toMatchObject({ status: 401, body: { code: 'SIGN_IN_REFUSED' } });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('refuses somebody without a password, and somebody who has left', async () => {
    const without = await workspace.person();
    expect((await signIn({ email: without.email, password: '' })).status).toBe(400);
    expect((await signIn({ email: without.email, password: 'x' })).status).toBe(401);
    const gone = await workspace.person('agent', 'correct horse');
    await gateway.owner.query(`UPDATE directory.person SET active = false WHERE id = $1`, [gone.id]);
    expect((await signIn({ email: gone.email, password: 'correct horse' })).status).toBe(401);
  });

  it('allows ten passwords a quarter of an hour', async () => {
    const { email } = await workspace.person('agent', 'correct horse');
    for (let i = 0; i < 10; i++) expect((await signIn({ email, password: 'wrong' })).status).toBe(401);
    const refused = await signIn({ email, password: 'correct horse' });
    expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_ATTEMPTS' } });
    gateway.clock.advance(Number(refused.headers['retry-after']) * 1000);
    expect((await signIn({ email, password: 'correct horse' })).status).toBe(201);
  });

  it.each([
    ['nothing', {}],
    ['an unknown field', { linkToken: 'x', admin: true }],
    ['another type', { linkToken: 1 }],
    ['null', { linkToken: null }],
    ['a NUL', { email: 'a\0@example.com', password: 'x' }],
    ['a very long token', { linkToken: 'x'.repeat(201) }],
  ])('answers %s with 400', async (_, body) => {
    expect((await signIn(body)).status).toBe(400);
  });

  it('ends with its session: signed out, expired, or made up', async () => {
    const { cookie, id } = await workspace.person();
    expect((await gateway.ask('DELETE', '/api/session', { cookie })).status).toBe(204);
    expect((await current(cookie)).status).toBe(401);
    const second = await workspace.person();
    await gateway.owner.query(`UPDATE directory.session SET expires_at = now() WHERE person_id = $1`, [
      second.id,
    ]);
    expect((await current(second.cookie)).status).toBe(401);
    expect((await current(`${SESSION_COOKIE}=${id}`)).status).toBe(401);
    expect(await gateway.ask('GET', '/api/session')).toMatchObject({
      status: 401,
      body: { code: 'NOT_SIGNED_IN' },
    });
  });

  it.each([
    ['another site', 'https://evil.example', 403],
    ['a page without an origin', 'null', 403],
    ['our own page', 'http://localhost', 200],
  ])('is used from %s: %s', async (_, origin, status) => {
    const { cookie } = await workspace.person();
    const headers = { origin, host: 'localhost' };
    const answer = await gateway.ask('PATCH', '/api/session/preferences', {
      cookie,
      headers,
      body: { locale: 'zh-CN' },
    });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body).toMatchObject({ code: 'FOREIGN_ORIGIN' });
    const begun = await gateway.ask('POST', '/api/session', { headers, body: { linkToken: 'x' } });
    expect(begun.status).toBe(status === 403 ? 403 : 401);
  });

  it('keeps what a person prefers', async () => {
    const { cookie } = await workspace.person();
    const prefer = (body: object) =>
      gateway.ask<SessionView>('PATCH', '/api/session/preferences', { cookie, body });
    expect((await prefer({ locale: 'zh-CN', timeZone: 'Asia/Shanghai' })).body.person).toMatchObject({
      ...{ locale: 'zh-CN', timeZone: 'Asia/Shanghai' },
    });
    expect((await prefer({})).body.person).toMatchObject({ locale: 'zh-CN' });
    for (const wrong of [{ locale: 'xx' }, { locale: null }, { timeZone: 'Mars/Base' }, { role: 'admin' }]) {
      expect((await prefer(wrong)).status).toBe(400);
    }
  });

  it('leaves no token and no password in the log', async () => {
    const { email, cookie, id } = await workspace.person('agent', 'correct horse');
    const { token } = await gateway.context.sessions.createLink(workspace.id, id);
    await signIn({ email, password: 'a wrong one' });
    await signIn({ linkToken: token });
    await current(cookie);
    const log = gateway.lines.join('');
    for (const secret of ['correct horse', 'a wrong one', token, cookie.split('=')[1]!])
      expect(log).not.toContain(secret);
  });

  const signIn = <T = { code: string }>(body: object) =>
    gateway.ask<T>('POST', '/api/session', { body } satisfies Ask);
  const current = (cookie: string) => gateway.ask('GET', '/api/session', { cookie });
});
