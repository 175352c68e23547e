import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AttachmentDto, routingWork, ticketEvents } from '@tributary/contracts';
import { aMessage, anUnreadableMessage, aStoredObject, type TestInbox } from '../testing/a-message.js';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';

describe.each([15, 18] as const)('messages become tickets, on PostgreSQL %i', (version) => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let inbox: TestInbox;

  beforeAll(async () => {
    desk = await TestDesk.open(version);
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    inbox = workspace.inbox();
  });
  afterAll(() => desk.end());

  it('begins a ticket with its contact, conversation, message, history and work for the router', async () => {
    const message = aMessage()
      .inInbox(inbox)
      .from('ann@example.org', 'Ann')
      .about('Lamp')
      .saying('It is broken.');
    expect(await desk.receive([message])).toEqual(['done']);
    const [ticket] = await workspace.tickets();
    expect(ticket).toMatchObject({
      ...{ number: '1001', subject: 'Lamp', snippet: 'It is broken.', status: 'new', priority: 'normal' },
      ...{ channel: 'email', inbox_id: inbox.id, assignee_id: null, version: 1, routing_version: 1 },
    });
    expect(await workspace.rows('contact', 'id')).toMatchObject([{ id: ticket!['contact_id'], name: 'Ann' }]);
    expect(await workspace.messages()).toMatchObject([
      { ticket_id: ticket!['id'], direction: 'inbound', author_name: 'Ann', text: 'It is broken.' },
    ]);
    const [stored] = await workspace.messages();
    expect(await workspace.rows('event', 'id')).toMatchObject([
      { type: 'ticket.created', message_id: stored!['id'] },
    ]);
    expect(await workspace.outbox(routingWork)).toMatchObject([
      { type: 'ticket.ready', payload: { ticketId: ticket!['id'], number: '1001', ticketVersion: 1 } },
    ]);
    expect(await workspace.outbox(ticketEvents)).toMatchObject([
      { type: 'ticket.created', payload: { messageId: stored!['id'] } },
    ]);
  });

  it('begins a ticket with the priority that a trusted sender wishes, and changes none by it', async () => {
    const message = aMessage()
      .inInbox(inbox)
      .from('ann@example.org')
      .called('m1')
      .with({ priority: 'urgent' });
    const answer = aMessage()
      .inInbox(inbox)
      .from('ann@example.org')
      .answering('m1')
      .with({ priority: 'low' });
    await desk.receive([message, answer]);
    expect(await workspace.tickets()).toMatchObject([{ priority: 'urgent' }]);
    expect(await workspace.outbox(routingWork)).toMatchObject([{ payload: { priority: 'urgent' } }]);
  });

  it('notes when the inbox last got something', async () => {
    await desk.receive([aMessage().inInbox(inbox)]);
    const noted = { inbox_id: inbox.id, last_inbound_at: desk.clock.now() };
    expect(await workspace.rows('inbox_activity', 'inbox_id')).toMatchObject([noted]);
  });

  it('changes nothing when the same batch is delivered again', async () => {
    const batch = [
      aMessage().inInbox(inbox).encoded(),
      aMessage().inInbox(inbox).from('bob@example.org').encoded(),
    ];
    await desk.receive(batch);
    const before = await everything(workspace);
    expect(await desk.receive(batch)).toEqual(['duplicate', 'duplicate']);
    expect(await everything(workspace)).toEqual(before);
  });

  it('takes the first of two deliveries in one batch as the message, and the other as a duplicate', async () => {
    const twice = aMessage().inInbox(inbox).delivered('event-1');
    const outcomes = await desk.receive([
      twice.saying('first'),
      aMessage().inInbox(inbox).delivered('event-0').saying('between'),
      twice.saying('second'),
    ]);
    expect(outcomes).toEqual(['done', 'done', 'duplicate']);
    expect((await workspace.messages()).map(({ text }) => text)).toEqual(['first', 'between']);
  });

  it('keeps the order of the log inside a conversation', async () => {
    const token = await beginConversation();
    const texts = Array.from({ length: 30 }, (_, i) => `part ${i}`);
    // The receipts are sorted by id in the database; the order of the log must not follow them.
    await desk.receive(
      texts.map((text, i) =>
        aMessage()
          .inInbox(inbox)
          .withToken(token)
          .saying(text)
          .delivered(`x${99 - i}`),
      ),
    );
    expect((await workspace.messages()).slice(1).map(({ text }) => text)).toEqual(texts);
  });

  it('puts an answer within one batch into the conversation that the batch began', async () => {
    await desk.receive([
      aMessage().inInbox(inbox).called('<1@x>').saying('question'),
      aMessage().inInbox(inbox).answering('<1@x>').saying('and one more thing'),
    ]);
    expect(await workspace.tickets()).toHaveLength(1);
    expect(await workspace.messages()).toHaveLength(2);
  });

  it.each(['token', 'reference', 'number'] as const)('threads a participant’s answer by %s', async (by) => {
    const token = await beginConversation('<first@x>');
    const answer = aMessage().inInbox(inbox).saying('answer');
    const hinted = {
      token: answer.withToken(token),
      reference: answer.answering('<first@x>'),
      number: answer.naming('1001'),
    };
    await desk.receive([hinted[by]]);
    expect(await workspace.tickets()).toHaveLength(1);
    expect((await workspace.messages())[1]).toMatchObject({ text: 'answer', unverified_sender: false });
  });

  it.each(['reference', 'number'] as const)(
    'begins a new ticket for a stranger who names a %s',
    async (by) => {
      await beginConversation('<first@x>');
      const stranger = aMessage().inInbox(inbox).from('eve@example.net');
      await desk.receive([
        { reference: stranger.answering('<first@x>'), number: stranger.naming('1001') }[by],
      ]);
      const [own, other] = await workspace.tickets();
      expect(other).toMatchObject({ number: '1002' });
      expect((await workspace.messages()).map((m) => m['ticket_id'])).toEqual([own!['id'], other!['id']]);
    },
  );

  it('attaches what brings the token back from an unknown address as unverified, and reopens nothing', async () => {
    const token = await beginConversation();
    await settle('solved');
    await desk.receive([
      aMessage().inInbox(inbox).from('colleague@example.org').withToken(token).saying('me too'),
    ]);
    expect((await workspace.messages())[1]).toMatchObject({ text: 'me too', unverified_sender: true });
    expect(await workspace.tickets()).toMatchObject([{ status: 'solved', snippet: 'me too' }]);
  });

  it('believes no token of another workspace', async () => {
    const other = await desk.workspace();
    await desk.receive([aMessage().inInbox(other.inbox())]);
    const [theirs] = await other.rows('conversation', 'id');
    await desk.receive([
      aMessage()
        .inInbox(inbox)
        .withToken(await other.token(String(theirs!['id']))),
    ]);
    expect(await other.messages()).toHaveLength(1);
    expect(await workspace.tickets()).toHaveLength(1);
  });

  it('never mixes two workspaces of one batch, even under the same ids and addresses', async () => {
    const other = await desk.workspace();
    const same = aMessage().delivered('event-1').called('<same@x>').answering('<same@x>').naming('1001');
    const inboxes = [inbox, other.inbox(), inbox];
    expect(await desk.receive(inboxes.map((each) => same.inInbox(each)))).toEqual([
      'done',
      'done',
      'duplicate',
    ]);
    for (const each of [workspace, other]) {
      expect(await each.tickets()).toMatchObject([{ number: '1001' }]);
      expect(await each.messages()).toHaveLength(1);
      expect(await each.rows('contact', 'id')).toHaveLength(1);
    }
  });

  it.each(['one process', 'four processes'])(
    'makes one contact of an address that writes on several partitions of %s at once, and ends no circle of waits',
    async (where) => {
      const people = Array.from({ length: 12 }, (_, i) => `person${i}@example.org`);
      const rounds = [0, 1, 2, 3].map((partition) => {
        const order = partition % 2 === 0 ? people : people.toReversed();
        const messages = order.map((address) => aMessage().inInbox(inbox).from(address));
        return desk.receive(messages, partition, where === 'one process' ? desk.inbound : desk.replica());
      });
      expect((await Promise.all(rounds)).flat()).toEqual(Array(48).fill('done'));
      expect(await workspace.rows('contact', 'id')).toHaveLength(12);
      expect(await workspace.rows('contact_identity', 'id')).toHaveLength(12);
      expect(await workspace.messages()).toHaveLength(48);
    },
  );

  it('gives numbers without gap or double, whatever comes at once', async () => {
    await Promise.all(
      [0, 1, 2, 3].map((partition) => {
        const messages = Array.from({ length: 25 }, () => aMessage().inInbox(inbox));
        return desk.receive(messages, partition, desk.replica());
      }),
    );
    const numbers = (await workspace.tickets()).map(({ number }) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => 1001 + i));
  });

  it('begins one ticket when two who hold the token answer a closed one at the same moment', async () => {
    const token = await beginConversation();
    await settle('closed');
    const answer = aMessage().inInbox(inbox).withToken(token);
    // All three have found the closed ticket and wait for its lock before the first may go on.
    const release = await desk.holdTickets(workspace.id);
    const answers = ['bob@example.org', 'cleo@example.org', 'dan@example.org'].map((address, partition) =>
      desk.receive([answer.from(address)], partition, desk.replica()),
    );
    await desk.untilWaiting(3);
    await release();
    await Promise.all(answers);
    expect(await workspace.tickets()).toHaveLength(2);
    expect(await workspace.rows('conversation', 'id')).toHaveLength(1);
  });

  it('shows what cannot be read as a ticket with the bytes as its file', async () => {
    const raw = aStoredObject(workspace.id, 'garbage');
    expect(await desk.receive([anUnreadableMessage(inbox, { raw })])).toEqual(['quarantined BROKEN_MIME']);
    expect(await workspace.tickets()).toMatchObject([{ subject: 'Unreadable message', status: 'new' }]);
    expect(await workspace.messages()).toMatchObject([
      { quarantine_reason: 'BROKEN_MIME', raw_sha256: raw.sha256 },
    ]);
    expect(await workspace.rows('attachment', 'id')).toMatchObject([
      { name: 'original', object_key: raw.key, content_type: 'application/octet-stream' },
    ]);
  });

  it.each([
    ['bytes that are no JSON', Buffer.from('{"id":'), 'NOT_JSON'],
    ['JSON that is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'NOT_JSON'],
    ['no envelope', Buffer.from('{}'), 'BAD_ENVELOPE'],
  ])('keeps %s with its reason, and goes on', async (_, value, reason) => {
    expect(await desk.receive([value, aMessage().inInbox(inbox)])).toEqual([`quarantined ${reason}`, 'done']);
    const kept: { reason: string }[] = await desk.owner.query(
      `SELECT reason FROM tickets.quarantined_record WHERE value = $1`,
      [value],
    );
    expect(kept).toEqual([{ reason }]);
  });

  it('stores what no database text can hold: NUL and halves of characters, in every field', async () => {
    const odd = 'a\0b\ud800c';
    const message = aMessage()
      .inInbox(inbox)
      .from(`x${odd}@example.org`, odd)
      .about(odd)
      .saying(odd)
      .delivered(odd)
      .called(odd)
      .answering(odd)
      .with({ visibleText: odd, html: odd, language: odd, fields: { [odd]: odd, region: odd } })
      .withFiles({
        ...aStoredObject(workspace.id),
        ...{ name: odd, contentType: odd, contentId: odd, disposition: 'inline' },
      });
    expect(await desk.receive([message, anUnreadableMessage(inbox, { reason: odd, detail: odd })])).toEqual([
      'done',
      'quarantined a\ufffdb\ufffdc',
    ]);
    expect(await workspace.messages()).toMatchObject([{ text: 'a\ufffdb\ufffdc' }, {}]);
    expect(await desk.receive([message])).toEqual(['duplicate']);
  });

  it.each([
    ['a file’s name', [254, 255], (name: string) => ({ attachments: [aFile(workspace, name)] })],
    ['a subject', [139, 140, 997, 998], (subject: string) => ({ subject })],
    ['a text', [139, 140, 1999, 2000], (text: string) => ({ text, subject: '' })],
  ])('cuts %s that is too long, never in the middle of a character', async (_, lengths, parts) => {
    for (const length of lengths) {
      const message = aMessage()
        .inInbox(inbox)
        .with(parts(`${'x'.repeat(length - 20)}${'😀'.repeat(20)}`));
      expect(await desk.receive([message])).toEqual(['done']);
    }
  });

  it('begins a new ticket in the same conversation when the old one is closed', async () => {
    const token = await beginConversation();
    await settle('closed');
    await desk.receive([aMessage().inInbox(inbox).withToken(token).saying('again')]);
    const [, second] = await workspace.tickets();
    expect(second).toMatchObject({ number: '1002', status: 'new' });
    expect((await workspace.messages())[1]).toMatchObject({ ticket_id: second!['id'] });
    expect(await workspace.rows('conversation', 'id')).toHaveLength(1);
    expect(await workspace.rows('ticket_conversation', 'ticket_id')).toHaveLength(2);
  });

  it('reopens a solved ticket for its customer, and tells the router that its agent is at work again', async () => {
    const token = await beginConversation();
    const agent = await workspace.person('Li');
    const [ticket] = await workspace.tickets();
    await desk.commands.patch(
      agent,
      String(ticket!['id']),
      { assigneeId: agent.id, status: 'solved' },
      undefined,
    );
    desk.clock.advance(60_000);
    await desk.receive([aMessage().inInbox(inbox).withToken(token)]);
    expect(await workspace.tickets()).toMatchObject([
      { status: 'open', assignee_id: agent.id, solved_at: null, waiting_since: desk.clock.now() },
    ]);
    expect((await workspace.outbox(routingWork)).at(-1)).toMatchObject({
      type: 'ticket.withdrawn',
      payload: { ticketId: ticket!['id'], reason: 'assigned_by_hand', agentId: agent.id },
    });
  });

  it('sends a reopened ticket that nobody has back to the router', async () => {
    const token = await beginConversation();
    await settle('pending');
    await desk.receive([aMessage().inInbox(inbox).withToken(token)]);
    expect((await workspace.outbox(routingWork)).at(-1)).toMatchObject({
      type: 'ticket.ready',
      payload: { waitingSince: desk.clock.now().toISOString() },
    });
  });

  it('lets no machine reopen a ticket or stop its clocks', async () => {
    await workspace.promise({ firstReply: 3600, resolution: 7200 });
    const token = await beginConversation();
    await settle('pending');
    const clocks = await workspace.rows('metric_instance', 'metric');
    await desk.receive([
      aMessage().inInbox(inbox).withToken(token).writtenByMachine().saying('Out of office'),
    ]);
    expect(await workspace.tickets()).toMatchObject([{ status: 'pending' }]);
    expect(await workspace.rows('metric_instance', 'metric')).toEqual(clocks);
  });

  it('promises no time for a ticket that a machine began', async () => {
    await workspace.promise({ firstReply: 3600 });
    await desk.receive([aMessage().inInbox(inbox).writtenByMachine()]);
    expect(await workspace.tickets()).toMatchObject([{ sla_due_at: null }]);
    expect(await workspace.rows('sla_timer', 'due_at')).toEqual([]);
  });

  it('has exactly one line in the ledger for every record, with what became of it', async () => {
    const twice = aMessage().inInbox(inbox).delivered('twice');
    await desk.receive([twice, aMessage().inInbox(inbox), twice, anUnreadableMessage(inbox)], 6);
    const lines = await workspace.rows('ledger', 'log_offset');
    expect(lines.map(({ disposition, reason }) => [disposition, reason])).toEqual([
      ['message', null],
      ['message', null],
      ['duplicate', null],
      ['quarantined', 'BROKEN_MIME'],
    ]);
    expect(new Set(lines.map((line) => line['log_offset'])).size).toBe(4);
  });

  it('reads the file names and types of senders as names and types, not as paths or headers', async () => {
    const file = aFile(workspace, '../../etc/\u202epasswd', 'text/html\r\nset-cookie: a=b');
    await desk.receive([aMessage().inInbox(inbox).withFiles(file)]);
    expect(await workspace.rows('attachment', 'id')).toMatchObject([
      { name: 'passwd', content_type: 'application/octet-stream' },
    ]);
  });

  /** @returns the conversation's token. */
  async function beginConversation(externalId = '<1@example.org>'): Promise<string> {
    await desk.receive([aMessage().inInbox(inbox).from('ann@example.org').called(externalId)]);
    const [conversation] = await workspace.rows('conversation', 'id');
    return workspace.token(String(conversation!['id']));
  }

  async function settle(status: 'pending' | 'solved' | 'closed'): Promise<void> {
    const [ticket] = await workspace.tickets();
    await desk.commands.patch(await workspace.person('Li'), String(ticket!['id']), { status }, undefined);
  }
});

function aFile({ id }: TestWorkspace, name: string, contentType = 'text/plain'): AttachmentDto {
  return { ...aStoredObject(id), name, contentType, disposition: 'attachment' };
}

async function everything(workspace: TestWorkspace): Promise<unknown> {
  return Promise.all([
    workspace.tickets(),
    workspace.messages(),
    workspace.rows('contact', 'id'),
    workspace.rows('conversation', 'id'),
    workspace.rows('event', 'id'),
    workspace.outbox(ticketEvents),
    workspace.outbox(routingWork),
  ]);
}
