import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type MessageItem, ticketEvents } from '@tributary/contracts';
import type { SignedInPerson } from '@tributary/directory';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { aChange, aMediaStored, aMessage, aStoredObject, type TestInbox } from '../testing/a-message.js';

describe.each([15, 18] as const)('what comes after a message, on PostgreSQL %i', (version) => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let inbox: TestInbox;
  let person: SignedInPerson;

  beforeAll(async () => {
    desk = await TestDesk.open(version);
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    inbox = workspace.inbox('telegram');
    person = await workspace.person('Li');
  });
  afterAll(() => desk.end());

  const question = () => aMessage().inInbox(inbox).called('m1').saying('Where is it?');
  const edit = (text: string, parts = {}) =>
    aChange(inbox, 'message.edited', { externalId: 'm1', text, ...parts });
  const shown = async (number = 0): Promise<MessageItem> => {
    const [ticket] = await workspace.tickets();
    const { thread } = await desk.details.detail(person, String(ticket!['id']));
    return thread.filter((item) => item.kind === 'message')[number]!;
  };
  const ledger = async () =>
    (await workspace.rows('ledger', 'log_offset')).map(({ disposition, reason }) => [disposition, reason]);

  describe('an edit', () => {
    it('shows the new text, keeps the old one, and wakes whoever watches', async () => {
      await desk.receive([question()]);
      expect(await desk.receive([edit('Where are they?')])).toEqual(['done']);
      expect(await shown()).toMatchObject({
        ...{ text: 'Where are they?', earlier: [{ text: 'Where is it?' }], deletedAt: null },
      });
      expect(await workspace.messages()).toMatchObject([{ text: 'Where is it?' }]);
      expect(await workspace.tickets()).toMatchObject([{ snippet: 'Where are they?', version: 2 }]);
      const events = await workspace.outbox(ticketEvents);
      expect(events.at(-1)).toMatchObject({
        type: 'message.changed',
        payload: { changes: { change: 'edited' }, messageId: (await workspace.messages())[0]!['id'] },
      });
    });

    it('may stand in the batch of its message', async () => {
      expect(await desk.receive([question(), edit('A'), edit('B')])).toEqual(['done', 'done', 'done']);
      const { text, earlier } = await shown();
      expect([text, ...earlier.map((each) => each.text)]).toEqual(['B', 'Where is it?', 'A']);
      expect(await ledger()).toEqual([
        ['message', null],
        ['change', null],
        ['change', null],
      ]);
    });

    it('changes nothing when it is delivered again', async () => {
      const [first, again] = [question().encoded(), edit('A', { providerEventId: 'e1' })];
      await desk.receive([first, again, again]);
      expect(await desk.receive([first, again])).toEqual(['duplicate', 'duplicate']);
      expect((await shown()).earlier).toHaveLength(1);
      expect(await workspace.rows('inbound_change', 'position')).toHaveLength(1);
    });

    it('that comes before its message is kept, accounted for, and shown once the message is there', async () => {
      expect(await desk.receive([edit('A')])).toEqual(['ignored UNKNOWN_MESSAGE']);
      expect(await ledger()).toEqual([['change', 'UNKNOWN_MESSAGE']]);
      expect(await workspace.rows('inbound_change', 'position')).toMatchObject([
        { kind: 'edited', body: { text: 'A' }, refusal: 'UNKNOWN_MESSAGE', message_id: null },
      ]);
      await desk.receive([question()]);
      expect(await shown()).toMatchObject({ text: 'A', earlier: [{ text: 'Where is it?' }] });
    });

    it('of somebody else’s words has no effect, and is told as such', async () => {
      await desk.receive([question()]);
      const eve = { kind: 'email', value: 'eve@example.net' };
      expect(await desk.receive([edit('Pay me', { from: eve })])).toEqual(['ignored NOT_AUTHOR']);
      expect(await shown()).toMatchObject({ text: 'Where is it?', earlier: [] });
    });

    it('finds no message of another inbox under the same id', async () => {
      await desk.receive([question().inInbox(workspace.inbox('telegram'))]);
      expect(await desk.receive([edit('A')])).toEqual(['ignored UNKNOWN_MESSAGE']);
      expect((await shown()).text).toBe('Where is it?');
    });

    it('leaves the list’s line alone when a newer message stands below', async () => {
      await desk.receive([question()]);
      const token = await workspace.token(String((await workspace.rows('conversation', 'id'))[0]!['id']));
      await desk.receive([aMessage().inInbox(inbox).withToken(token).saying('Hello?'), edit('A')]);
      expect(await workspace.tickets()).toMatchObject([{ snippet: 'Hello?' }]);
    });
  });

  it('a message that was taken back can still be read by agents', async () => {
    await desk.receive([question(), aChange(inbox, 'message.deleted', { externalId: 'm1' })]);
    const message = await shown();
    expect(message).toMatchObject({ text: 'Where is it?', earlier: [] });
    expect(message.deletedAt).not.toBeNull();
    expect(await workspace.tickets()).toMatchObject([{ snippet: '' }]);
  });

  it('a reaction to our reply is shown, also when it comes before the provider’s id of the reply', async () => {
    await desk.receive([question()]);
    const [ticket] = await workspace.tickets();
    const messageId = await desk.commands.addMessage(person, {
      ...{ ticketId: String(ticket!['id']), direction: 'outbound', text: 'On its way.' },
      ...{ uploadIds: [], idempotencyKey: '00000000-0000-4000-8000-000000000001' },
    });
    const reaction = { externalId: 'out-1', reaction: '👍' };
    expect(await desk.receive([aChange(inbox, 'message.reacted', reaction)])).toEqual([
      'ignored UNKNOWN_MESSAGE',
    ]);
    await desk.owner.query(`UPDATE tickets.message SET external_id = 'out-1' WHERE id = $1`, [messageId]);
    expect((await shown(1)).reactions).toMatchObject([{ reaction: '👍', by: { name: 'Ann' } }]);
    await desk.receive([aChange(inbox, 'message.reacted', { externalId: 'out-1' })]);
    expect((await shown(1)).reactions).toEqual([]);
  });

  describe('a file that is still at the provider', () => {
    const photos = () => question().delivered('e1').leaving('a', 'b');
    const stored = (mediaId: string, parts = {}) =>
      aMediaStored(inbox, { providerEventId: 'e1', mediaId, ...parts });

    it('is pending at once, and then stands with the message in the order of its references', async () => {
      await desk.receive([photos()]);
      expect(await shown()).toMatchObject({
        ...{
          attachments: [],
          media: [
            { name: 'a', state: 'pending' },
            { name: 'b', state: 'pending' },
          ],
        },
      });
      expect(await desk.receive([stored('b')])).toEqual(['done']);
      expect(await shown()).toMatchObject({ attachments: [{ name: 'b.jpg' }], media: [{ name: 'a' }] });
      await desk.receive([stored('a')]);
      const message = await shown();
      expect(message.attachments.map(({ name }) => name)).toEqual(['a.jpg', 'b.jpg']);
      expect(message.media).toEqual([]);
    });

    it('that cannot be had says why', async () => {
      await desk.receive([photos(), stored('a', { reason: 'rejected_permanently', detail: 'gone' })]);
      expect((await shown()).media).toMatchObject([
        { name: 'a', state: 'failed', reason: 'rejected_permanently', detail: 'gone' },
        { name: 'b', state: 'pending' },
      ]);
    });

    it('is told of once: the first word counts', async () => {
      const outcomes = await desk.receive([photos(), stored('a'), stored('a', { reason: 'unavailable' })]);
      expect(outcomes).toEqual(['done', 'done', 'duplicate']);
      expect((await shown()).attachments).toMatchObject([{ name: 'a.jpg' }]);
    });

    it('of no message that is here is kept and accounted for', async () => {
      expect(await desk.receive([stored('a')])).toEqual(['ignored UNKNOWN_MEDIA']);
      expect(await ledger()).toEqual([['change', 'UNKNOWN_MEDIA']]);
      expect(await workspace.rows('inbound_change', 'position')).toMatchObject([
        { kind: 'media', body: { told: { mediaId: 'a', attachment: { name: 'a.jpg' } } } },
      ]);
    });

    it('gives a ticket without words its name', async () => {
      await desk.receive([photos().about('').saying('')]);
      expect(await workspace.tickets()).toMatchObject([{ subject: 'a' }]);
    });
  });

  describe('an album', () => {
    const photo = (id: string, text = '') =>
      aMessage().inInbox(inbox).delivered(id).called(id).inAlbum('g1').saying(text).leaving(id);
    const file = () => ({
      ...aStoredObject(workspace.id, 'file'),
      ...{ name: 'bill.pdf', contentType: 'application/pdf', disposition: 'attachment' as const },
    });

    it.each(['in one batch', 'one by one'])('that arrives %s is one message of one ticket', async (how) => {
      const parts = [photo('p1', 'My receipts'), photo('p2'), photo('p3').withFiles(file())];
      if (how === 'in one batch') await desk.receive(parts);
      else for (const part of parts) await desk.receive([part]);
      expect(await workspace.tickets()).toHaveLength(1);
      expect(await workspace.messages()).toHaveLength(1);
      expect(await shown()).toMatchObject({
        ...{ text: 'My receipts', attachments: [{ name: 'bill.pdf' }] },
        media: [{ name: 'p1' }, { name: 'p2' }, { name: 'p3' }],
      });
      expect((await ledger()).map(([disposition]) => disposition)).toEqual(['message', 'change', 'change']);
    });

    it('has the files of its parts, whatever order they are fetched in', async () => {
      await desk.receive([photo('p1'), photo('p2')]);
      const word = (id: string) => aMediaStored(inbox, { providerEventId: id, mediaId: id });
      expect(await desk.receive([word('p2'), word('p1')])).toEqual(['done', 'done']);
      expect((await shown()).attachments.map(({ name }) => name)).toEqual(['p1.jpg', 'p2.jpg']);
    });

    it('has no part twice', async () => {
      const parts = [photo('p1').encoded(), photo('p2').encoded()];
      await desk.receive([...parts, ...parts]);
      expect(await desk.receive(parts)).toEqual(['duplicate', 'duplicate']);
      expect((await shown()).media).toHaveLength(2);
    });

    it('takes an edit of a later part’s words', async () => {
      await desk.receive([photo('p1', 'one'), photo('p2', 'two')]);
      await desk.receive([edit('zwei', { externalId: 'p2' })]);
      expect((await shown()).text).toBe('one\nzwei');
    });

    it('takes an edit that came before the part', async () => {
      await desk.receive([edit('zwei', { externalId: 'p2' })]);
      await desk.receive([photo('p1', 'one'), photo('p2', 'two')]);
      expect(await shown()).toMatchObject({ text: 'one\nzwei', earlier: [{ text: 'one\ntwo' }] });
    });

    it('keeps the list’s line when one part was deleted, and its words when they were edited', async () => {
      await desk.receive([photo('p1', 'one'), photo('p2', 'two')]);
      await desk.receive([aChange(inbox, 'message.deleted', { externalId: 'p2' })]);
      expect(await workspace.tickets()).toMatchObject([{ snippet: 'one' }]);
      await desk.receive([edit('zwei', { externalId: 'p2' })]);
      expect(await workspace.tickets()).toMatchObject([{ snippet: 'one' }]);
    });

    it('is another message for another sender, and in another inbox', async () => {
      await desk.receive([
        photo('p1'),
        photo('p2').from('bob@example.org'),
        photo('p3').inInbox(workspace.inbox('telegram')),
      ]);
      expect(await workspace.messages()).toHaveLength(3);
    });
  });

  it('what a customer did without writing stands in the history of their ticket', async () => {
    const scan = () => aChange(inbox, 'customer.acted', { activity: 'SCAN', fields: { scene: '7' } });
    expect(await desk.receive([scan(), question(), scan()])).toEqual(['done', 'done', 'done']);
    expect(await workspace.rows('inbound_change', 'position')).toMatchObject([
      { kind: 'acted', body: { activity: 'SCAN', fields: { scene: '7' } } },
      { kind: 'acted' },
    ]);
    const [ticket] = await workspace.tickets();
    const { thread } = await desk.details.detail(person, String(ticket!['id']));
    expect(thread.at(-1)).toMatchObject({ type: 'customer.acted', changes: { activity: 'SCAN' } });
  });

  describe('what happens in a call', () => {
    const phone = { kind: 'phone', value: '+14155550123' };
    const call = (id: string) =>
      aMessage()
        .inInbox(inbox)
        .delivered(id)
        .called(id)
        .with({ from: phone, fields: { type: 'repair' } });
    const act = (externalId: string, activity: string, fields: Record<string, string> = {}) =>
      aChange(inbox, 'customer.acted', {
        ...{ from: phone, externalId, activity, fields, providerEventId: `${externalId}:${activity}` },
      });

    beforeEach(() => {
      inbox = workspace.inbox('voice');
    });

    it('stands at the message of that call, whichever came last, in any order', async () => {
      await desk.receive([
        act('CA1', 'call.began'),
        call('CA1'),
        call('CA2'),
        act('CA1', 'call.ended'),
        act('CA1', 'call.ended'),
      ]);
      const tickets = await workspace.tickets();
      const threads = await Promise.all(tickets.map(({ id }) => desk.details.detail(person, String(id))));
      const told = threads.map(({ thread }) =>
        thread.flatMap((item) =>
          item.kind === 'message' ? item.activities.map(({ activity }) => activity) : [],
        ),
      );
      expect(told).toEqual([['call.began', 'call.ended'], []]);
    });

    it('makes its ticket what the caller now wants, for the router as well', async () => {
      await desk.receive([call('CA1')]);
      await desk.receive([act('CA1', 'call.abandoned', { type: 'task' })]);
      expect(await workspace.tickets()).toMatchObject([{ type: 'task', routing_version: 2 }]);
    });

    it('leaves a ticket that is settled, and a type that there is not, as they were', async () => {
      await desk.receive([call('CA1'), act('CA1', 'call.callback', { type: 'poem' })]);
      expect(await workspace.tickets()).toMatchObject([{ type: 'repair' }]);
    });
  });

  describe('consent', () => {
    const says = (consent: 'given' | 'withdrawn', parts = {}) =>
      aChange(inbox, 'consent.changed', { consent, ...parts });

    it('that is withdrawn stands on the identity, with the message that said it', async () => {
      const raw = aStoredObject(workspace.id, 'STOP');
      await desk.receive([question().saying('STOP').with({ raw }), says('withdrawn', { raw })]);
      const [ticket] = await workspace.tickets();
      const [message] = await workspace.messages();
      const detail = await desk.details.detail(person, String(ticket!['id']));
      expect(detail.identities).toMatchObject([
        { consents: [{ consent: 'withdrawn', inbox: { id: inbox.id }, messageId: message!['id'] }] },
      ]);
      expect(detail.identities[0]!.consents[0]!.at).toBe('2026-11-23T09:00:00.000Z');
      expect(detail.sending).toMatchObject({ state: 'closed', reason: 'consent_withdrawn' });
      expect(detail.thread.at(-1)).toMatchObject({
        ...{ kind: 'event', type: 'consent.changed', changes: { consent: 'withdrawn' } },
      });
    });

    it('is the last that was said, of one inbox', async () => {
      await desk.receive([question(), says('withdrawn'), says('given')]);
      await desk.receive([question().inInbox(workspace.inbox('telegram'))]);
      const rows = await workspace.rows('contact_consent', 'inbox_id');
      expect(rows).toMatchObject([{ inbox_id: inbox.id, consent: 'given' }]);
    });

    it('of somebody who never wrote is kept until they do', async () => {
      expect(await desk.receive([says('withdrawn')])).toEqual(['done']);
      await desk.receive([question()]);
      const [ticket] = await workspace.tickets();
      expect((await desk.details.detail(person, String(ticket!['id']))).sending).toMatchObject({
        reason: 'consent_withdrawn',
      });
    });
  });
});
