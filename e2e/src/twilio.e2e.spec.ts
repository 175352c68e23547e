import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { InboxView, MessageItem, TemplatesView, TicketDetail } from '@tributary/contracts';
import { TwilioSimulator, userIdOf } from '@tributary/testing';
import { Desk, messagesOf } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(240_000);

const OURS = '+14155550100';
const THEIRS = '+14155550123';

let system: RunningSystem;
let twilio: TwilioSimulator;
let admin: Desk;

beforeAll(async () => {
  twilio = await TwilioSimulator.start();
  const origins = ['api', 'content'].map((host) => `https://${host}.twilio.com=${twilio.origin}`);
  system = await startSystem({ providerOrigins: origins.join(' ') });
  admin = await Desk.signIn(system.signInUrl);
});

afterAll(async () => {
  await system?.stop();
  await twilio?.stop();
});

/** An inbox of the account, its address pasted at Twilio as an administrator does. */
async function connect(channel: 'sms' | 'whatsapp'): Promise<InboxView> {
  const { sid: accountSid, authToken } = twilio.account;
  const settings = { accountSid, authToken, sender: OURS };
  const inbox = await admin.createInbox({ channel, name: `Hotline ${channel}`, settings });
  twilio.assign(channel === 'sms' ? OURS : `whatsapp:${OURS}`, inbox.publicAddress!);
  return inbox;
}

const textIn = (ticketId: string, text: string): Promise<TicketDetail> =>
  admin.ticketUntil(ticketId, text, (each) => messagesOf(each).some((message) => message.text === text));

/** The state of the ticket's last reply, once it is one of these. */
async function lastDelivery(ticketId: string, ...states: readonly string[]) {
  const ticket = await admin.ticketUntil(ticketId, states.join(' or '), (each) =>
    states.includes(lastReply(each)?.delivery?.state ?? ''),
  );
  return lastReply(ticket)!.delivery;
}

function lastReply(ticket: TicketDetail): MessageItem | undefined {
  return messagesOf(ticket).findLast(({ direction }) => direction === 'outbound');
}

