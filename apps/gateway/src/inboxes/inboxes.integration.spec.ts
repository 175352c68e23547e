import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import type { ChannelView, InboxView, Problem } from '@tributary/contracts';
import { InboxService } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import { PUBLIC_URL, TestGateway, type TestWorkspace } from '../testing/a-gateway.js';

const SECRET = 'hunter2-hunter2';
const polled = (address: string) => ({
  ...{ address, imapHost: 'imap.example.org', imapUser: 'help', imapPassword: SECRET },
});

describe('inboxes', () => {
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

  it('are changed by administrators alone', async () => {
    const lead = (await workspace.person('lead')).cookie;
    for (const [method, url] of [
      ['GET', '/api/inboxes'],
      ['POST', '/api/inboxes'],
      ['PATCH', `/api/inboxes/${newId()}`],
    ] as const) {
      expect((await gateway.ask(method, url)).status).toBe(401);
      expect((await gateway.ask(method, url, { cookie: lead })).status).toBe(403);
    }
  });

  it('are described by their channels, which the form is drawn from', async () => {
    const channels = (await gateway.ask<ChannelView[]>('GET', '/api/channels', { cookie: admin })).body;
    expect(channels.map(({ channel }) => channel)).toEqual(
      CHANNEL_MODULES.map(({ manifest }) => manifest.channel),
    );
  });

  it('have what their channels let us send told to those who cannot import channels', async () => {
    const told: { channel: string; policy: unknown }[] = await gateway.owner.query(
      `SELECT channel, policy FROM directory.channel_policy`,
    );
    const installed = CHANNEL_MODULES.map(({ manifest }) => [manifest.channel, manifest.sendPolicy]);
    expect(Object.fromEntries(told.map(({ channel, policy }) => [channel, policy]))).toEqual(
      Object.fromEntries(installed),
    );
  });

  it('of the web form have an address to hand out', async () => {
    const made = await post<InboxView>({ channel: 'web_form', name: 'Help' });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Help', enabled: true, publicAddress: `${PUBLIC_URL}/f/${made.body.id}` },
    });
    expect((await gateway.ask('GET', `/f/${made.body.id}`)).status).toBe(200);
    expect(await workspace.announced()).toEqual(['inboxes']);
  });

  it('that are switched off take nothing any more', async () => {
    const { body } = await post<InboxView>({ channel: 'web_form', name: 'Help' });
    await patch(body.id, { enabled: false });
    expect((await gateway.ask('GET', `/f/${body.id}`)).status).toBe(404);
    await patch(body.id, { enabled: true });
    gateway.clock.advance(3000);
    expect((await gateway.ask('GET', `/f/${body.id}`)).status).toBe(200);
  });

  it('never give a secret back, neither in an answer nor in the log nor in plain storage', async () => {
    const made = await post<InboxView>({
      channel: 'email',
      name: 'Mail',
      settings: polled('help@one.example'),
    });
    expect(made.status).toBe(201);
    const answers = [
      made,
      await patch(made.body.id, { name: 'Post' }),
      await gateway.ask('GET', '/api/inboxes', { cookie: admin }),
    ];
    expect(JSON.stringify(answers)).not.toContain(SECRET);
    expect(made.body.secretsSet).toMatchObject({ imapPassword: true });
    expect(made.body.settings).not.toHaveProperty('imapPassword');
    expect(gateway.lines.join('')).not.toContain(SECRET);
    const [row] = await gateway.owner.query(
      `SELECT to_jsonb(i)::text AS text, sealed_secrets FROM directory.inbox i WHERE id = $1`,
      [made.body.id],
    );
    expect(row.text).not.toContain(SECRET);
    expect((row.sealed_secrets as Buffer).includes(SECRET)).toBe(false);
    expect((await opened(made.body.id)).settings).toMatchObject({ imapPassword: SECRET });
  });

  it('keep a secret that a change does not name, replace one that it names, and drop an empty one', async () => {
    const { body } = await post<InboxView>({
      channel: 'email',
      name: 'Mail',
      settings: polled('help@two.example'),
    });
    await patch(body.id, { settings: { displayName: 'Help' } });
    expect((await opened(body.id)).settings).toMatchObject({ imapPassword: SECRET, displayName: 'Help' });
    await patch(body.id, { settings: { imapPassword: 'another' } });
    expect((await opened(body.id)).settings).toMatchObject({ imapPassword: 'another' });
    const dropped = await patch<InboxView>(body.id, {
      settings: { imapPassword: '', imapHost: '', imapUser: '' },
    });
    expect(dropped.body.secretsSet).toMatchObject({ imapPassword: false });
    expect((await opened(body.id)).settings).not.toHaveProperty('imapPassword');
  });

  it.each([
    ['without a channel', { name: 'x' }, 'VALIDATION_FAILED', ['channel']],
    ['of an unknown channel', { channel: 'fax', name: 'x' }, 'CHANNEL_UNKNOWN', ['channel']],
    ['with a blank name', { channel: 'web_form', name: ' ' }, 'VALIDATION_FAILED', ['name']],
    [
      'with null',
      { channel: 'web_form', name: null, enabled: null },
      'VALIDATION_FAILED',
      ['enabled', 'name'],
    ],
    [
      'with a setting that the channel lacks',
      { channel: 'web_form', name: 'x', settings: { colour: 'red' } },
      'SETTINGS_REFUSED',
      ['settings.colour'],
    ],
    [
      'with a setting of another type',
      { channel: 'web_form', name: 'x', settings: { title: 1, types: 'refund' } },
      'SETTINGS_REFUSED',
      ['settings.title', 'settings.types'],
    ],
    [
      'with a choice that is none',
      { channel: 'web_form', name: 'x', settings: { types: ['riddle'] } },
      'SETTINGS_REFUSED',
      ['settings.types'],
    ],
    [
      'of mail without an address',
      { channel: 'email', name: 'x', settings: {} },
      'SETTINGS_REFUSED',
      ['settings.address'],
    ],
    [
      'with a NUL deep in a setting',
      { channel: 'web_form', name: 'x', settings: { regions: ['a\0'] } },
      'VALIDATION_FAILED',
      ['settings.regions.0'],
    ],
  ])('%s are refused, naming the field', async (_, body, code, fields) => {
    const answer = await post<Problem>(body);
    expect(answer).toMatchObject({ status: 400, body: { code } });
    expect([...new Set(answer.body.errors?.map(({ field }) => field))].toSorted()).toEqual(fields);
  });

  it('have a name of their own in the workspace, and a mail address of their own anywhere', async () => {
    await post({ channel: 'web_form', name: 'Help' });
    expect(await post({ channel: 'web_form', name: 'Help' })).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN' },
    });
    await post({ channel: 'email', name: 'Mail', settings: { address: 'help@three.example' } });
    const other = (await (await gateway.workspace()).person('admin')).cookie;
    const body = { channel: 'email', name: 'Mail', settings: { address: 'Help@Three.example' } };
    expect((await gateway.ask('POST', '/api/inboxes', { cookie: other, body })).status).toBe(409);
  });

  it('keep their channel, and belong to their workspace', async () => {
    const { body } = await post<InboxView>({ channel: 'web_form', name: 'Help' });
    expect(await patch(body.id, { channel: 'email' })).toMatchObject({
      status: 409,
      body: { code: 'CHANNEL_FIXED' },
    });
    const other = (await (await gateway.workspace()).person('admin')).cookie;
    expect(
      await gateway.ask('PATCH', `/api/inboxes/${body.id}`, { cookie: other, body: { name: 'x' } }),
    ).toMatchObject({ status: 404 });
    expect((await gateway.ask<InboxView[]>('GET', '/api/inboxes', { cookie: other })).body).toEqual([]);
    expect((await patch('x', { name: 'x' })).status).toBe(400);
  });

  it('say when they were last used', async () => {
    const { body } = await post<InboxView>({ channel: 'web_form', name: 'Help' });
    expect(body.health).toMatchObject({ lastInboundAt: null, lastOutboundAt: null });
    const [came, went] = ['2026-11-23T09:00:00.000Z', '2026-11-23T10:00:00.000Z'];
    await gateway.owner.query('INSERT INTO tickets.inbox_activity VALUES ($1, $2, $3)', [
      body.id,
      workspace.id,
      came,
    ]);
    await gateway.owner.query(
      `INSERT INTO tickets.delivery (message_id, workspace_id, inbox_id, at, state) VALUES ($1, $2, $3, $4, 'sent')`,
      [newId(), workspace.id, body.id, went],
    );
    const [view] = (await gateway.ask<InboxView[]>('GET', '/api/inboxes', { cookie: admin })).body;
    expect(view!.health).toMatchObject({ lastInboundAt: came, lastOutboundAt: went });
  });

  const post = <T = Problem>(body: object) => gateway.ask<T>('POST', '/api/inboxes', { cookie: admin, body });
  const patch = <T = Problem>(id: string, body: object) =>
    gateway.ask<T>('PATCH', `/api/inboxes/${id}`, { cookie: admin, body });
  const opened = async (id: string) => {
    const { dataSource, masterKey } = gateway.context;
    return (await new InboxService(dataSource, masterKey).byId(id))!;
  };
});
