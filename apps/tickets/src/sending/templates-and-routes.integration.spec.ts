import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Channel,
  type MessageQueued,
  type MessageTemplate,
  outboundMessages,
} from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import { type SignedInPerson, storeTemplates } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { aChange, aMessage, type TestInbox } from '../testing/a-message.js';
import type { NewMessage } from '../tickets/ticket-commands.service.js';

const HOUR = 3_600_000;
const ANN = { kind: 'phone', value: '+14155550123', name: 'Ann' };

let desk: TestDesk;
let workspace: TestWorkspace;
let person: SignedInPerson;

beforeAll(async () => {
  desk = await TestDesk.open();
});
beforeEach(async () => {
  workspace = await desk.workspace();
  person = await workspace.person('Li');
});
afterAll(() => desk.end());

/** An inbox that administrators have made: routes lead to no other. */
async function anInbox(channel: Channel, enabled = true): Promise<TestInbox> {
  const inbox = workspace.inbox(channel);
  await desk.owner.query(
    'INSERT INTO directory.inbox (id, workspace_id, channel, name, enabled) VALUES ($1, $2, $3, $4, $5)',
    [inbox.id, workspace.id, channel, `${channel} ${inbox.id}`, enabled],
  );
  return inbox;
}

const writes = (inbox: TestInbox, text: string, from: typeof ANN = ANN) =>
  desk.receive([
    aMessage().inInbox(inbox).saying(text).with({ from, receivedAt: desk.clock.now().toISOString() }),
  ]);
const ticketIds = async () => (await workspace.tickets()).map((ticket) => String(ticket['id']));
const detail = (id: string) => desk.details.detail(person, id);
const reply = (ticketId: string, change: Partial<NewMessage> = {}) =>
  desk.commands.addMessage(person, {
    ...{ ticketId, direction: 'outbound', text: 'Hello', uploadIds: [], idempotencyKey: newId() },
    ...change,
  });
const refusal = (sending: Promise<unknown>) =>
  sending.then(
    () => 'sent',
    (error: { code: string }) => error.code,
  );
const queued = async () =>
  (await workspace.outbox<MessageQueued>(outboundMessages)).map(({ payload }) => payload);

