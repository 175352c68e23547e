import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PersonView, Problem, SignInLinkView, SkillView, TeamView } from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import { PUBLIC_URL, TestGateway, type TestWorkspace } from '../testing/a-gateway.js';

const SKILL = newId();

describe('people, teams and skills', () => {
  let gateway: TestGateway;
  let workspace: TestWorkspace;
  let admin: string;

  beforeAll(async () => {
    gateway = await TestGateway.open();
  });
  beforeEach(async () => {
    workspace = await gateway.workspace();
    admin = (await workspace.person('admin')).cookie;
  });
  afterAll(() => gateway.end());

  it.each([
    ['GET', '/api/people'],
    ['POST', '/api/people'],
    ['PATCH', `/api/people/${newId()}`],
    ['POST', `/api/people/${newId()}/sign-in-link`],
    ['GET', '/api/teams'],
    ['POST', '/api/teams'],
    ['GET', '/api/skills'],
    ['POST', '/api/skills'],
    ['PATCH', `/api/skills/${newId()}`],
    ['DELETE', `/api/skills/${newId()}`],
  ] as const)('nobody asks %s %s without a session, and only administrators change', async (method, url) => {
    expect(await gateway.ask(method, url)).toMatchObject({ status: 401, body: { code: 'NOT_SIGNED_IN' } });
    const lead = (await workspace.person('lead')).cookie;
    const answer = await gateway.ask(method, url, { cookie: lead });
    if (method === 'GET') expect(answer.status).toBe(200);
    else expect(answer).toMatchObject({ status: 403, body: { code: 'ROLE_MISSING' } });
  });

  it('has a person with teams, skills, regions and languages, and tells the router', async () => {
    const team = (await post<TeamView>('teams', { name: 'Care' })).body;
    const skill = (await post<SkillView>('skills', { name: 'Refunds' })).body;
    const wanted = {
      ...{ name: 'Mo', email: 'Mo@Example.com', role: 'lead', locale: 'zh-CN', timeZone: 'Asia/Shanghai' },
      ...{
        teamIds: [team.id],
        skills: [{ skillId: skill.id, level: 4 }],
        regions: ['cn'],
        languages: ['zh'],
      },
    };
    const made = await post<PersonView>('people', wanted);
    expect(made).toMatchObject({ status: 201, body: { ...wanted, email: 'mo@example.com', active: true } });
    const moved = await patch<PersonView>(`people/${made.body.id}`, {
      teamIds: [],
      skills: [],
      name: 'Mona',
    });
    expect(moved.body).toMatchObject({ name: 'Mona', teamIds: [], skills: [], languages: ['zh'] });
    expect((await get<PersonView[]>('people')).find(({ id }) => id === made.body.id)).toEqual(moved.body);
    expect(await workspace.announced()).toEqual(['people', 'people', 'people', 'people']);
  });

  it('has a person’s id in WeCom, until it is taken back', async () => {
    const { body } = await post<PersonView>('people', { name: 'Mo', email: 'w@example.com' });
    expect(body.wecomUserId).toBeNull();
    const known = await patch<PersonView>(`people/${body.id}`, { wecomUserId: 'mo.li' });
    expect(known.body.wecomUserId).toBe('mo.li');
    const emptied = await patch<PersonView>(`people/${body.id}`, { wecomUserId: null });
    expect(emptied.body.wecomUserId).toBeNull();
  });

  it.each(['', 'a|b', '@all', '@', 'a b', 'a'.repeat(65)])(
    'refuses %j as one person’s id in WeCom',
    async (id) => {
      const { body } = await post<PersonView>('people', { name: 'Mo', email: `${id.length}@example.com` });
      expect((await patch(`people/${body.id}`, { wecomUserId: id })).status).toBe(400);
    },
  );

  it.each([
    ['no name', { email: 'a@b.example' }, ['name']],
    ['no address', { name: 'Mo' }, ['email']],
    ['a blank name', { name: '  ', email: 'a@b.example' }, ['name']],
    ['what is no address', { name: 'Mo', email: 'a@' }, ['email']],
    ['null', { name: null, email: 'a@b.example', role: null }, ['name', 'role']],
    [
      'an unknown role and zone',
      { name: 'Mo', email: 'a@b.example', role: 'boss', timeZone: 'X' },
      ['role', 'timeZone'],
    ],
    ['an unknown field', { name: 'Mo', email: 'a@b.example', passwordHash: 'x' }, ['passwordHash']],
    [
      'a level of 6',
      { name: 'Mo', email: 'a@b.example', skills: [{ skillId: newId(), level: 6 }] },
      ['skills.0.level'],
    ],
    [
      'a skill twice',
      {
        name: 'Mo',
        email: 'a@b.example',
        skills: [
          { skillId: SKILL, level: 1 },
          { skillId: SKILL, level: 2 },
        ],
      },
      ['skills'],
    ],
    ['a NUL', { name: 'M\0o', email: 'a@b.example' }, ['name']],
  ])('refuses a person with %s, naming the field', async (_, body, fields) => {
    const answer = await post<Problem>('people', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect([...new Set(answer.body.errors?.map(({ field }) => field))].toSorted()).toEqual(fields);
  });

  it('knows no team and no skill of another workspace', async () => {
    const other = await gateway.workspace();
    const stranger = (await other.person('admin')).cookie;
    const team = await gateway.ask<TeamView>('POST', '/api/teams', {
      cookie: stranger,
      body: { name: 'Theirs' },
    });
    const skill = await gateway.ask<SkillView>('POST', '/api/skills', {
      cookie: stranger,
      body: { name: 'Theirs' },
    });
    const person = { name: 'Mo', email: 'mo@example.com' };
    for (const wrong of [{ teamIds: [team.body.id] }, { skills: [{ skillId: skill.body.id, level: 1 }] }]) {
      expect(await post('people', { ...person, ...wrong })).toMatchObject({
        status: 422,
        body: { code: 'UNKNOWN_REFERENCE' },
      });
    }
    expect(await patch(`skills/${skill.body.id}`, { name: 'Ours' })).toMatchObject({ status: 404 });
    expect((await gateway.ask('DELETE', `/api/skills/${skill.body.id}`, { cookie: admin })).status).toBe(404);
  });

  it('takes an address and a name once a workspace', async () => {
    await post('people', { name: 'Mo', email: 'mo@example.com' });
    expect(await post('people', { name: 'Mo', email: 'MO@example.com' })).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN' },
    });
    await post('skills', { name: 'Refunds' });
    expect(await post('skills', { name: 'Refunds' })).toMatchObject({ status: 409 });
    await post('teams', { name: 'Care' });
    expect(await post('teams', { name: 'Care' })).toMatchObject({ status: 409 });
    const other = (await (await gateway.workspace()).person('admin')).cookie;
    expect(
      (await gateway.ask('POST', '/api/skills', { cookie: other, body: { name: 'Refunds' } })).status,
    ).toBe(201);
  });

  it('keeps a skill that somebody has', async () => {
    const skill = (await post<SkillView>('skills', { name: 'Refunds' })).body;
    const person = await post<PersonView>('people', {
      name: 'Mo',
      email: 'mo@example.com',
      skills: [{ skillId: skill.id, level: 2 }],
    });
    expect(await remove(`skills/${skill.id}`)).toMatchObject({ status: 409, body: { code: 'IN_USE' } });
    expect((await get<SkillView[]>('skills'))[0]).toMatchObject({ name: 'Refunds', agents: 1 });
    await patch(`people/${person.body.id}`, { skills: [] });
    expect((await remove(`skills/${skill.id}`)).status).toBe(204);
    expect((await remove(`skills/${skill.id}`)).status).toBe(404);
  });

  it('ends the sessions and links of somebody who leaves', async () => {
    const person = await workspace.person();
    const { body } = await post<SignInLinkView>(`people/${person.id}/sign-in-link`, {});
    expect(body.url).toMatch(new RegExp(`^${PUBLIC_URL}/sign-in\\?token=[\\w-]{43}$`));
    await patch(`people/${person.id}`, { active: false });
    expect((await gateway.ask('GET', '/api/session', { cookie: person.cookie })).status).toBe(401);
    const linkToken = new URL(body.url).searchParams.get('token');
    expect((await gateway.ask('POST', '/api/session', { body: { linkToken } })).status).toBe(401);
    expect(await post(`people/${person.id}/sign-in-link`, {})).toMatchObject({ status: 404 });
    expect(gateway.lines.join('')).not.toContain(linkToken);
  });

  it('always has somebody who administers', async () => {
    const [only] = (await get<PersonView[]>('people')).filter(({ role }) => role === 'admin');
    for (const change of [{ active: false }, { role: 'agent' }]) {
      expect(await patch(`people/${only!.id}`, change)).toMatchObject({
        status: 409,
        body: { code: 'LAST_ADMIN' },
      });
    }
    const left = await workspace.person('admin');
    expect((await patch(`people/${left.id}`, { active: false })).status).toBe(200);
    expect((await patch(`people/${left.id}`, { role: 'agent' })).status).toBe(200);
  });

  it('also has one when two administrators remove each other at once', async () => {
    const [first, second] = [await workspace.person('admin'), await workspace.person('admin')];
    const [only] = (await get<PersonView[]>('people')).filter(
      ({ id }) => id !== first.id && id !== second.id,
    );
    await patch(`people/${only!.id}`, { role: 'agent' });
    const remove = (id: string, cookie: string) =>
      gateway.ask('PATCH', `/api/people/${id}`, { cookie, body: { role: 'agent' } });
    // Both have looked who administers before either may change it.
    const runner = gateway.owner.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`SELECT 1 FROM directory.person WHERE workspace_id = $1 FOR UPDATE`, [workspace.id]);
    const asked = [remove(second.id, first.cookie), remove(first.id, second.cookie)];
    const waiting = async () =>
      (await gateway.owner.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )) as unknown[];
    while ((await waiting()).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await runner.rollbackTransaction();
    await runner.release();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
  });

  it('answers an unknown or unreadable id with 404 or 400', async () => {
    for (const path of [`people/${newId()}`, `skills/${newId()}`]) {
      expect((await patch(path, { name: 'x' })).status).toBe(404);
    }
    for (const path of ['people/x', 'skills/x', "skills/'--"])
      expect((await patch(path, { name: 'x' })).status).toBe(400);
  });

  const get = async <T>(path: string) =>
    (await gateway.ask<T>('GET', `/api/${path}`, { cookie: admin })).body;
  const post = <T = Problem>(path: string, body: object) =>
    gateway.ask<T>('POST', `/api/${path}`, { cookie: admin, body });
  const patch = <T = Problem>(path: string, body: object) =>
    gateway.ask<T>('PATCH', `/api/${path}`, { cookie: admin, body });
  const remove = (path: string) => gateway.ask('DELETE', `/api/${path}`, { cookie: admin });
});
