import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TicketListQuery } from '../tickets/ticket.dto.js';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { aMessage, anUnreadableMessage, type TestInbox } from '../testing/a-message.js';

describe('a customer who writes on a channel without subjects', () => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let inbox: TestInbox;

  beforeAll(async () => {
    desk = await TestDesk.open(18);
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    inbox = workspace.inbox('whatsapp_cloud');
  });
  afterAll(() => desk.end());

  const saying = (text: string, from = 'US.1349') =>
    aMessage()
      .inInbox(inbox)
      .with({ from: { kind: 'bsuid', value: from } })
      .saying(text);

  it('has one conversation and one ticket, with messages that come at once', async () => {
    await desk.receive([saying('first'), saying('second')]);
    expect(await workspace.tickets()).toHaveLength(1);
    expect(await workspace.rows('conversation', 'id')).toHaveLength(1);
  });

  it('and with messages that come later', async () => {
    await desk.receive([saying('first')]);
    await desk.receive([saying('second')]);
    await desk.receive([saying('third')]);
    expect((await workspace.messages()).map(({ text }) => text)).toEqual(['first', 'second', 'third']);
    expect(await workspace.tickets()).toHaveLength(1);
  });

  it('shares it with nobody, and with no other inbox', async () => {
    const other = workspace.inbox('whatsapp_cloud');
    await desk.receive([saying('mine'), saying('hers', 'US.2468'), saying('there').inInbox(other)]);
    expect(await workspace.rows('conversation', 'id')).toHaveLength(3);
  });

  it('is no participant of what could not be read', async () => {
    await desk.receive([anUnreadableMessage(inbox), anUnreadableMessage(inbox)]);
    expect(await workspace.rows('conversation', 'id')).toHaveLength(2);
  });

  it('unlike one who writes by mail, where each letter begins another', async () => {
    const mailbox = workspace.inbox('email');
    await desk.receive([saying('one').inInbox(mailbox), saying('two').inInbox(mailbox)]);
    expect(await workspace.tickets()).toHaveLength(2);
  });

  describe('and shows an order', () => {
    const showing = (order: string, from?: string) =>
      saying(`card of ${order}`, from).with({ fields: { order, pagePath: 'pages/order' } });

    it('has it on the ticket at once, and the one shown last from then on', async () => {
      await desk.receive([showing('A-1')]);
      expect(await orders()).toEqual(['A-1']);
      await desk.receive([showing('A-2'), saying('this one')]);
      expect(await orders()).toEqual(['A-2']);
    });

    it('has the change in the history, once for an order shown twice', async () => {
      await desk.receive([saying('hello'), showing('A-1'), showing('A-1'), showing('A-2')]);
      const events = await workspace.rows('event', 'id');
      const updates = events.filter(({ type }) => type === 'ticket.updated');
      expect(updates.map(({ changes }) => changes)).toEqual([
        { order: [null, 'A-1'] },
        { order: ['A-1', 'A-2'] },
      ]);
    });

    it('is found by it after other messages', async () => {
      await desk.receive([showing('TB-20261124-07'), saying('it is late'), showing('XX-1', 'US.2468')]);
      const me = await workspace.person('Me');
      const query = Object.assign(new TicketListQuery(), { view: 'all', limit: 50, q: 'tb-20261124' });
      const { rows } = await desk.lists.page(me, query);
      expect(rows.map(({ snippet }) => snippet)).toEqual(['it is late']);
    });

    it('has the shop’s address of it, where the inbox has a link', async () => {
      await desk.receive([showing('A/1')]);
      const me = await workspace.person('Me');
      const id = String((await workspace.tickets())[0]!['id']);
      expect((await desk.details.detail(me, id)).orderUrl).toBeNull();
      await desk.owner.query(
        `INSERT INTO directory.inbox (id, workspace_id, channel, name, settings)
         VALUES ($1, $2, 'wechat_mini', 'Shop', '{"orderLink": "https://shop.example.com/o/{order}"}')`,
        [inbox.id, workspace.id],
      );
      expect((await desk.details.detail(me, id)).orderUrl).toBe('https://shop.example.com/o/A%2F1');
    });

    const orders = async () =>
      (await workspace.tickets()).map(({ fields }) => (fields as Record<string, string>)['order']);
  });
});
