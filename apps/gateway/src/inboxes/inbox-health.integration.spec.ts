import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { InboxHealthView, InboxView } from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import { TestGateway, type TestWorkspace } from '../testing/a-gateway.js';

describe('the health of an inbox', () => {
  let gateway: TestGateway;
  let workspace: TestWorkspace;
  let admin: string;
  let inbox: InboxView;

  beforeAll(async () => {
    gateway = await TestGateway.open();
  });
  beforeEach(async () => {
    workspace = await gateway.workspace();
    admin = (await workspace.person('admin')).cookie;
    const body = { channel: 'line', settings: { channelId: '1650000000', channelSecret: 'a'.repeat(32) } };
    inbox = (await gateway.ask<InboxView>('POST', '/api/inboxes', { cookie: admin, body })).body;
  });
  afterAll(() => gateway.end());

  const health = async (): Promise<InboxHealthView> =>
    (await gateway.ask<InboxHealthView>('GET', `/api/inboxes/${inbox.id}/health`, { cookie: admin })).body;
  const insert = (table: string, row: Readonly<Record<string, unknown>>) => {
    const all = { workspace_id: workspace.id, inbox_id: inbox.id, ...row };
    const places = Object.keys(all).map((_, at) => `$${at + 1}`);
    return gateway.owner.query(
      `INSERT INTO ${table} (${Object.keys(all).join(', ')}) VALUES (${places.join(', ')})`,
      Object.values(all),
    );
  };

  it('is for administrators, of inboxes of their own workspace', async () => {
    const agent = (await workspace.person('agent')).cookie;
    const stranger = (await (await gateway.workspace()).person('admin')).cookie;
    for (const [method, path] of [
      ['GET', 'health'],
      ['POST', 'retry'],
    ] as const) {
      const url = `/api/inboxes/${inbox.id}/${path}`;
      expect((await gateway.ask(method, url)).status).toBe(401);
      expect((await gateway.ask(method, url, { cookie: agent })).status).toBe(403);
      expect((await gateway.ask(method, url, { cookie: stranger })).status).toBe(404);
    }
  });

  it('of a new inbox is all quiet', async () => {
    expect(await health()).toEqual({
      ...{ lastInboundAt: null, lastOutboundAt: null, queued: { replies: 0, oldestAt: null } },
      ...{ ways: [], credentials: [], failures: [], notices: null, latestTicket: null },
      lastDay: {
        ...{ accepted: 0, duplicates: 0, quarantined: 0 },
        ...{ refused: 0, refusedReason: null, refusedAt: null },
      },
    });
  });

  it('shows an open breaker, what waits behind it, and when it is tried again', async () => {
    const at = new Date('2026-11-24T08:00:00Z');
    await insert('channels.inbox_health', {
      ...{ way: 'out', failures: 4, open_since: at, probe_at: at },
      ...{ last_error: 'unavailable: away', last_error_at: at },
    });
    const waiting = { way: 'out', payload: '{}', tries: 1 };
    await insert('channels.waiting_work', {
      ...waiting,
      key: 'b',
      waits_since: new Date(at.getTime() + 1000),
    });
    await insert('channels.waiting_work', { ...waiting, key: 'a', waits_since: at });
    expect((await health()).ways).toEqual([
      {
        ...{ way: 'out', failures: 4, waiting: 2, lastError: 'unavailable: away' },
        ...{ openSince: at.toISOString(), retryAt: at.toISOString() },
        ...{ lastErrorAt: at.toISOString(), oldestWaitingAt: at.toISOString() },
      },
    ]);
  });

  it('counts what became of notices to colleagues today, and says why the last one was refused', async () => {
    const person = await workspace.person('agent');
    const notice = (state: string, at: Date, detail: string | null = null) =>
      insert('channels.colleague_notice', {
        ...{
          event_id: newId(),
          kind: 'ticket.assigned',
          occurred_at: at,
          ticket_id: newId(),
          person_id: person.id,
        },
        ...{ state, detail, ended_at: state === 'waiting' ? null : at },
      });
    const [before, now] = [new Date(Date.now() - 60_000), new Date()];
    for (const state of ['told', 'told', 'present', 'unneeded', 'late', 'waiting']) await notice(state, now);
    await notice('refused', before, 'the first');
    await notice('refused', now, 'the last');
    await notice('refused', new Date(Date.now() - 25 * 3_600_000), 'of yesterday');
    expect((await health()).notices).toEqual({
      ...{ told: 2, present: 1, unneeded: 1, late: 1, refused: 2 },
      lastRefusal: { at: now.toISOString(), personId: person.id, personName: 'Li', detail: 'the last' },
    });
  });

  it('counts what came in during the last day, and calls that were refused with the last reason', async () => {
    const old = new Date(Date.now() - 25 * 3_600_000);
    for (const disposition of ['message', 'message', 'duplicate', 'quarantined']) {
      await insert('tickets.ledger', { disposition });
    }
    await insert('tickets.ledger', { disposition: 'message', at: old });
    const forged = { headers: { 'x-line-signature': 'AAAA', 'content-type': 'text/plain' }, body: 'x' };
    await gateway.ask('POST', `/hooks/${inbox.id}`, forged);
    let view = await health();
    while (view.lastDay.refused === 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      view = await health();
    }
    expect(view.lastDay).toMatchObject({ accepted: 2, duplicates: 1, quarantined: 1, refused: 1 });
    expect(view.lastDay.refusedReason).toEqual(expect.any(String));
  });

  it('tells when tokens are renewed, and no token', async () => {
    const renew_at = new Date('2026-11-24T10:00:00Z');
    const sealed = Buffer.from('sealed');
    await insert('channels.access_token', { name: 'access', sealed, settings_mark: sealed, renew_at });
    expect((await health()).credentials).toEqual([{ name: 'access', renewsAt: renew_at.toISOString() }]);
  });

  it('lists replies that failed, newest first, with the reason and the ticket', async () => {
    const ticket = { id: newId(), number: 1042 };
    await gateway.owner.query(
      'INSERT INTO tickets.ticket (id, workspace_id, number, inbox_id) VALUES ($1, $2, $3, $4)',
      [ticket.id, workspace.id, ticket.number, inbox.id],
    );
    const message = newId();
    await gateway.owner.query(
      'INSERT INTO tickets.message (id, workspace_id, ticket_id) VALUES ($1, $2, $3)',
      [...[message, workspace.id, ticket.id]],
    );
    const failure = { state: 'failed', error_code: 'rejected_permanently', error_detail: 'no such user' };
    await insert('tickets.delivery', { message_id: message, at: new Date(), ...failure });
    const view = await health();
    expect(view.failures).toMatchObject([
      { code: 'rejected_permanently', detail: 'no such user', ticketId: ticket.id, ticketNumber: '1042' },
    ]);
    expect(view.latestTicket).toEqual({ id: ticket.id, number: '1042' });
  });

  it('lets an administrator have the provider tried at once', async () => {
    const later = new Date(Date.now() + 3_600_000);
    await insert('channels.inbox_health', { way: 'out', failures: 4, probe_at: later });
    const { status, body } = await gateway.ask<InboxHealthView>('POST', `/api/inboxes/${inbox.id}/retry`, {
      cookie: admin,
    });
    expect(status).toBe(200);
    expect(new Date(body.ways[0]!.retryAt!).getTime()).toBeLessThan(later.getTime());
  });
});
