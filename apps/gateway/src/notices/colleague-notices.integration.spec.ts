import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { InboxHealthView, InboxView, PersonView } from '@tributary/contracts';
import { newId } from '@tributary/runtime';
import { WecomSimulator } from '@tributary/testing';
import { TestGateway } from '../testing/a-gateway.js';
import { aTicketEventBatch, NoticedDesk } from '../testing/a-noticed-desk.js';
import { ColleagueNotices } from './colleague-notices.js';

const APPLICATION = { agentId: 1_000_002, secret: 'notice-secret-of-nobody', userIds: ['mei', 'ada'] };
const COMPANY = {
  ...{
    corpId: 'ww5823bf96d3bd56c7',
    secret: 'kf-secret-of-nobody',
    openKfIds: ['wkAJ2GCAAASSm4_FhToMWFea0xAFfd3Q'],
  },
  ...{ encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' },
};
const SETTINGS = {
  ...{ ...COMPANY, callbackToken: 'sesame' },
  ...{ noticeAgentId: String(APPLICATION.agentId), noticeSecret: APPLICATION.secret },
};
const MINUTE = 60_000;
/** WeCom's own code for "try again". */
const BUSY = -1;

describe('notices to colleagues', () => {
  let wecom: WecomSimulator;
  let gateway: TestGateway;
  let notices: ColleagueNotices;
  let desk: NoticedDesk;
  let inbox: InboxView;
  let mei: PersonView;

  beforeAll(async () => {
    wecom = new WecomSimulator({ ...COMPANY, token: 'sesame', application: APPLICATION });
    const providerOrigins = new Map([['https://qyapi.weixin.qq.com', await wecom.start()]]);
    gateway = await TestGateway.open(undefined, { providerOrigins });
    notices = gateway.app.get(ColleagueNotices);
  });
  beforeEach(async () => {
    desk = await aDesk();
    inbox = await desk.workspace.inbox({ channel: 'wecom_kf', settings: SETTINGS });
    mei = await desk.colleague('mei');
  });
  afterEach(() => {
    wecom.applicationFault = undefined;
    wecom.notices.length = 0;
  });
  afterAll(async () => {
    await gateway.end();
    await wecom.stop();
  });

  async function aDesk(): Promise<NoticedDesk> {
    const workspace = await gateway.workspace();
    return new NoticedDesk(gateway, workspace, (await workspace.person('admin')).cookie);
  }
  const from = (milliseconds: number) => new Date(gateway.clock.now().getTime() + milliseconds);
  const handle = (...values: Buffer[]) => notices.handle(aTicketEventBatch(values));
  /** Until none of the desk's notices waits any more. @returns what became of them. */
  async function ends(of = desk): Promise<string[]> {
    for (;;) {
      const states = await of.ends();
      if (!states.includes('waiting')) return states;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  const health = async (): Promise<InboxHealthView> =>
    (await gateway.ask<InboxHealthView>('GET', `/api/inboxes/${inbox.id}/health`, { cookie: desk.admin }))
      .body;
  const way = async () => (await health()).ways.find((each) => each.way === 'notices');
  async function failing(): Promise<void> {
    while (((await way())?.failures ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  describe('are told', () => {
    it('to the person a ticket was given to, with a card that leads there', async () => {
      const ticketId = await desk.ticket(mei.id);
      const id = newId();
      expect(await handle(await desk.event(ticketId, mei.id, { id }))).toEqual([{ kind: 'done' }]);
      expect(await ends()).toEqual(['told']);
      expect(wecom.notices).toMatchObject([
        {
          ...{
            userId: 'mei',
            title: 'Ticket #1042 is yours',
            text: expect.stringMatching(/\n发票$/) as unknown,
          },
          url: `http://desk.example.org/tickets/mine/${ticketId}#${id}`,
        },
      ]);
    });

    it.each([
      ['message.added', `contact:${newId()}`, 'The customer wrote: ticket #1042'],
      ['sla.warned', 'sla', 'Ticket #1042 is due soon'],
    ] as const)('to whoever has the ticket: %s', async (type, actor, title) => {
      await handle(await desk.event(await desk.ticket(mei.id), mei.id, { type, actor }));
      expect(await ends()).toEqual(['told']);
      expect(wecom.notices).toMatchObject([{ userId: 'mei', title }]);
    });

    it('each by the inbox of their own workspace, also from one batch', async () => {
      const other = await aDesk();
      await other.workspace.inbox({ channel: 'wecom_kf', settings: SETTINGS });
      const ada = await other.colleague('ada');
      await handle(
        await desk.event(await desk.ticket(mei.id), mei.id),
        await other.event(await other.ticket(ada.id), ada.id),
      );
      expect([await ends(), await ends(other)]).toEqual([['told'], ['told']]);
      expect(wecom.notices.map(({ userId }) => userId).toSorted()).toEqual(['ada', 'mei']);
    });

    it('once, however often the record is read', async () => {
      const record = await desk.event(await desk.ticket(mei.id), mei.id);
      const readings = await Promise.all([handle(record), handle(record)]);
      expect(
        readings
          .flat()
          .map(({ kind }) => kind)
          .toSorted(),
      ).toEqual(['done', 'duplicate']);
      expect(await ends()).toEqual(['told']);
      expect(await handle(record)).toEqual([{ kind: 'duplicate' }]);
      expect(await ends()).toEqual(['told']);
      expect(wecom.notices).toHaveLength(1);
    });

    it('once, when a process told and died before it had written that down', async () => {
      const id = newId();
      await handle(await desk.event(await desk.ticket(mei.id), mei.id, { id }));
      expect(await ends()).toEqual(['told']);
      await gateway.owner.query(
        `UPDATE channels.colleague_notice SET state = 'waiting', ended_at = NULL WHERE event_id = $1`,
        [id],
      );
      const item = { key: id, payload: {}, tries: 0, since: new Date() };
      expect(await notices.tell(item, desk.workspace.id, new AbortController().signal)).toBeUndefined();
      expect(await ends()).toEqual(['told']);
      expect(wecom.notices).toHaveLength(1);
    });
  });

  describe('are not told', () => {
    it('to who has the console open', async () => {
      await desk.openPage(mei.id, from(-MINUTE), from(MINUTE));
      await handle(await desk.event(await desk.ticket(mei.id), mei.id));
      expect(await ends()).toEqual(['present']);
      expect(wecom.notices).toEqual([]);
    });

    it.each([
      ['away by their own word', 'away'],
      ['available', 'available'],
      ['on a break', 'break'],
    ])('to who has it open and is %s, while that stands', async (_, state) => {
      await desk.openPage(mei.id, from(-MINUTE), from(MINUTE));
      await desk.presence(mei.id, state, from(30_000));
      await handle(await desk.event(await desk.ticket(mei.id), mei.id));
      expect(await ends()).toEqual(['present']);
    });

    it('to who has just come back, before the router has written that down', async () => {
      await desk.presence(mei.id, 'offline', from(-2 * MINUTE), from(-2 * MINUTE));
      await desk.openPage(mei.id, from(0), from(MINUTE));
      await handle(await desk.event(await desk.ticket(mei.id), mei.id));
      expect(await ends()).toEqual(['present']);
    });

    it.each([
      ['solved', { status: 'solved' }],
      ['closed', { status: 'closed' }],
      ['somebody else’s', { assigneeId: newId() }],
    ])('of a ticket that is %s by now', async (_, change) => {
      const ticketId = await desk.ticket(mei.id);
      const record = await desk.event(ticketId, mei.id);
      await desk.change(ticketId, change);
      await handle(record);
      expect(await ends()).toEqual(['unneeded']);
      expect(wecom.notices).toEqual([]);
    });

    it('of an assignment behind which there is another already', async () => {
      const ticketId = await desk.ticket(mei.id);
      const first = await desk.event(ticketId, mei.id, { at: from(-MINUTE) });
      await handle(first, await desk.event(ticketId, mei.id));
      expect(await ends()).toEqual(['unneeded', 'told']);
      expect(wecom.notices).toHaveLength(1);
    });

    it.each([
      ['who did it themselves', 'mei', 'self'],
      ['whom WeCom does not know', null, 'router'],
    ])('to %s', async (_, wecomUserId, actor) => {
      const person = await desk.colleague(wecomUserId);
      const by = { actor: actor === 'self' ? `agent:${person.id}` : actor };
      const outcomes = await handle(await desk.event(await desk.ticket(person.id), person.id, by));
      expect(outcomes).toEqual([{ kind: 'ignored', reason: 'NOBODY_TO_TELL' }]);
      expect(await ends()).toEqual(['unneeded']);
    });

    it('of what colleagues write, nor of what happens to tickets otherwise', async () => {
      const ticketId = await desk.ticket(mei.id);
      const outcomes = await handle(
        await desk.event(ticketId, mei.id, { type: 'message.added', actor: `agent:${newId()}` }),
        await desk.event(ticketId, mei.id, {
          type: 'ticket.updated',
          changes: { note: ['"sla.warned"', ''] },
        }),
        await desk.event(ticketId, mei.id, { type: 'sla.met' }),
      );
      expect(outcomes).toEqual(Array(3).fill({ kind: 'ignored', reason: 'NO_NOTICE' }));
      expect(await ends()).toEqual([]);
    });

    it('ten minutes after it happened: a history that is read again tells nobody', async () => {
      const record = await desk.event(await desk.ticket(mei.id), mei.id, { at: from(-10 * MINUTE) });
      expect(await handle(record)).toEqual([{ kind: 'ignored', reason: 'TOO_LATE' }]);
      expect(await ends()).toEqual([]);
    });

    it('in a workspace without an application for them, nor in one whose inbox is off', async () => {
      const other = await aDesk();
      const { noticeAgentId: _, noticeSecret: __, ...plain } = SETTINGS;
      await other.workspace.inbox({ channel: 'wecom_kf', settings: plain });
      await other.workspace.inbox({ channel: 'wecom_kf', settings: SETTINGS, enabled: false });
      const ada = await other.colleague('ada');
      const outcomes = await handle(await other.event(await other.ticket(ada.id), ada.id));
      expect(outcomes).toEqual([{ kind: 'ignored', reason: 'NO_APPLICATION' }]);
      expect(await ends(other)).toEqual([]);
    });

    it('of a record that cannot be read, and the others of its batch are', async () => {
      const good = await desk.event(await desk.ticket(mei.id), mei.id);
      const outcomes = await handle(Buffer.from('{"type":"ticket.assigned"'), good);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['quarantined', 'done']);
    });
  });

  describe('take a page for nobody', () => {
    it('when the process that answered it has died', async () => {
      await desk.openPage(mei.id, from(-2 * MINUTE), from(-1));
      await handle(await desk.event(await desk.ticket(mei.id), mei.id));
      expect(await ends()).toEqual(['told']);
    });

    it('once the router has found the presence that it renewed run out', async () => {
      await desk.openPage(mei.id, from(-5 * MINUTE), from(MINUTE));
      await desk.presence(mei.id, 'offline', from(-MINUTE), from(-MINUTE));
      await handle(await desk.event(await desk.ticket(mei.id), mei.id));
      expect(await ends()).toEqual(['told']);
    });

    it('but not because the router is behind, and has written down no renewal', async () => {
      await desk.openPage(mei.id, from(-5 * MINUTE), from(MINUTE));
      await desk.presence(mei.id, 'available', from(-MINUTE));
      await handle(await desk.event(await desk.ticket(mei.id), mei.id));
      expect(await ends()).toEqual(['present']);
    });

    it('but not when a break has: who takes one said so, and is not called back', async () => {
      await desk.openPage(mei.id, from(-5 * MINUTE), from(MINUTE));
      await desk.presence(mei.id, 'offline', from(-MINUTE), null);
      await handle(await desk.event(await desk.ticket(mei.id), mei.id));
      expect(await ends()).toEqual(['present']);
    });
  });

  describe('of a customer who writes on', () => {
    const wrote = { type: 'message.added', actor: `contact:${newId()}` } as const;

    it('are one in a quarter of an hour, the assignment among them', async () => {
      const ticketId = await desk.ticket(mei.id);
      await handle(
        await desk.event(ticketId, mei.id, { at: from(-3) }),
        await desk.event(ticketId, mei.id, { ...wrote, at: from(-2) }),
        await desk.event(ticketId, mei.id, { ...wrote, at: from(-1) }),
      );
      expect(await ends()).toEqual(['told', 'unneeded', 'unneeded']);
      gateway.clock.advance(15 * MINUTE);
      await handle(await desk.event(ticketId, mei.id, wrote));
      expect((await ends()).at(-1)).toBe('told');
    });

    it('are told anew when their person has done something about the last', async () => {
      const ticketId = await desk.ticket(mei.id);
      await handle(await desk.event(ticketId, mei.id, { ...wrote, at: from(-3) }));
      await desk.event(ticketId, mei.id, { type: 'message.added', actor: `agent:${mei.id}`, at: from(-2) });
      await handle(await desk.event(ticketId, mei.id, { ...wrote, at: from(-1) }));
      expect(await ends()).toEqual(['told', 'told']);
    });
  });

  describe('while WeCom is away', () => {
    it('wait, the inbox says why, and are told when it is back, in order', async () => {
      wecom.applicationFault = BUSY;
      const tickets = [await desk.ticket(mei.id), await desk.ticket(mei.id)];
      await handle(
        await desk.event(tickets[0]!, mei.id, { at: from(-2) }),
        await desk.event(tickets[1]!, mei.id, { at: from(-1) }),
      );
      await failing();
      expect(await way()).toMatchObject({
        waiting: 2,
        lastError: expect.stringMatching(/^unavailable: /),
      });
      wecom.applicationFault = undefined;
      expect(await ends()).toEqual(['told', 'told']);
      expect(wecom.notices.map(({ url }) => url.split(/[/#]/)[5])).toEqual(tickets);
      expect(await way()).toMatchObject({ failures: 0, lastError: null });
      expect((await health()).notices).toMatchObject({ told: 2, late: 0 });
    });

    it('are not told any more to who has come to the console meanwhile', async () => {
      wecom.applicationFault = BUSY;
      await handle(await desk.event(await desk.ticket(mei.id), mei.id));
      await failing();
      await desk.openPage(mei.id, from(0), from(MINUTE));
      wecom.applicationFault = undefined;
      expect(await ends()).toEqual(['present']);
      expect(wecom.notices).toEqual([]);
    });

    it('are given up ten minutes after it happened, and the fault still stands', async () => {
      wecom.applicationFault = BUSY;
      await handle(await desk.event(await desk.ticket(mei.id), mei.id));
      await failing();
      gateway.clock.advance(10 * MINUTE);
      expect(await ends()).toEqual(['late']);
      expect(await way()).toMatchObject({ lastError: expect.stringMatching(/^unavailable: /) });
      expect((await health()).notices).toMatchObject({ told: 0, late: 1 });
    });

    it('wait as well while WeCom refuses us, and go when an administrator has mended that', async () => {
      await desk.workspace.changeInbox(inbox.id, { settings: { ...SETTINGS, noticeSecret: 'wrong' } });
      await handle(await desk.event(await desk.ticket(mei.id), mei.id));
      await failing();
      expect(await way()).toMatchObject({ lastError: expect.stringMatching(/^bad_credentials: /) });
      await desk.workspace.changeInbox(inbox.id, { settings: SETTINGS });
      expect(await ends()).toEqual(['told']);
    });
  });

  it('that WeCom refuses for a person are shown with the person, and hold up nobody', async () => {
    const gone = await desk.colleague('gone', { name: 'Gone' });
    await handle(
      await desk.event(await desk.ticket(gone.id), gone.id, { at: from(-2) }),
      await desk.event(await desk.ticket(mei.id), mei.id, { at: from(-1) }),
    );
    expect(await ends()).toEqual(['refused', 'told']);
    const { notices: counts } = await health();
    expect(counts).toMatchObject({
      told: 1,
      refused: 1,
      lastRefusal: { personId: gone.id, personName: 'Gone' },
    });
    expect(counts?.lastRefusal?.detail).toMatch(/^WeCom reaches nobody of this id/);
    expect(await way()).toMatchObject({ failures: 0 });
  });

  it('keep the Secret of the application sealed', async () => {
    const [row] = await gateway.owner.query(
      'SELECT settings::text AS settings, sealed_secrets FROM directory.inbox WHERE id = $1',
      [inbox.id],
    );
    expect(row.settings).not.toContain(APPLICATION.secret);
    expect((row.sealed_secrets as Buffer).includes(APPLICATION.secret)).toBe(false);
    expect(gateway.lines.join('')).not.toContain(APPLICATION.secret);
  });

  it('are of their workspace alone', async () => {
    await handle(await desk.event(await desk.ticket(mei.id), mei.id));
    await ends();
    const [row] = await gateway.context.dataSource.query(
      'SELECT count(*)::int AS seen FROM channels.colleague_notice',
    );
    expect(row.seen).toBe(0);
  });
});
