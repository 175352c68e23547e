import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { InboxView, TicketDetail } from '@tributary/contracts';
import { type LineChat, LineSimulator, type TelegramChat, TelegramSimulator } from '@tributary/testing';
import { Desk, messagesOf, type RefusedError } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(240_000);

/** The smallest PNG that there is. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let system: RunningSystem;
let telegram: TelegramSimulator;
let line: LineSimulator;
let admin: Desk;

beforeAll(async () => {
  [telegram, line] = await Promise.all([TelegramSimulator.start(), LineSimulator.start()]);
  system = await startSystem({
    providerOrigins: [
      `https://api.telegram.org=${telegram.origin}`,
      `https://api.line.me=${line.origin}`,
      `https://api-data.line.me=${line.origin}`,
    ].join(' '),
  });
  admin = await Desk.signIn(system.signInUrl);
});

afterAll(async () => {
  await system?.stop();
  await Promise.all([telegram?.stop(), line?.stop()]);
});

function lastState(ticketId: string, ...states: readonly string[]): Promise<TicketDetail> {
  return admin.ticketUntil(ticketId, `a reply that is ${states.join(' or ')}`, (each) =>
    states.includes(messagesOf(each).at(-1)?.delivery?.state ?? ''),
  );
}

/** The texts of all messages of the inbox, in whatever tickets, once this is one of them. */
function textsWith(last: string, inbox: InboxView): Promise<readonly string[]> {
  return eventually(`a message that says ${last}`, async () => {
    const rows = (await admin.allTickets()).filter(({ channel }) => channel === inbox.channel);
    const texts = (await Promise.all(rows.map(({ id }) => admin.ticket(id)))).flatMap((ticket) =>
      messagesOf(ticket).map(({ text }) => text),
    );
    return texts.includes(last) ? texts : undefined;
  });
}

describe('a conversation on Telegram', () => {
  let inbox: InboxView;
  let ann: TelegramChat;
  let ticket: TicketDetail;

  beforeAll(async () => {
    const webhookSecret = randomBytes(24).toString('base64url');
    const settings = { botToken: telegram.token, webhookSecret };
    inbox = await admin.createInbox({ channel: 'telegram', name: 'Acme bot', settings });
    telegram.setWebhook(inbox.publicAddress!, webhookSecret);
    ann = telegram.person('Ann', { last_name: 'Kowalska' });
  });

  it('begins at an address that the administrator gives Telegram', () => {
    expect(inbox.publicAddress).toBe(`${system.url}/hooks/${inbox.id}`);
  });

  it('a message becomes a ticket of the person, and nothing of it is tried again', async () => {
    ann.says('Kettle 5001 does not boil 🫖');
    await telegram.settled();
    expect(telegram.sender.tries.map(({ status }) => status)).toEqual([200]);
    ticket = await admin.ticketSaying('5001');
    expect(ticket).toMatchObject({
      channel: 'telegram',
      contact: { name: 'Ann Kowalska' },
      inbox: { id: inbox.id },
    });
    expect(messagesOf(ticket).map(({ text }) => text)).toEqual(['Kettle 5001 does not boil 🫖']);
  });

  it('the reply stands in the chat, under the message', async () => {
    await admin.reply(ticket.id, { text: 'Is it plugged in?' });
    await lastState(ticket.id, 'sent', 'delivered');
    expect(telegram.sentTo(ann)).toMatchObject([
      { text: 'Is it plugged in?', repliesTo: expect.any(Number) },
    ]);
  });

  it('an answer to the reply comes to the same ticket', async () => {
    ann.replies(telegram.sentTo(ann)[0]!.message_id, 'It is.');
    const found = await admin.ticketUntil(ticket.id, 'the answer', (each) => messagesOf(each).length === 3);
    expect(messagesOf(found).map(({ text }) => text)).toEqual([
      'Kettle 5001 does not boil 🫖',
      'Is it plugged in?',
      'It is.',
    ]);
  });

  it('a message that comes three times at once is one', async () => {
    const dora = telegram.person('Dora');
    telegram.behave({ copies: 3, isShuffled: true });
    dora.says('Lid 5002 is loose');
    await telegram.settled();
    telegram.behave({});
    dora.says('Handle 5003 too');
    const texts = await textsWith('Handle 5003 too', inbox);
    expect(texts.filter((text) => text === 'Lid 5002 is loose')).toHaveLength(1);
  });

  it('an edit shows, with what stood there before, and so does a reaction', async () => {
    const bob = telegram.person('Bob');
    const id = bob.says('Order 5004');
    const found = await admin.ticketSaying('5004');
    bob.edits(id, 'Order 5005, sorry');
    bob.reacts(id, '🙏');
    const edited = await admin.ticketUntil(found.id, 'the reaction', (each) =>
      messagesOf(each).some(({ reactions }) => reactions.length > 0),
    );
    expect(messagesOf(edited)).toMatchObject([
      { text: 'Order 5005, sorry', earlier: [{ text: 'Order 5004' }], reactions: [{ reaction: '🙏' }] },
    ]);
  });

  it('pictures that were sent together are one message with its files', async () => {
    telegram.person('Cem').sendsAlbum([PICTURE, PICTURE], 'Both sides of 5006');
    const found = await admin.ticketSaying('5006');
    const whole = await admin.ticketUntil(found.id, 'two files', (each) =>
      messagesOf(each).some(({ attachments }) => attachments.length === 2),
    );
    const [message] = messagesOf(whole);
    expect(messagesOf(whole)).toHaveLength(1);
    expect(await admin.bytes(message!.attachments[1]!.url)).toEqual(PICTURE);
  });

  it('who blocked the bot is not written to', async () => {
    ann.blocksBot();
    const sentBefore = telegram.sentTo(ann).length;
    const refusal = await eventually('a refused reply', () =>
      admin.reply(ticket.id, { text: 'Still there?' }).then(
        () => undefined,
        (error: RefusedError) => error,
      ),
    );
    expect(refusal.code).toBe('CONSENT_WITHDRAWN');
    expect(telegram.sentTo(ann)).toHaveLength(sentBefore);
  });
});

