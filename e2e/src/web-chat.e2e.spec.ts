import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext } from 'playwright-core';
import { type MailServers, startMailServers } from '@tributary/testing';
import { openBrowser } from './system/browser.js';
import { Desk, messagesOf } from './system/desk.js';
import { eventually } from './system/eventually.js';
import { NetworkLine } from './system/network-line.js';
import { type RunningSystem, startSystem } from './system/running-system.js';
import { ShopPage } from './system/shop-page.js';
import { focusedName, Widget } from './system/widget.js';

jest.setTimeout(300_000);

/** `TRIBUTARY_CHAT_OFFLINE_SECONDS=60` cuts the line as long as the promise says. */
const OFFLINE_MS = Number(process.env['TRIBUTARY_CHAT_OFFLINE_SECONDS'] || '6') * 1000;
const SECRET = 'the secret of the shop, long enough for HMAC';
const LARGEST_BUNDLE = 50_000;

let system: RunningSystem;
let browser: Browser;
let admin: Desk;
let line: NetworkLine;
let shop: ShopPage;
let inboxId: string;
/** What browsers said of the page's policy, and faults of scripts. */
const complaints: string[] = [];

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), openBrowser()]);
  admin = await Desk.signIn(system.signInUrl);
  line = await NetworkLine.to(system.url);
  shop = await ShopPage.open(() => ({ deskUrl: line.url, inboxId }));
  const settings = { origins: [shop.origin], identitySecret: SECRET };
  inboxId = (await admin.createInbox({ channel: 'web_chat', name: 'Shop', settings })).id;
});

afterAll(async () => {
  await browser?.close();
  await shop?.close();
  await line?.close();
  await system?.stop();
});

