import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { InboxView, MessageItem, TicketDetail } from '@tributary/contracts';
import { type PhoneCall, TwilioSimulator } from '@tributary/testing';
import { openBrowser } from './system/browser.js';
import { Desk, messagesOf } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';
import { type Appearance, openContext, overflowOf, seriousViolations, shoot } from './system/screenshots.js';

jest.setTimeout(300_000);

const OURS = '+14155550100';
const FALLBACK =
  '<Response><Say>All our systems are resting. Leave a message.</Say><Record maxLength="120"/></Response>';
const DEFINITION = JSON.stringify({
  greeting: { en: 'Welcome to Lamps.', zh: '欢迎致电灯具公司。' },
  menu: [
    { key: '1', say: { en: 'a question', zh: '咨询' }, type: 'question' },
    { key: '2', say: { en: 'a repair', zh: '维修' }, type: 'repair', skill: 'lamps' },
    { key: '9', say: { en: 'a callback', zh: '回电' }, then: 'callback' },
  ],
  queue: { patienceSeconds: 120 },
});

let system: RunningSystem;
let twilio: TwilioSimulator;
let admin: Desk;
let inbox: InboxView;
let calls = 0;

beforeAll(async () => {
  twilio = await TwilioSimulator.start();
  system = await startSystem({ providerOrigins: `https://api.twilio.com=${twilio.origin}` });
  admin = await Desk.signIn(system.signInUrl);
  const { sid: accountSid, authToken } = twilio.account;
  inbox = await admin.createInbox({
    ...{ channel: 'voice', name: 'Hotline' },
    settings: { accountSid, authToken, sender: OURS, definition: DEFINITION },
  });
  const [address, overrides] = inbox.publicAddress!.split('#') as [string, string];
  twilio.phone.setUp(OURS, {
    ...{ voiceUrl: inbox.publicAddress!, statusUrl: `${address}/status#${overrides}`, fallback: FALLBACK },
  });
});

afterAll(async () => {
  await system?.stop();
  await twilio?.stop();
});

/** Somebody who never called before, past the language menu. */
async function aCall(language = '1'): Promise<PhoneCall> {
  const call = await twilio.phone.call(`+1415555${String(2000 + calls++)}`, OURS);
  await call.press(language);
  return call;
}

const ticketOf = async (call: PhoneCall): Promise<TicketDetail> => {
  const row = await admin.ticketWhere(
    `of the call from ${call.from}`,
    ({ contact }) => contact.name === call.from,
  );
  return admin.ticket(row.id);
};

const ticketUntil = async (call: PhoneCall, what: string, fits: (ticket: TicketDetail) => boolean) =>
  admin.ticketUntil((await ticketOf(call)).id, what, fits);

const activitiesOf = (ticket: TicketDetail): readonly string[] =>
  messagesOf(ticket).flatMap(({ activities }) => activities.map(({ activity }) => activity));

const withRecording = (ticket: TicketDetail): MessageItem | undefined =>
  messagesOf(ticket).find(({ attachments }) => attachments.length > 0);

describe('a call', () => {
  it('that waits is a ticket of what the menu says, with the caller’s number and language', async () => {
    const call = await aCall('2');
    expect(call.heard.join(' ')).toContain('欢迎致电灯具公司。');
    await call.press('2');
    expect(call.place).toBe('queue');
    const ticket = await ticketOf(call);
    expect(ticket).toMatchObject({
      channel: 'voice',
      type: 'repair',
      language: 'zh',
      inbox: { id: inbox.id },
    });
    expect(ticket.identities).toMatchObject([{ kind: 'phone', value: call.from }]);
    call.position = 2;
    await call.wait(30);
    expect(call.heard.at(-1)).toContain('您排在第2位。');
    await call.hangUp();
    const abandoned = await ticketUntil(call, 'a task', ({ type }) => type === 'task');
    expect(activitiesOf(abandoned)).toEqual(
      expect.arrayContaining(['call.began', 'call.chose', 'call.queued', 'call.abandoned']),
    );
    expect(messagesOf(abandoned)).toHaveLength(1);
  });

  it('that nobody takes in time leaves a voicemail on its own ticket, with what was said', async () => {
    twilio.account.faults.copies = 3;
    twilio.phone.lateRecordings = 2;
    const call = await aCall();
    await call.press('1');
    await call.wait(130);
    await call.pressNothing();
    await call.speak('My lamp is dark, please call.', { seconds: 9 });
    twilio.account.faults.copies = 1;
    expect(call.heard.at(-1)).toContain('Thank you for your message.');
    const ticket = await ticketUntil(call, 'the recording', (each) => withRecording(each) !== undefined);
    expect(messagesOf(ticket).map(({ text }) => text)).toEqual(['Menu: a question', 'Voicemail, 9 s']);
    const message = withRecording(ticket)!;
    expect(await admin.bytes(message.attachments[0]!.url)).toEqual(call.recordings[0]!.content);
    const told = await ticketUntil(call, 'the transcription', (each) =>
      activitiesOf(each).includes('call.transcribed'),
    );
    expect(withRecording(told)!.activities).toMatchObject([
      { fields: { text: 'My lamp is dark, please call.' } },
    ]);
  });

  it('that ends in the menu is a task to call back', async () => {
    const call = await aCall();
    await call.hangUp();
    const ticket = await ticketOf(call);
    expect(ticket).toMatchObject({ type: 'task', subject: 'Missed call' });
  });

  it('asks for a callback, which is a task as well', async () => {
    const call = await aCall();
    await call.press('9');
    expect(call.status).toBe('completed');
    expect(await ticketOf(call)).toMatchObject({ type: 'task', subject: 'Callback asked for: a callback' });
  });

  it('is told of in any order and as often as one likes, and ends once', async () => {
    const call = await aCall();
    await call.press('1');
    await call.hangUp();
    for (const status of ['completed', 'ringing', 'in-progress', 'completed'])
      await call.reportStatus(status);
    const ticket = await ticketUntil(call, 'its end', (each) => activitiesOf(each).includes('call.ended'));
    const activities = activitiesOf(ticket);
    expect(activities).toHaveLength(new Set(activities).size);
    expect(messagesOf(ticket)).toHaveLength(1);
  });

  it('without a number is nobody’s second call', async () => {
    const [one, two] = [
      await twilio.phone.call('+266696687', OURS),
      await twilio.phone.call('+266696687', OURS),
    ];
    await one.hangUp();
    await two.hangUp();
    const contacts = await eventually('two tickets', async () => {
      const rows = (await admin.tickets()).filter(({ contact }) => contact.name === 'Withheld number');
      return rows.length === 2 ? rows.map(({ contact }) => contact.id) : undefined;
    });
    expect(new Set(contacts).size).toBe(2);
  });
});