describe('a conversation by text', () => {
  let inbox: InboxView;
  let ticket: TicketDetail;

  beforeAll(async () => {
    inbox = await connect('sms');
  });

  it('has an address to paste, on which Twilio tries again', () => {
    expect(inbox.publicAddress).toBe(`${system.url}/hooks/${inbox.id}#rc=3&rp=all`);
  });

  it('a text that Twilio signed becomes a ticket of the number', async () => {
    const { tries } = await twilio.write({ from: THEIRS, to: OURS, body: 'Where is lamp 4711? 😕' });
    expect(tries).toEqual([{ status: 200, contentType: 'text/xml; charset=utf-8', body: '<Response/>' }]);
    ticket = await admin.ticketSaying('4711');
    expect(ticket).toMatchObject({ channel: 'sms', inbox: { id: inbox.id } });
    expect(messagesOf(ticket).map(({ text }) => text)).toEqual(['Where is lamp 4711? 😕']);
  });

  it('the original is the call as it came', async () => {
    const [message] = messagesOf(ticket);
    const original = new URLSearchParams((await admin.original(message!.id)).toString());
    expect(original.get('Body')).toBe('Where is lamp 4711? 😕');
    expect(original.get('From')).toBe(THEIRS);
  });

  it('a text that is delivered three times at once is one message', async () => {
    twilio.account.faults.copies = 3;
    const { tries } = await twilio.write({ from: THEIRS, to: OURS, body: 'The lamp is green' });
    twilio.account.faults.copies = 1;
    expect(tries.map(({ status }) => status)).toEqual([200, 200, 200]);
    await twilio.write({ from: THEIRS, to: OURS, body: 'and broken' });
    const found = await textIn(ticket.id, 'and broken');
    const texts = messagesOf(found).map(({ text }) => text);
    expect(texts).toEqual(['Where is lamp 4711? 😕', 'The lamp is green', 'and broken']);
  });

  it('a reply reaches the phone once, and its delivery is shown', async () => {
    await admin.reply(ticket.id, { text: 'It left today.' });
    expect(await lastDelivery(ticket.id, 'delivered')).toMatchObject({ attempt: 1, errorCode: null });
    expect(twilio.sentTo(THEIRS).map(({ from, body }) => [from, body])).toEqual([[OURS, 'It left today.']]);
  });

  it('a delivery that is reported before the sending stays a delivery', async () => {
    twilio.account.faults.reversedReports = true;
    await admin.reply(ticket.id, { text: 'Tomorrow.' });
    await lastDelivery(ticket.id, 'delivered');
    await twilio.settled();
    twilio.account.faults.reversedReports = false;
    await twilio.write({ from: THEIRS, to: OURS, body: 'after all reports' });
    await textIn(ticket.id, 'after all reports');
    expect(await lastDelivery(ticket.id, 'delivered', 'sent')).toMatchObject({ state: 'delivered' });
  });

  it('a reply whose answer was lost on the way is not sent again', async () => {
    twilio.account.faults.lostAnswers = 1;
    await admin.reply(ticket.id, { text: 'With the morning van.' });
    await lastDelivery(ticket.id, 'delivered');
    const sent = twilio.sentTo(THEIRS).filter(({ body }) => body === 'With the morning van.');
    expect(sent).toHaveLength(1);
  });

  it('a picture is fetched from Twilio and kept', async () => {
    const content = Buffer.from('a picture of a lamp');
    await twilio.write({ from: THEIRS, to: OURS, files: [{ contentType: 'image/png', content }] });
    const kept = await admin.ticketUntil(ticket.id, 'the picture', (each) =>
      messagesOf(each).some(({ attachments }) => attachments.length > 0),
    );
    const [attachment] = messagesOf(kept).flatMap(({ attachments }) => attachments);
    expect((await admin.bytes(attachment!.url)).equals(content)).toBe(true);
  });

  it('a phone that is off is a failure that says so', async () => {
    twilio.account.unreachable.add(THEIRS);
    await admin.reply(ticket.id, { text: 'Are you there?' });
    expect((await lastDelivery(ticket.id, 'failed'))?.errorDetail).toContain('off or out of reach');
    twilio.account.unreachable.delete(THEIRS);
  });

  it('a reply that is too fast for Twilio waits and arrives', async () => {
    twilio.account.faults.perSecond = 0;
    await admin.reply(ticket.id, { text: 'Patience.' });
    await eventually('a refusal', async () => twilio.account.refusals.includes(20429) || undefined);
    twilio.account.faults.perSecond = Number.POSITIVE_INFINITY;
    await lastDelivery(ticket.id, 'delivered');
    expect(twilio.sentTo(THEIRS).filter(({ body }) => body === 'Patience.')).toHaveLength(1);
  });

  it('STOP is no message and refuses the next reply, START allows it again', async () => {
    const consent = async () => {
      const { identities } = await admin.ticket(ticket.id);
      return identities.flatMap(({ consents }) => consents).find((each) => each.inbox.id === inbox.id)
        ?.consent;
    };
    await twilio.write({ from: THEIRS, to: OURS, body: 'STOP' });
    await eventually('the consent is withdrawn', async () => (await consent()) === 'withdrawn' || undefined);
    const before = twilio.sentTo(THEIRS).length;
    await expect(admin.reply(ticket.id, { text: 'But why?' })).rejects.toMatchObject({
      code: 'CONSENT_WITHDRAWN',
    });
    expect(messagesOf(await admin.ticket(ticket.id)).map(({ text }) => text)).not.toContain('STOP');
    await twilio.write({ from: THEIRS, to: OURS, body: 'START' });
    await eventually('the consent is given', async () => (await consent()) === 'given' || undefined);
    await admin.reply(ticket.id, { text: 'Welcome back.' });
    await lastDelivery(ticket.id, 'delivered');
    expect(
      twilio
        .sentTo(THEIRS)
        .slice(before)
        .map(({ body }) => body),
    ).toEqual(['Welcome back.']);
  });

  it('nobody else can write in the customer’s name, and learns nothing from trying', async () => {
    const url = `${system.url}/hooks/${inbox.id}`;
    const body = new URLSearchParams({ MessageSid: 'SM1', From: THEIRS, To: OURS, Body: 'Send it to me' });
    const forged = {
      method: 'POST',
      body,
      headers: { 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
    };
    const answers = [
      await fetch(url, { method: 'POST', body }),
      await fetch(url, forged),
      await fetch(`${system.url}/hooks/${crypto.randomUUID()}`, forged),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(new Set(await Promise.all(answers.map((each) => each.text()))).size).toBe(1);
  });

  it('a text that comes while the system is down is there once it is up', async () => {
    const restarting = system.restartAfterKill();
    const written = twilio.write({ from: '+14155550177', to: OURS, body: 'Anybody home 815' });
    system = await restarting;
    const { tries, sid } = await written;
    // Twilio gives up after 15 seconds, which a start may take; then its list alone has the text.
    if (tries.at(-1)?.status !== 200) await twilio.again(sid);
    const found = await admin.ticketSaying('815');
    expect(messagesOf(found).map(({ text }) => text)).toEqual(['Anybody home 815']);
  });
});

describe('a conversation on WhatsApp', () => {
  let ticket: TicketDetail;

  beforeAll(async () => {
    await connect('whatsapp');
  });

  it('a message becomes a ticket of the person, by the name they go by', async () => {
    await twilio.write({
      ...{ from: '+4915155501234', to: `whatsapp:${OURS}`, body: 'Hallo, Lampe 4712?' },
      more: { ProfileName: 'Anna 🌻' },
    });
    ticket = await admin.ticketSaying('4712');
    expect(ticket).toMatchObject({ channel: 'whatsapp', contact: { name: 'Anna 🌻' } });
  });

  it('a reply is shown as read when it was', async () => {
    await admin.reply(ticket.id, { text: 'Ist unterwegs.' });
    await lastDelivery(ticket.id, 'read');
  });

  it('a person who hides the number later stays the same person', async () => {
    const id = userIdOf('whatsapp:+4915155501234').replace('whatsapp:', '');
    await twilio.write({ from: id, to: `whatsapp:${OURS}`, body: 'Nummer geheim' });
    await textIn(ticket.id, 'Nummer geheim');
    await admin.reply(ticket.id, { text: 'Gern.' });
    await lastDelivery(ticket.id, 'read');
    expect(twilio.sentTo(`whatsapp:${id}`).map(({ body }) => body)).toEqual(['Ist unterwegs.', 'Gern.']);
  });

  it('a reply after 24 hours fails with the reason, when Twilio’s clock says so', async () => {
    twilio.setClock(() => new Date(Date.now() + 25 * 3_600_000));
    await admin.reply(ticket.id, { text: 'Angekommen?' });
    expect((await lastDelivery(ticket.id, 'failed'))?.errorDetail).toContain('24 hours');
  });

  it('an approved template of the account is offered, and arrives after the 24 hours', async () => {
    const sid = `HX${'1'.repeat(32)}`;
    twilio.account.contents.push({
      ...{ sid, friendlyName: 'arrived', language: 'de', status: 'approved' },
      ...{ body: 'Hallo {{1}}, ist Lampe {{2}} da?', variables: { '1': 'Anna', '2': '4712' } },
    });
    const view = await admin.call<TemplatesView>('GET', `/api/inboxes/${ticket.inbox.id}/templates`);
    expect(view).toMatchObject({ fault: null, templates: [{ id: sid, name: 'arrived' }] });
    const template = { id: sid, variables: { '1': 'Anna', '2': '4712' } };
    await admin.reply(ticket.id, { text: '-', template });
    await lastDelivery(ticket.id, 'read');
    expect(lastReply(await admin.ticket(ticket.id))?.text).toBe('Hallo Anna, ist Lampe 4712 da?');
    const sent = twilio.account.messages.at(-1)!;
    expect(sent).toMatchObject({ contentSid: sid, body: 'Hallo Anna, ist Lampe 4712 da?' });
    twilio.setClock(() => new Date());
  });
});

describe('answering on another channel of the same contact', () => {
  it('goes to that inbox, shows on the ticket, and its answer comes back to it', async () => {
    const other = '+14155550199';
    const { sid: accountSid, authToken } = twilio.account;
    const settings = { accountSid, authToken, sender: other };
    const second = await admin.createInbox({ channel: 'sms', name: 'Second number', settings });
    twilio.assign(other, second.publicAddress!);
    await twilio.write({ from: '+14155550155', to: OURS, body: 'Lamp 4713?' });
    const ticket = await admin.ticketSaying('4713');
    const route = ticket.routes.find(({ inbox }) => inbox.id === second.id)!;
    expect(route).toMatchObject({ channel: 'sms', sending: { state: 'open' } });
    await admin.reply(ticket.id, {
      text: 'From our other number.',
      via: { inboxId: second.id, identityId: route.identity.id },
    });
    await lastDelivery(ticket.id, 'delivered');
    expect(twilio.sentTo('+14155550155').map(({ from, body }) => [from, body])).toEqual([
      [other, 'From our other number.'],
    ]);
    await twilio.write({ from: '+14155550155', to: other, body: 'Got it 4714' });
    await textIn(ticket.id, 'Got it 4714');
  });
});
