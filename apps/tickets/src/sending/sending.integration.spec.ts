import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Channel, outboundMessages } from '@tributary/contracts';
import type { SignedInPerson } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import fc from 'fast-check';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { aChange, aMessage, type TestInbox } from '../testing/a-message.js';

const HOUR = 3_600_000;

/** The policies are those of `TestDesk`: wechat_oa five in 48 hours, messenger a day and then six with a tag. */
describe.each([15, 18] as const)('a reply and the channel’s rules, on PostgreSQL %i', (version) => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let person: SignedInPerson;

  beforeAll(async () => {
    desk = await TestDesk.open(version);
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    person = await workspace.person('Li');
  });
  afterAll(() => desk.end());

  const writes = (inbox: TestInbox, from = 'ann@example.org') =>
    desk.receive([aMessage().inInbox(inbox).from(from).with({ receivedAt: desk.clock.now().toISOString() })]);
  const aTicket = async (channel: Channel, number = 0) => {
    const inbox = workspace.inbox(channel);
    await writes(inbox);
    return { inbox, id: String((await workspace.tickets())[number]!['id']) };
  };
  const reply = (ticketId: string, uploadIds: string[] = []) =>
    desk.commands.addMessage(person, {
      ...{ ticketId, direction: 'outbound', text: 'Hello', uploadIds, idempotencyKey: newId() },
    });
  const refusal = (sending: Promise<unknown>) =>
    sending.then(
      () => 'sent',
      (error: { code: string }) => error.code,
    );
  const sending = async (id: string) => (await desk.details.detail(person, id)).sending;
  const fails = (messageId: string, code: string) =>
    desk.owner.query(`UPDATE tickets.delivery SET state = 'failed', error_code = $2 WHERE message_id = $1`, [
      messageId,
      code,
    ]);
  const upload = async () => {
    const id = newId();
    await desk.owner.query(
      `INSERT INTO tickets.attachment (id, workspace_id, uploaded_by, name, content_type, size, object_key, sha256,
         disposition, created_at) VALUES ($1, $2, $3, 'a', 'image/png', 1, 'k', 'x', 'attachment', now())`,
      [id, workspace.id, person.id],
    );
    return id;
  };

  it('is free where the policy has no windows', async () => {
    const { id } = await aTicket('email');
    desk.clock.advance(1000 * HOUR);
    expect(await refusal(reply(id))).toBe('sent');
    expect(await sending(id)).toMatchObject({ state: 'open', until: null, left: null, tag: null });
  });

  it('takes from the budget, which the next message of the customer fills again', async () => {
    const { id, inbox } = await aTicket('wechat_oa');
    expect(await sending(id)).toMatchObject({ state: 'open', left: 5 });
    for (let i = 0; i < 5; i++) await reply(id);
    expect(await sending(id)).toMatchObject({ state: 'closed', reason: 'budget_spent' });
    expect(await refusal(reply(id))).toBe('SEND_BUDGET_SPENT');
    desk.clock.advance(1);
    await writes(inbox);
    expect(await sending(id)).toMatchObject({ left: 5 });
  });

  it('is refused before it is queued when the window is over', async () => {
    const { id } = await aTicket('wechat_oa');
    desk.clock.advance(48 * HOUR + 1);
    expect(await refusal(reply(id))).toBe('SEND_WINDOW_CLOSED');
    expect(await workspace.outbox(outboundMessages)).toEqual([]);
    expect(await workspace.messages()).toHaveLength(1);
    const closed = new Date(desk.clock.now().getTime() - 1).toISOString();
    expect(await sending(id)).toMatchObject({ state: 'closed', reason: 'window_over', since: closed });
  });

  it('carries the mark and the end of its window to the channel', async () => {
    const { id } = await aTicket('messenger');
    desk.clock.advance(24 * HOUR + 1);
    const until = new Date(desk.clock.now().getTime() + 144 * HOUR - 1).toISOString();
    expect(await sending(id)).toMatchObject({ state: 'open', tag: 'HUMAN_AGENT', until });
    await reply(id);
    expect(await workspace.outbox(outboundMessages)).toMatchObject([
      { payload: { tag: 'HUMAN_AGENT', notAfter: until } },
    ]);
  });

  it('counts each of its files', async () => {
    const { id } = await aTicket('wechat_oa');
    await reply(id, [await upload(), await upload()]);
    expect(await sending(id)).toMatchObject({ left: 2 });
    const files = [await upload(), await upload()];
    expect(await refusal(reply(id, files))).toBe('SEND_BUDGET_SPENT');
    expect(await refusal(reply(id, [files[0]!]))).toBe('sent');
  });

  it('gives its place back when it surely never came to the provider', async () => {
    const { id } = await aTicket('wechat_oa');
    const [refused, unknown] = [await reply(id), await reply(id)];
    await fails(refused, 'bad_credentials');
    await fails(unknown, 'unknown_outcome');
    expect(await sending(id)).toMatchObject({ left: 4 });
    await desk.commands.retry(person, refused);
    await desk.commands.retry(person, unknown);
    expect(await sending(id)).toMatchObject({ left: 2 });
  });

  it('that failed is not sent again outside the window', async () => {
    const { id } = await aTicket('wechat_oa');
    const messageId = await reply(id);
    await fails(messageId, 'unavailable');
    desk.clock.advance(49 * HOUR);
    expect(await refusal(desk.commands.retry(person, messageId))).toBe('SEND_WINDOW_CLOSED');
  });

  it('is refused when the customer wants no more, until they do again; a note is not', async () => {
    const { id, inbox } = await aTicket('email');
    const says = (consent: 'given' | 'withdrawn') =>
      desk.receive([aChange(inbox, 'consent.changed', { consent })]);
    await says('withdrawn');
    expect(await refusal(reply(id))).toBe('CONSENT_WITHDRAWN');
    const note = { ticketId: id, direction: 'note' as const, text: 'x', uploadIds: [] };
    await desk.commands.addMessage(person, { ...note, idempotencyKey: newId() });
    await says('given');
    expect(await refusal(reply(id))).toBe('sent');
  });

  it('shares one budget with the customer’s other tickets in the inbox, and with no other inbox', async () => {
    const { id, inbox } = await aTicket('wechat_oa');
    const set = (status: string) =>
      desk.owner.query('UPDATE tickets.ticket SET status = $2 WHERE id = $1', [id, status]);
    // What comes after a closed ticket begins another one.
    await set('closed');
    await writes(inbox);
    await set('open');
    const other = await aTicket('wechat_oa', 2);
    const second = String((await workspace.tickets())[1]!['id']);
    await reply(id);
    await reply(second);
    expect(await sending(second)).toMatchObject({ left: 3 });
    expect(await sending(other.id)).toMatchObject({ left: 5 });
  });

  it('may follow what the customer did without writing, for as long as that lets us', async () => {
    const { id, inbox } = await aTicket('wechat_oa');
    desk.clock.advance(49 * HOUR);
    const receivedAt = desk.clock.now().toISOString();
    await desk.receive([aChange(inbox, 'customer.acted', { activity: 'SCAN', fields: {}, receivedAt })]);
    expect(await sending(id)).toMatchObject({ state: 'open', left: 3 });
    for (let i = 0; i < 3; i++) await reply(id);
    expect(await refusal(reply(id))).toBe('SEND_BUDGET_SPENT');
    desk.clock.advance(60_001);
    expect(await refusal(reply(id))).toBe('SEND_WINDOW_CLOSED');
  });

  it('waits for the policy where nobody has told it', async () => {
    const { id } = await aTicket('line');
    await desk.owner.query(`DELETE FROM directory.channel_policy WHERE channel = 'line'`);
    expect(await refusal(reply(id))).toBe('SEND_POLICY_UNKNOWN');
    expect(await sending(id)).toMatchObject({ state: 'closed', reason: 'policy_unknown' });
  });

  it('never leaves the budget, however many agents write on however many tickets at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 4, max: 9 }),
        async (tickets, sends) => {
          const before = (await workspace.tickets()).length;
          const inbox = workspace.inbox('wechat_oa');
          const from = `${newId()}@example.org`;
          for (let i = 0; i < tickets; i++) await writes(inbox, from);
          const ids = (await workspace.tickets()).slice(before).map((ticket) => String(ticket['id']));
          const outcomes = await Promise.all(
            Array.from({ length: sends }, (_, i) => refusal(reply(ids[i % ids.length]!))),
          );
          const sent = outcomes.filter((outcome) => outcome === 'sent');
          expect(sent).toHaveLength(Math.min(5, sends));
          expect(new Set(outcomes.filter((outcome) => outcome !== 'sent'))).toEqual(
            new Set(sends > 5 ? ['SEND_BUDGET_SPENT'] : []),
          );
        },
      ),
      { numRuns: 8 },
    );
  });
});