async function visitor(locale = 'en-US', more: object = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ locale, ...more });
  context.setDefaultTimeout(60_000);
  context.on('console', (message) => {
    if (/security policy|trusted/i.test(message.text())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  return context;
}

async function openShop(context: BrowserContext, query = ''): Promise<Widget> {
  const page = await context.newPage();
  await page.goto(`${shop.origin}/${query}`);
  return new Widget(page);
}

/** What the desk has of a customer, by a text of theirs that nobody else writes. */
async function saidTo(desk: Desk, ticketId: string): Promise<string[]> {
  return messagesOf(await desk.ticket(ticketId)).map(({ text }) => text);
}

describe('a customer with two tabs on somebody else’s page, as strict as pages get', () => {
  const mark = randomUUID().slice(0, 8);
  const said: string[] = [];
  let context: BrowserContext;
  let first: Widget;
  let second: Widget;
  let ticketId: string;

  const bothShow = async () => {
    for (const widget of [first, second]) await widget.shows(said);
    expect(await first.texts()).toEqual(said);
    expect(await second.texts()).toEqual(said);
    expect(await saidTo(admin, ticketId)).toEqual(said);
  };
  const write = async (widget: Widget, text: string) => {
    await widget.write(text);
    said.push(text);
  };

  beforeAll(async () => {
    context = await visitor();
    first = await openShop(context);
  });
  afterAll(() => context.close());

  it('writes, and it is a ticket', async () => {
    await first.open();
    await first.page.getByRole('textbox', { name: /^Name/ }).fill('Ann');
    await first.page.getByRole('textbox', { name: /^E-mail/ }).fill('ann@customers.example');
    await write(first, `Where is my kettle ${mark}?`);
    const row = await admin.ticketWhere(mark, ({ subject }) => subject.includes(mark));
    ticketId = row.id;
    const ticket = await admin.ticket(ticketId);
    expect(ticket).toMatchObject({ channel: 'web_chat', fields: { email: 'ann@customers.example' } });
    expect(ticket.contact.name).toBe('Ann');
  });

  it('reads the agent’s reply in every tab, without a refresh', async () => {
    second = await openShop(context);
    await admin.reply(ticketId, { text: 'On its way to you.' });
    said.push('On its way to you.');
    await bothShow();
  });

  it('sees who answers, and that it was read; the agent sees that the customer read it', async () => {
    await first.page.getByText(`${admin.session.person.name} is with you.`).waitFor();
    await first.page.getByText('Seen').waitFor();
    const read = (delivery: string | undefined) => delivery === 'read';
    await admin.ticketUntil(ticketId, 'the reply is read', (ticket) =>
      read(messagesOf(ticket).find(({ direction }) => direction === 'outbound')?.delivery?.state),
    );
  });

  it('sees that the agent writes, and the agent that the customer does', async () => {
    await admin.call('POST', `/api/tickets/${ticketId}/typing`, {});
    await first.page.getByText('is writing…').waitFor();
    const stream = await admin.stream();
    await first.page.getByRole('textbox', { name: 'Message' }).pressSequentially('I');
    await eventually('the agent sees that the customer writes', async () =>
      stream.events.find(({ kind }) => kind === 'typing'),
    );
    stream.close();
    await first.page.getByRole('textbox', { name: 'Message' }).fill('');
  });

  it('finds everything again after a reload', async () => {
    await first.page.reload();
    await bothShow();
  });

  it('writes in both tabs at once: one order for all', async () => {
    for (let i = 0; i < 5; i++) {
      await first.write(`left ${i}`);
      await second.write(`right ${i}`);
    }
    const wanted = said.length + 10;
    await eventually('all are with the desk', async () =>
      (await saidTo(admin, ticketId)).length >= wanted ? true : undefined,
    );
    const all = await saidTo(admin, ticketId);
    expect(all.slice(said.length).toSorted()).toEqual(
      ['left', 'right'].flatMap((side) => [0, 1, 2, 3, 4].map((i) => `${side} ${i}`)),
    );
    for (const side of ['left', 'right']) {
      expect(all.filter((text) => text.startsWith(side))).toEqual([0, 1, 2, 3, 4].map((i) => `${side} ${i}`));
    }
    said.splice(0, said.length, ...all);
    await bothShow();
  });

  it(`writes and is written to while the line is cut for ${OFFLINE_MS / 1000} s`, async () => {
    line.cut();
    await first.page.getByText('No connection.').waitFor();
    const offline = ['Are you there?', 'Hello?', '还在吗？'];
    for (const text of offline) await first.write(text);
    await admin.reply(ticketId, { text: 'Yes, I am here.' });
    await new Promise((resolve) => setTimeout(resolve, OFFLINE_MS));
    line.mend();
    said.push('Yes, I am here.', ...offline);
    await bothShow();
  });

  it('writes while the line is cut, closes the page and comes back later', async () => {
    line.cut();
    await first.page.getByText('No connection.').waitFor();
    await write(first, 'I come back later.');
    await first.page.close();
    await second.page.close();
    line.mend();
    first = await openShop(context);
    second = await openShop(context);
    await bothShow();
  });

  it('writes while the service is killed and started again', async () => {
    const restart = system.restartAfterKill();
    await write(first, 'Written into the crash.');
    system = await restart;
    await write(second, 'Written after it.');
    await bothShow();
  });

  it('sends a file, gets one back, and neither needs the page’s leave', async () => {
    await first.page.locator('input[type=file]').setInputFiles({
      ...{ name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from('kettle: 20') },
    });
    await write(first, 'My receipt');
    await bothShow();
    await second.page.getByRole('button', { name: 'Download receipt.txt' }).waitFor();
    const download = second.page.waitForEvent('download');
    await second.page.getByRole('button', { name: 'Download receipt.txt' }).click();
    const file = await (await download).createReadStream();
    expect(Buffer.concat(await file.toArray()).toString()).toBe('kettle: 20');
  });

  it('and the page’s policy was never broken', () => {
    expect(complaints).toEqual([]);
  });
});

describe('who a customer is', () => {
  const query = (id: string, signature: string) => `?user-id=${id}&user-signature=${signature}&user-name=Bo`;
  const sign = (id: string) => createHmac('sha256', SECRET).update(id).digest('hex');

  it('is verified when the site has signed it, and the same on another device', async () => {
    const [home, phone] = [await visitor(), await visitor()];
    const atHome = await openShop(home, query('bo-7', sign('bo-7')));
    await atHome.open();
    await atHome.write('It is me, signed');
    const row = await admin.ticketWhere(
      'of the signed user',
      ({ subject }) => subject === 'It is me, signed',
    );
    const { contact, identities } = await admin.ticket(row.id);
    expect(contact.name).toBe('Bo');
    expect(identities).toEqual([expect.objectContaining({ value: `${inboxId}:bo-7`, verified: true })]);
    const onPhone = await openShop(phone, query('bo-7', sign('bo-7')));
    await onPhone.open();
    await onPhone.shows(['It is me, signed']);
    await home.close();
    await phone.close();
  });

  it('is refused with another’s signature, and nothing of it is sent', async () => {
    const context = await visitor();
    const widget = await openShop(context, query('bo-8', sign('bo-7')));
    await widget.open();
    await widget.write('Let me in');
    await widget.page.getByText('Not sent').waitFor();
    expect(await admin.tickets('all', 'Let me in')).toEqual([]);
    await context.close();
  });

  it('and a user who signs out leaves nothing on the screen', async () => {
    const context = await visitor();
    const widget = await openShop(context, query('bo-9', sign('bo-9')));
    await widget.open();
    await widget.write('Only for me');
    await widget.shows(['Only for me']);
    await widget.page.evaluate(() => {
      const page = globalThis as unknown as { tributaryChat: { identify(): void } };
      page.tributaryChat.identify();
    });
    await widget.open();
    await widget.page.getByText('How can we help?').waitFor();
    expect(await widget.texts()).toEqual([]);
    await widget.page.goto(`${shop.origin}/`);
    await widget.page.getByText('How can we help?').waitFor();
    expect(await widget.texts()).toEqual([]);
    await context.close();
  });

  it('does not matter on a site that is not the inbox’s', async () => {
    const stranger = await ShopPage.open(() => ({ deskUrl: line.url, inboxId }));
    const context = await visitor();
    const page = await context.newPage();
    await page.goto(stranger.origin);
    const answer = await fetch(`${system.url}/chat/${inboxId}/settings`, {
      headers: { origin: stranger.origin },
    });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      403,
      'ORIGIN_NOT_ALLOWED',
    ]);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    await context.close();
    await stranger.close();
  });
});