describe('a template', () => {
  const shipped: MessageTemplate = {
    ...{ id: 'HX1', name: 'shipped', language: 'en', text: 'Hi {{1}}, order {{2}} was sent. {{1}}!' },
    variables: [
      { name: '1', example: 'Ann' },
      { name: '2', example: null },
    ],
  };
  const aTicket = async (channel: Channel) => {
    const inbox = await anInbox(channel);
    await inWorkspace(desk.owner, workspace.id, (manager) => storeTemplates(manager, inbox, [shipped]));
    await writes(inbox, 'Where is it?');
    desk.clock.advance(25 * HOUR);
    return { inbox, id: (await ticketIds()).at(-1)! };
  };
  const fills = (variables: Record<string, string>, id = 'HX1') => ({ template: { id, variables } });

  it('leaves when the window is closed, and the ticket shows what the customer reads', async () => {
    const { id } = await aTicket('whatsapp');
    expect((await detail(id)).sending).toMatchObject({ state: 'closed', templates: true });
    expect(await refusal(reply(id))).toBe('SEND_WINDOW_CLOSED');
    await reply(id, fills({ '1': ' Ann\nB. ', '2': '4711', '3': 'more' }));
    const [message] = await queued();
    const text = 'Hi Ann B., order 4711 was sent. Ann B.!';
    expect(message).toMatchObject({
      text,
      template: { id: 'HX1', name: 'shipped', language: 'en', variables: { '1': 'Ann B.', '2': '4711' } },
    });
    expect([message!.notAfter, message!.template!.variables['3']]).toEqual([undefined, undefined]);
    const { thread } = await detail(id);
    expect(thread.findLast(({ kind }) => kind === 'message')).toMatchObject({ direction: 'outbound', text });
  });

  it('is sent again as the template that it was', async () => {
    const { id } = await aTicket('whatsapp');
    const messageId = await reply(id, fills({ '1': 'Ann', '2': '4711' }));
    await desk.owner.query(`UPDATE tickets.delivery SET state = 'failed' WHERE message_id = $1`, [messageId]);
    await desk.commands.retry(person, messageId);
    const [first, second] = await queued();
    expect(second).toMatchObject({ attempt: 2, template: first!.template });
  });

  it('is one message for one key, and another’s key is another’s', async () => {
    const { id } = await aTicket('whatsapp');
    const idempotencyKey = newId();
    const once = { ...fills({ '1': 'Ann', '2': '4711' }), idempotencyKey };
    expect(await reply(id, once)).toBe(await reply(id, once));
    expect(await queued()).toHaveLength(1);
  });

  it.each([
    ['an id that the provider has not told', fills({}, 'HX2'), 'TEMPLATE_UNKNOWN'],
    ['a variable without a value', fills({ '1': 'Ann', '2': ' ' }), 'TEMPLATE_INCOMPLETE'],
    ['a value inherited from nowhere', fills({ '1': 'Ann' }), 'TEMPLATE_INCOMPLETE'],
  ])('with %s is refused', async (_, change, code) => {
    const { id } = await aTicket('whatsapp');
    expect(await refusal(reply(id, change))).toBe(code);
    expect(await queued()).toEqual([]);
  });

  it('goes to nobody who wants no more', async () => {
    const { id, inbox } = await aTicket('whatsapp');
    await desk.receive([aChange(inbox, 'consent.changed', { from: ANN, consent: 'withdrawn' })]);
    expect((await detail(id)).sending).toMatchObject({ templates: false });
    expect(await refusal(reply(id, fills({ '1': 'Ann', '2': '4711' })))).toBe('CONSENT_WITHDRAWN');
  });

  it('opens no window where the channel’s policy has no templates', async () => {
    const { id } = await aTicket('wechat_oa');
    desk.clock.advance(24 * HOUR);
    expect(await refusal(reply(id, fills({ '1': 'Ann', '2': '4711' })))).toBe('SEND_WINDOW_CLOSED');
  });
});