describe('a conversation on LINE', () => {
  let inbox: InboxView;
  let mei: LineChat;
  let ticket: TicketDetail;

  beforeAll(async () => {
    const { channelId, channelSecret, accessToken } = line;
    const settings = { channelId, channelSecret, accessToken };
    inbox = await admin.createInbox({ channel: 'line', name: 'Acme on LINE', settings });
    line.setWebhook(inbox.publicAddress!);
    mei = line.person();
  });

  it('begins with a check of the address', async () => {
    expect(await line.verifyWebhook()).toBe(200);
  });

  it('a message becomes a ticket of the person', async () => {
    mei.says('やかん 6001 が沸きません');
    ticket = await admin.ticketSaying('6001');
    expect(ticket).toMatchObject({ channel: 'line', language: 'ja', inbox: { id: inbox.id } });
    expect(ticket.identities).toMatchObject([{ kind: 'line', value: mei.id }]);
  });

  it('the reply is pushed once, also when LINE’s answer is lost on the way', async () => {
    line.loseAnswers(1);
    await admin.reply(ticket.id, { text: '電源は入っていますか' });
    await lastState(ticket.id, 'sent', 'delivered');
    expect(line.sentTo(mei).map(({ text }) => text)).toEqual(['電源は入っていますか']);
  });

  it('an answer that quotes the reply comes to the same ticket', async () => {
    mei.says('はい', line.sentTo(mei)[0]!.id);
    await admin.ticketUntil(ticket.id, 'the answer', (each) => messagesOf(each).length === 3);
  });

  it('a call of several messages that comes three times is each of them once', async () => {
    line.behave({ copies: 3, isShuffled: true });
    line.together(() => {
      mei.says('ふた 6002');
      mei.says('取っ手 6003');
    });
    await line.settled();
    line.behave({ copies: 1, isShuffled: false });
    mei.says('底 6004');
    const texts = await textsWith('底 6004', inbox);
    expect(texts.filter((text) => /6002|6003/.test(text)).toSorted()).toEqual(['ふた 6002', '取っ手 6003']);
  });

  it('a message that was taken back shows as that', async () => {
    const yui = line.person();
    const id = yui.says('まちがい 6007');
    const found = await admin.ticketSaying('6007');
    yui.unsends(id);
    const taken = await admin.ticketUntil(found.id, 'the word on it', (each) =>
      messagesOf(each).some(({ deletedAt }) => deletedAt !== null),
    );
    expect(messagesOf(taken)).toHaveLength(1);
  });

  it('a forged call is refused like one to nobody', async () => {
    const call = { method: 'POST', body: '{"events":[]}', headers: { 'x-line-signature': 'AAAA' } };
    const answers = [
      await fetch(inbox.publicAddress!, call),
      await fetch(`${system.url}/hooks/${crypto.randomUUID()}`, call),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(new Set(await Promise.all(answers.map((each) => each.text()))).size).toBe(1);
  });

  it('a message that comes while the system is down is there once it is up', async () => {
    const restarting = system.restartAfterKill();
    line.person().says('注ぎ口 6005');
    system = await restarting;
    await line.settled();
    expect(messagesOf(await admin.ticketSaying('6005')).map(({ text }) => text)).toEqual(['注ぎ口 6005']);
  });
});