describe('what was said, by mail', () => {
  const address = 'kim@customers.example';
  let servers: MailServers;

  beforeAll(async () => {
    servers = await startMailServers();
    await servers.createMailbox(address);
    const mailbox = await admin.inboxOf('email');
    const smtp = { smtpHost: '127.0.0.1', smtpPort: servers.smtpPort, smtpTls: 'none' };
    await admin.changeInbox(mailbox.id, { settings: { ...mailbox.settings, ...smtp } });
  });
  afterAll(() => servers?.stop());

  it('goes to the customer who asks, once, from the workspace’s mailbox', async () => {
    const context = await visitor();
    const widget = await openShop(context);
    await widget.open();
    await widget.write('Please put it in writing');
    const { id } = await admin.ticketWhere(
      'to be mailed',
      ({ subject }) => subject === 'Please put it in writing',
    );
    await admin.reply(id, { text: 'With pleasure.' });
    await widget.shows(['Please put it in writing', 'With pleasure.']);
    for (let i = 0; i < 2; i++) {
      await widget.page.getByRole('button', { name: 'E-mail me this conversation' }).click();
      await widget.page.getByRole('textbox', { name: 'E-mail', exact: true }).fill(address);
      await widget.page.keyboard.press('Enter');
      await widget.page.getByText(`On its way to ${address}.`).waitFor();
    }
    const ticket = await admin.ticketUntil(id, 'the mail is sent', (each) =>
      messagesOf(each).some(({ channel, delivery }) => channel === 'email' && delivery?.state === 'sent'),
    );
    const mails = await servers.arrived(address, 1);
    expect(mails).toHaveLength(1);
    expect(mails[0]!.toString()).toMatch(/Please put it in writing[^]*With pleasure\./);
    expect(messagesOf(ticket).filter(({ channel }) => channel === 'email')).toHaveLength(1);
    expect(await widget.texts()).toEqual(['Please put it in writing', 'With pleasure.']);
    await context.close();
  });
});

describe('the chat for everybody', () => {
  it('speaks Chinese on a Chinese page', async () => {
    const context = await visitor('zh-CN');
    const widget = await openShop(context, '?language=zh-CN');
    await widget.open();
    await widget.page.getByRole('dialog', { name: '在线客服' }).waitFor();
    await widget.write('我的水壶在哪里？');
    await widget.page.getByText('已发送').waitFor();
    const row = await admin.ticketWhere('in Chinese', ({ subject }) => subject === '我的水壶在哪里？');
    expect((await admin.ticket(row.id)).language).toBe('zh');
    await context.close();
  });

  it('is walked by keyboard alone, from the page and back', async () => {
    const context = await visitor();
    const widget = await openShop(context);
    const { keyboard } = widget.page;
    await widget.page.getByRole('button', { name: 'Open chat' }).waitFor();
    await keyboard.press('Tab');
    expect(await focusedName(widget.page)).toBe('A link of the shop');
    await keyboard.press('Tab');
    expect(await focusedName(widget.page)).toBe('Open chat');
    await keyboard.press('Enter');
    expect(await focusedName(widget.page)).toBe('Name (optional)');
    await keyboard.type('Kim');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    expect(await focusedName(widget.page)).toBe('Add files');
    await keyboard.press('Tab');
    await keyboard.type('By keyboard');
    await keyboard.press('Enter');
    await widget.shows(['By keyboard']);
    await keyboard.press('Escape');
    expect(await focusedName(widget.page)).toBe('Open chat');
    await context.close();
  });

  it('covers a phone, keeps the focus within, and gives it back', async () => {
    const context = await visitor('en-US', { viewport: { width: 390, height: 844 } });
    const widget = await openShop(context);
    await widget.open();
    const dialog = widget.page.getByRole('dialog');
    expect(await dialog.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    const names = new Set<string>();
    for (let i = 0; i < 12; i++) {
      await widget.page.keyboard.press('Tab');
      names.add(await focusedName(widget.page));
    }
    expect([...names].toSorted()).toEqual(
      [
        'Add files',
        'Close chat',
        'Conversation',
        'E-mail (optional)',
        'Message',
        'Name (optional)',
        'Send',
      ].toSorted(),
    );
    await widget.page.keyboard.press('Escape');
    expect(await focusedName(widget.page)).toBe('Open chat');
    await context.close();
  });

  it('weighs little', async () => {
    const answer = await fetch(`${system.url}/chat.js`);
    const bytes = gzipSync(Buffer.from(await answer.arrayBuffer())).byteLength;
    console.log(`chat.js: ${bytes} bytes gzipped, at most ${LARGEST_BUNDLE}`);
    expect(bytes).toBeLessThan(LARGEST_BUNDLE);
  });
});