describe('answering elsewhere', () => {
  it('is offered for the contact’s other inboxes, with what each allows, and for those that are on', async () => {
    const [whatsapp, sms] = [await anInbox('whatsapp'), await anInbox('sms')];
    await anInbox('email');
    await anInbox('sms', false);
    await writes(whatsapp, 'Where is it?');
    desk.clock.advance(25 * HOUR);
    const { routes, sending } = await detail((await ticketIds())[0]!);
    expect(routes.map(({ inbox, channel, sending: { state } }) => [inbox.id, channel, state])).toEqual([
      [whatsapp.id, 'whatsapp', 'closed'],
      [sms.id, 'sms', 'open'],
    ]);
    expect(routes[0]!.sending).toEqual(sending);
    expect(routes[1]!.identity).toMatchObject({ kind: 'phone', value: ANN.value });
  });

  it('sends to that inbox and shows it on the ticket, and the answer comes back to it', async () => {
    const [whatsapp, sms] = [await anInbox('whatsapp'), await anInbox('sms')];
    await writes(whatsapp, 'Where is it?');
    desk.clock.advance(25 * HOUR);
    const id = (await ticketIds())[0]!;
    const identityId = (await detail(id)).routes[1]!.identity.id;
    await reply(id, { via: { inboxId: sms.id, identityId }, text: 'On its way' });
    expect(await queued()).toMatchObject([
      { inboxId: sms.id, channel: 'sms', to: { kind: 'phone', value: ANN.value }, text: 'On its way' },
    ]);
    await writes(sms, 'Thanks');
    expect(await ticketIds()).toEqual([id]);
    const { thread, routes } = await detail(id);
    const said = thread.flatMap((item) => (item.kind === 'message' ? [[item.channel, item.text]] : []));
    expect(said).toEqual([
      ['whatsapp', 'Where is it?'],
      ['sms', 'On its way'],
      ['sms', 'Thanks'],
    ]);
    // The next reply goes where the customer was last heard.
    expect(routes[0]!.inbox.id).toBe(sms.id);
    await writes(whatsapp, 'Still there?');
    expect((await detail(id)).routes[0]!.inbox.id).toBe(whatsapp.id);
    expect(await ticketIds()).toEqual([id]);
  });

  it('takes over a conversation that another ticket was in, from then on', async () => {
    const [whatsapp, sms] = [await anInbox('whatsapp'), await anInbox('sms')];
    await writes(whatsapp, 'First matter');
    await writes(sms, 'Second matter');
    const [first, second] = (await ticketIds()) as [string, string];
    const identityId = (await detail(first)).routes[0]!.identity.id;
    await reply(first, { via: { inboxId: sms.id, identityId } });
    await writes(sms, 'To the first');
    const texts = async (id: string) =>
      (await detail(id)).thread.flatMap((item) => (item.kind === 'message' ? [item.text] : []));
    expect(await texts(first)).toEqual(['First matter', 'Hello', 'To the first']);
    expect(await texts(second)).toEqual(['Second matter']);
  });

  it('keeps the letters of other tickets apart: mail begins a conversation of its own', async () => {
    const [sms, email] = [await anInbox('sms'), await anInbox('email')];
    const mail = { kind: 'email', value: 'ann@example.org', name: 'Ann' };
    await writes(email, 'A letter', mail);
    await writes(sms, 'A text');
    // One customer, as an agent has found out.
    await desk.owner.query(
      `UPDATE tickets.contact_identity SET contact_id = (SELECT contact_id FROM tickets.contact_identity
         WHERE workspace_id = $1 AND kind = 'phone') WHERE workspace_id = $1 AND kind = 'email'`,
      [workspace.id],
    );
    const [, texted] = (await ticketIds()) as [string, string];
    const route = (await detail(texted)).routes.find(({ channel }) => channel === 'email')!;
    await reply(texted, { via: { inboxId: email.id, identityId: route.identity.id } });
    const [sent] = await queued();
    expect(sent).toMatchObject({ channel: 'email', to: { value: 'ann@example.org' }, references: [] });
    await desk.receive([
      aMessage().inInbox(email).withToken(sent!.threadToken).with({ from: mail, text: 'Got it' }),
    ]);
    const { thread } = await detail(texted);
    expect(thread.findLast((item) => item.kind === 'message')).toMatchObject({ text: 'Got it' });
    expect(await ticketIds()).toHaveLength(2);
  });

  it('is refused where the ticket’s customer has no address, or the inbox is none of ours', async () => {
    const sms = await anInbox('sms');
    await writes(sms, 'Hi');
    const [id] = (await ticketIds()) as [string];
    const identityId = (await detail(id)).routes[0]!.identity.id;
    for (const via of [
      { inboxId: newId(), identityId },
      { inboxId: sms.id, identityId: newId() },
    ]) {
      expect(await refusal(reply(id, { via }))).toBe('ROUTE_UNKNOWN');
    }
    expect(await queued()).toEqual([]);
  });

  it('is judged by the rules of that channel', async () => {
    const [sms, whatsapp] = [await anInbox('sms'), await anInbox('whatsapp')];
    await writes(sms, 'Hi');
    const [id] = (await ticketIds()) as [string];
    const identityId = (await detail(id)).routes[0]!.identity.id;
    expect(await refusal(reply(id, { via: { inboxId: whatsapp.id, identityId } }))).toBe(
      'SEND_WINDOW_CLOSED',
    );
    expect(await refusal(reply(id))).toBe('sent');
  });
});
