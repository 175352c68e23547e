import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type MessageQueued, outboundMessages, routingWork, type TicketPatch } from '@tributary/contracts';
import type { SignedInPerson } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import { FileService } from '../files/file.service.js';
import { aMessage } from '../testing/a-message.js';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';

describe('what an agent does to a ticket', () => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let agent: SignedInPerson;
  let ticketId: string;

  beforeAll(async () => {
    desk = await TestDesk.open();
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    agent = await workspace.person('Li');
    ticketId = await aTicket();
  });
  afterAll(() => desk.end());

  describe('a reply', () => {
    it('is stored, goes out through the outbox with its token and references, and is queued', async () => {
      const messageId = await reply('On its way.');
      expect((await workspace.messages())[1]).toMatchObject({
        direction: 'outbound',
        text: 'On its way.',
        author_name: 'Li',
      });
      const [conversation] = await workspace.rows('conversation', 'id');
      const [queued] = await workspace.outbox<MessageQueued>(outboundMessages);
      expect(queued).toMatchObject({
        type: 'message.queued',
        payload: {
          ...{ messageId, attempt: 1, to: { kind: 'email', value: 'ann@example.org' }, text: 'On its way.' },
          ...{ references: ['<1@x>'], threadToken: await workspace.token(String(conversation!['id'])) },
        },
      });
      expect(await workspace.rows('delivery', 'at')).toMatchObject([
        { message_id: messageId, state: 'queued', attempt: 1 },
      ]);
    });

    it('claims a ticket that nobody has, and tells the router', async () => {
      await reply();
      expect(await ticket()).toMatchObject({ assignee_id: agent.id, status: 'open' });
      expect(await lastWork()).toMatchObject({
        type: 'ticket.withdrawn',
        payload: { reason: 'assigned_by_hand', agentId: agent.id },
      });
    });

    it('takes no ticket away from a colleague', async () => {
      const colleague = await workspace.person('Mo');
      await patch({ assigneeId: colleague.id });
      await reply();
      expect(await ticket()).toMatchObject({ assignee_id: colleague.id });
    });

    it('leaves a ticket that was put off as it is, and takes nobody’s capacity', async () => {
      await patch({ status: 'on_hold' });
      const before = await workspace.outbox(routingWork);
      await reply();
      expect(await ticket()).toMatchObject({ assignee_id: agent.id, status: 'on_hold' });
      expect(await workspace.outbox(routingWork)).toEqual(before);
    });

    it('is the same message however often its key is sent', async () => {
      const idempotencyKey = newId();
      const first = await reply('Hello', { idempotencyKey });
      expect(await reply('Hello', { idempotencyKey })).toBe(first);
      expect(await workspace.messages()).toHaveLength(2);
      expect(await workspace.outbox(outboundMessages)).toHaveLength(1);
    });

    it.each([
      ['text', { text: 'Other' }],
      ['direction', { direction: 'note' as const }],
    ])('is refused under a key that was used with another %s', async (_, difference) => {
      const idempotencyKey = newId();
      await reply('Hello', { idempotencyKey });
      await expect(reply('Hello', { idempotencyKey, ...difference })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
    });

    it('is refused on another ticket under one key, also when both come at once', async () => {
      const other = await aTicket();
      const idempotencyKey = newId();
      const ends = await Promise.allSettled([
        reply('Hello', { idempotencyKey }),
        reply('Hello', { idempotencyKey, ticketId: other }),
      ]);
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'IDEMPOTENCY_KEY_REUSED' },
      });
    });

    it('is refused on a closed ticket', async () => {
      await patch({ status: 'closed' });
      await expect(reply()).rejects.toMatchObject({ code: 'TICKET_CLOSED' });
    });

    it('sets the status it was sent with, in the same transaction', async () => {
      await reply('Done.', { setStatus: 'solved' });
      expect(await ticket()).toMatchObject({ status: 'solved', solved_at: desk.clock.now() });
      expect(await lastWork()).toMatchObject({ type: 'ticket.withdrawn', payload: { reason: 'settled' } });
    });

    it('names a customer with a long address as the contract has it', async () => {
      const address = `${'a'.repeat(300)}@example.org`;
      await reply('Hello', { ticketId: await aTicket(address, '') });
      const [queued] = await workspace.outbox<MessageQueued>(outboundMessages);
      expect(queued!.payload.to).toEqual({ kind: 'email', value: address, name: 'a'.repeat(200) });
    });

    it('takes the person’s own uploads along', async () => {
      const upload = await new FileService(desk.context).upload(
        agent,
        'bill.pdf',
        'application/pdf',
        Buffer.from('%PDF'),
      );
      await reply('See there', { uploadIds: [upload.id] });
      const [queued] = await workspace.outbox<MessageQueued>(outboundMessages);
      expect(queued!.payload.attachments).toMatchObject([
        { name: 'bill.pdf', contentType: 'application/pdf', size: 4 },
      ]);
    });

    it.each(['a colleague’s', 'one that was sent', 'one that never was'])(
      'is refused with %s upload',
      async (which) => {
        const files = new FileService(desk.context);
        const owner = which === 'a colleague’s' ? await workspace.person('Mo') : agent;
        const upload = await files.upload(owner, 'a.txt', 'text/plain', Buffer.from('a'));
        if (which === 'one that was sent') await reply('First', { uploadIds: [upload.id] });
        const uploadIds = [which === 'one that never was' ? newId() : upload.id];
        await expect(reply('Again', { uploadIds })).rejects.toMatchObject({ code: 'UPLOAD_UNKNOWN' });
        expect(await workspace.outbox(outboundMessages)).toHaveLength(which === 'one that was sent' ? 1 : 0);
      },
    );
  });

  it('keeps a note inside: no delivery, no claim', async () => {
    await reply('Look at this', { direction: 'note' });
    expect(await workspace.outbox(outboundMessages)).toEqual([]);
    expect(await ticket()).toMatchObject({ assignee_id: null, status: 'new', snippet: 'Where is it?' });
  });

  it('opens a new ticket that is assigned, and withdraws it from the router', async () => {
    await patch({ assigneeId: agent.id });
    expect(await ticket()).toMatchObject({ assignee_id: agent.id, status: 'open' });
    expect(await lastWork()).toMatchObject({
      type: 'ticket.withdrawn',
      payload: { reason: 'assigned_by_hand' },
    });
  });

  it.each(['nobody', 'somebody of another workspace', 'somebody who left'])(
    'assigns to no one who is %s',
    async (who) => {
      const other = await (await desk.workspace()).person('Eve');
      const left = await workspace.person('Gone');
      await desk.owner.query(`UPDATE directory.person SET active = false WHERE id = $1`, [left.id]);
      const assigneeId = {
        nobody: newId(),
        'somebody of another workspace': other.id,
        'somebody who left': left.id,
      }[who]!;
      await expect(patch({ assigneeId })).rejects.toMatchObject({ code: 'UNKNOWN_AGENT' });
    },
  );

  it('makes an unassigned ticket ready again', async () => {
    await patch({ assigneeId: agent.id });
    await patch({ assigneeId: null });
    expect(await lastWork()).toMatchObject({ type: 'ticket.ready', payload: { ticketId, ticketVersion: 3 } });
  });

  it.each([
    ['pending', 'paused'],
    ['on_hold', 'paused'],
    ['solved', 'settled'],
    ['closed', 'settled'],
  ] as const)('withdraws a ticket that becomes %s as %s', async (status, reason) => {
    await patch({ status });
    expect(await lastWork()).toMatchObject({ type: 'ticket.withdrawn', payload: { ticketId, reason } });
  });

  it('tells the router nothing of a ticket at rest that changes hands', async () => {
    await patch({ assigneeId: agent.id, status: 'pending' });
    const before = await workspace.outbox(routingWork);
    await patch({ assigneeId: null });
    await patch({ assigneeId: agent.id, priority: 'high' });
    await patch({ assigneeId: null, priority: 'low' });
    expect(await workspace.outbox(routingWork)).toEqual(before);
  });

  it('sends a ticket that goes on to its agent, or to the router when it has none', async () => {
    await patch({ assigneeId: agent.id, status: 'pending' });
    await patch({ status: 'open' });
    expect(await lastWork()).toMatchObject({
      type: 'ticket.withdrawn',
      payload: { reason: 'assigned_by_hand' },
    });
    await patch({ assigneeId: null, status: 'pending' });
    await patch({ status: 'open' });
    expect(await lastWork()).toMatchObject({ type: 'ticket.ready' });
  });

  it('says one last word to the router, whatever a patch changes at once', async () => {
    const before = await workspace.outbox(routingWork);
    await patch({ priority: 'urgent', subject: 'Fire', status: 'pending' });
    expect((await workspace.outbox(routingWork)).slice(before.length)).toMatchObject([
      { type: 'ticket.withdrawn', payload: { reason: 'paused' } },
    ]);
  });

  it('is routed anew under another priority, and not for a tag', async () => {
    const before = (await workspace.outbox(routingWork)).length;
    await patch({ tags: ['vip'] });
    expect(await workspace.outbox(routingWork)).toHaveLength(before);
    await patch({ priority: 'urgent' });
    expect(await lastWork()).toMatchObject({
      type: 'ticket.ready',
      payload: { priority: 'urgent', tags: ['vip'] },
    });
  });

  it('refuses a patch of a version that has passed, and changes nothing', async () => {
    await patch({ tags: ['a'] });
    await expect(desk.commands.patch(agent, ticketId, { tags: ['b'] }, 1)).rejects.toMatchObject({
      status: 412,
      code: 'VERSION_CONFLICT',
    });
    expect(await ticket()).toMatchObject({ tags: ['a'], version: 2 });
  });

  it('lets one of two patches of one version through', async () => {
    const both = [['a'], ['b']].map((tags) => desk.commands.patch(agent, ticketId, { tags }, 1));
    expect((await Promise.allSettled(both)).map(({ status }) => status).toSorted()).toEqual([
      'fulfilled',
      'rejected',
    ]);
  });

  it('records nothing when nothing changed', async () => {
    const before = await workspace.rows('event', 'id');
    await patch({ priority: 'normal', tags: [], subject: 'My order' });
    expect(await workspace.rows('event', 'id')).toEqual(before);
    expect(await ticket()).toMatchObject({ version: 1 });
  });

  it('knows no ticket of another workspace', async () => {
    const stranger = await (await desk.workspace()).person('Eve');
    await expect(desk.commands.patch(stranger, ticketId, { tags: ['x'] }, undefined)).rejects.toMatchObject({
      status: 404,
    });
    await expect(desk.details.detail(stranger, ticketId)).rejects.toMatchObject({ status: 404 });
    await expect(desk.details.sla(stranger, ticketId)).rejects.toMatchObject({ status: 404 });
  });

  it('sends a message again only when it failed, as the next attempt under the same id', async () => {
    const messageId = await reply();
    await expect(desk.commands.retry(agent, messageId)).rejects.toMatchObject({ code: 'NOT_FAILED' });
    await desk.owner.query(
      `UPDATE tickets.delivery SET state = 'failed', error_code = 'unavailable' WHERE message_id = $1`,
      [messageId],
    );
    await desk.commands.retry(agent, messageId);
    expect(
      (await workspace.outbox<MessageQueued>(outboundMessages)).map(({ payload }) => [
        payload.messageId,
        payload.attempt,
      ]),
    ).toEqual([
      [messageId, 1],
      [messageId, 2],
    ]);
    expect(await workspace.rows('delivery', 'at')).toMatchObject([
      { attempt: 2, state: 'queued', error_code: null },
    ]);
    await expect(desk.commands.retry(agent, newId())).rejects.toMatchObject({ status: 404 });
  });

  it('is read up to what its agent was shown; what came after stays unread', async () => {
    await patch({ assigneeId: agent.id });
    const shown = await desk.details.detail(agent, ticketId);
    desk.clock.advance(1000);
    await desk.receive([
      aMessage()
        .inInbox({ ...workspace.inbox(), id: newId() })
        .answering('<1@x>'),
    ]);
    desk.clock.advance(1000);
    await desk.commands.markRead(agent, ticketId, new Date(shown.updatedAt));
    expect((await desk.details.detail(agent, ticketId)).unread).toBe(true);
    await desk.commands.markRead(
      agent,
      ticketId,
      new Date((await desk.details.detail(agent, ticketId)).updatedAt),
    );
    expect((await desk.details.detail(agent, ticketId)).unread).toBe(false);
  });

  async function aTicket(from = 'ann@example.org', name = 'Ann'): Promise<string> {
    const inbox = workspace.inbox();
    const message = aMessage().inInbox(inbox).from(from, name).called('<1@x>');
    await desk.receive([message]);
    const rows = await workspace.tickets();
    return String(rows.at(-1)!['id']);
  }

  const ticket = async () => (await workspace.tickets())[0];
  const lastWork = async () => (await workspace.outbox(routingWork)).at(-1);
  const patch = (changes: TicketPatch) => desk.commands.patch(agent, ticketId, changes, undefined);
  const reply = (text = 'Hello', more: object = {}) =>
    desk.commands.addMessage(agent, {
      ...{ ticketId, direction: 'outbound', text, uploadIds: [], idempotencyKey: newId() },
      ...more,
    });
});