describe('a caller whose ticket gets an agent', () => {
  const PHONE = '+14155550199';

  beforeAll(async () => {
    await admin.call('PATCH', `/api/people/${admin.personId}`, { phone: PHONE });
  });

  async function assigned(): Promise<PhoneCall> {
    const call = await aCall();
    await call.press('2');
    await admin.change((await ticketOf(call)).id, { assigneeId: admin.personId });
    await eventually('the agent’s phone rings', async () => (call.place === 'dial' ? true : undefined));
    return call;
  }

  it('is connected with the agent’s phone, and the story says with whom and how long', async () => {
    const call = await assigned();
    expect(call.dialled).toBe(PHONE);
    await call.talk(42);
    expect(call.status).toBe('completed');
    const ticket = await ticketUntil(call, 'its end', (each) => activitiesOf(each).includes('call.ended'));
    const connected = messagesOf(ticket)
      .flatMap(({ activities }) => activities)
      .filter(({ activity }) => activity === 'call.connected');
    expect(connected.map(({ fields }) => fields)).toEqual([
      { agent: admin.session.person.name },
      { agent: admin.session.person.name, seconds: '42' },
    ]);
    expect(ticket).toMatchObject({ type: 'repair', assignee: { id: admin.personId } });
  });

  it('leaves a message when the agent does not pick up', async () => {
    const call = await assigned();
    await call.ringOut();
    await call.pressNothing();
    await call.speak('Never mind, call me.');
    const ticket = await ticketUntil(call, 'the recording', (each) => withRecording(each) !== undefined);
    expect(activitiesOf(ticket)).toContain('call.unanswered');
    expect(ticket).toMatchObject({ type: 'task' });
  });

  it('is left alone when they hung up before', async () => {
    const call = await aCall();
    await call.press('2');
    const { id } = await ticketOf(call);
    await call.hangUp();
    await admin.ticketUntil(id, 'a task', ({ type }) => type === 'task');
    await admin.change(id, { assigneeId: admin.personId });
    await eventually('the assignment', async () => (await admin.ticket(id)).assignee ?? undefined);
    expect([call.status, call.dialled]).toEqual(['completed', undefined]);
  });
});

describe('the ticket of a call in the console', () => {
  const SEEN: readonly (Appearance & { readonly story: string })[] = [
    { locale: 'en', colorScheme: 'light', width: 1440, story: 'Chose “a repair”' },
    { locale: 'zh-CN', colorScheme: 'dark', width: 390, story: '选择了“a repair”' },
  ];

  it.each(SEEN)(
    'tells what happened and plays the recording, in $locale',
    async ({ story, ...appearance }) => {
      const call = await aCall();
      await call.press('2');
      await call.wait(130);
      await call.pressNothing();
      await call.speak('The lamp on my desk is dark.');
      const { id } = await ticketUntil(call, 'all of it', (each) => {
        const told = activitiesOf(each);
        return (
          withRecording(each) !== undefined &&
          told.includes('call.transcribed') &&
          told.includes('call.ended')
        );
      });
      const browser = await openBrowser();
      try {
        const context = await openContext(browser, appearance);
        const [name = '', value = ''] = admin.cookie.split('=');
        await context.addCookies([{ name, value, url: system.url }]);
        await admin.call('PATCH', '/api/session/preferences', { locale: appearance.locale });
        const page = await context.newPage();
        await page.goto(`${system.url}/tickets/all/${id}`);
        await page.getByText(story).waitFor();
        await page.getByText('The lamp on my desk is dark.').first().waitFor();
        await page.locator('audio').waitFor();
        await shoot(page, 'ticket-voice', appearance);
        expect(await seriousViolations(page)).toEqual([]);
        expect(await overflowOf(page)).toBeLessThanOrEqual(0);
      } finally {
        await browser.close();
      }
    },
  );
});

describe('a call during which everything dies', () => {
  it('hears the fallback, and what was said is on its ticket afterwards', async () => {
    const call = await aCall();
    const restarting = system.restartAfterKill();
    await call.press('2');
    expect(call.fellBack).toBe(true);
    expect(call.heard.at(-1)).toContain('Leave a message.');
    await call.speak('It is me, the lamp.', { seconds: 4, hangsUp: true });
    system = await restarting;
    const ticket = await ticketUntil(call, 'the recording', (each) => withRecording(each) !== undefined);
    expect(ticket).toMatchObject({ channel: 'voice', type: 'task' });
    expect(await admin.bytes(withRecording(ticket)!.attachments[0]!.url)).toEqual(
      call.recordings[0]!.content,
    );
    expect(messagesOf(ticket).map(({ text }) => text)).toEqual(['Voicemail', 'Voicemail, 4 s']);
  });
});
