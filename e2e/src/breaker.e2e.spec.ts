import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { InboxHealthView, InboxView, TicketDetail } from '@tributary/contracts';
import { type LineChat, LineSimulator, type TelegramChat, TelegramSimulator } from '@tributary/testing';
import { Desk, messagesOf } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(240_000);

/** A bot whose token died beside a LINE account that is well. */
describe('an inbox whose provider no longer lets us in', () => {
  let system: RunningSystem;
  let telegram: TelegramSimulator;
  let line: LineSimulator;
  let admin: Desk;
  let bot: InboxView;
  let ann: TelegramChat;
  let mei: LineChat;
  let onTelegram: TicketDetail;
  let onLine: TicketDetail;

  beforeAll(async () => {
    [telegram, line] = await Promise.all([TelegramSimulator.start(), LineSimulator.start()]);
    system = await startSystem({
      providerOrigins: `https://api.telegram.org=${telegram.origin} https://api.line.me=${line.origin}`,
    });
    admin = await Desk.signIn(system.signInUrl);
    const webhookSecret = randomBytes(24).toString('base64url');
    const botSettings = { botToken: telegram.token, webhookSecret };
    bot = await admin.createInbox({ channel: 'telegram', name: 'Bot', settings: botSettings });
    telegram.setWebhook(bot.publicAddress!, webhookSecret);
    const { channelId, channelSecret, accessToken } = line;
    const settings = { channelId, channelSecret, accessToken };
    const account = await admin.createInbox({ channel: 'line', name: 'LINE', settings });
    line.setWebhook(account.publicAddress!);
    [ann, mei] = [telegram.person('Ann'), line.person()];
    ann.says('Kettle 7001 leaks');
    mei.says('やかん 7002');
    [onTelegram, onLine] = await Promise.all([admin.ticketSaying('7001'), admin.ticketSaying('7002')]);
  });

  afterAll(async () => {
    await system?.stop();
    await Promise.all([telegram?.stop(), line?.stop()]);
  });

  const health = () => admin.call<InboxHealthView>('GET', `/api/inboxes/${bot.id}/health`);
  const wayOut = async () => (await health()).ways.find(({ way }) => way === 'out');
  const deliveries = async (ticketId: string) =>
    messagesOf(await admin.ticket(ticketId)).flatMap(({ text, delivery }) =>
      delivery ? [{ text, state: delivery.state, code: delivery.errorCode }] : [],
    );

  it('keeps its replies waiting in their order, and tells the agent why', async () => {
    telegram.revokeToken();
    await admin.reply(onTelegram.id, { text: 'first' });
    await admin.reply(onTelegram.id, { text: 'second' });
    await admin.ticketUntil(
      onTelegram.id,
      'why both wait',
      (ticket) =>
        messagesOf(ticket).filter(({ delivery }) => delivery?.errorCode === 'bad_credentials').length === 2,
    );
    expect(await deliveries(onTelegram.id)).toEqual([
      { text: 'first', state: 'queued', code: 'bad_credentials' },
      { text: 'second', state: 'queued', code: 'bad_credentials' },
    ]);
    expect(telegram.sentTo(ann)).toEqual([]);
  });

  it('is shown to the administrator with its failures and what waits', async () => {
    const { queued } = await health();
    const out = await wayOut();
    expect(out).toMatchObject({ failures: 1, waiting: 2 });
    expect(out!.lastError).toContain('bad_credentials');
    expect(queued.replies).toBe(2);
  });

  it('touches no other inbox: whose replies leave meanwhile', async () => {
    await admin.reply(onLine.id, { text: '大丈夫です' });
    await admin.ticketUntil(onLine.id, 'the reply that left', (ticket) =>
      messagesOf(ticket).some(({ delivery }) => delivery?.state === 'sent'),
    );
    expect(line.sentTo(mei).map(({ text }) => text)).toEqual(['大丈夫です']);
    expect((await deliveries(onTelegram.id)).map(({ state }) => state)).toEqual(['queued', 'queued']);
  });

  it('fails again when somebody asks for a try, and says so', async () => {
    await admin.call('POST', `/api/inboxes/${bot.id}/retry`, {});
    await eventually('a second failure', async () => ((await wayOut())?.failures === 2 ? true : undefined));
  });

  it('sends what waits, in order and once, as soon as the token is renewed', async () => {
    await admin.changeInbox(bot.id, { settings: { botToken: telegram.token } });
    await admin.ticketUntil(
      onTelegram.id,
      'both sent',
      (ticket) => messagesOf(ticket).filter(({ delivery }) => delivery?.state === 'sent').length === 2,
    );
    expect(telegram.sentTo(ann).map(({ text }) => text)).toEqual(['first', 'second']);
    expect(await wayOut()).toMatchObject({ failures: 0, openSince: null, waiting: 0 });
  });
});
