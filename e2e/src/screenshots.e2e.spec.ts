import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { follow, type Followed } from './demo/follow.js';
import { CUSTOMERS } from './demo/traffic.js';
import { openBrowser } from './system/browser.js';
import { Desk } from './system/desk.js';
import { type RunningSystem, startSystem } from './system/running-system.js';
import {
  type Appearance,
  APPEARANCES,
  openContext,
  overflowOf,
  seriousViolations,
  shoot,
} from './system/screenshots.js';
import { Widget } from './system/widget.js';

jest.setTimeout(240_000);

const EMPTY = { en: 'Nothing solved yet', 'zh-CN': '还没有已解决的工单' } as const;
const WHY = { en: 'Why?', 'zh-CN': '为什么？' } as const;

const CHAT = {
  en: 'Which kettle is the quickest?',
  'zh-CN': '哪一款水壶烧得最快？我四点有客人。',
} as const;

let system: RunningSystem;
let browser: Browser;
let admin: Desk;
let followed: readonly Followed[];

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), openBrowser()]);
  admin = await Desk.signIn(system.signInUrl);
  await admin.startWork();
  const stream = await admin.stream();
  const places = {
    ...{ admin, stream, run: 'screenshots' },
    formUrl: (await admin.inboxOf('web_form')).publicAddress ?? '',
    mail: { port: system.smtpPort, address: (await admin.inboxOf('email')).publicAddress ?? '' },
  };
  const all: Followed[] = [];
  for (const customer of CUSTOMERS) all.push(await follow(customer, places, () => undefined));
  followed = all;
  const form = ofForm();
  await admin.reply(form.ticket.id, { text: 'The large one: it boils 1.7 litres in three minutes.' });
  await admin.note(form.ticket.id, 'Asked the warehouse: twelve are in stock.');
  stream.close();
});

afterAll(async () => {
  await admin?.leave();
  await browser?.close();
  await system?.stop();
});

const ofForm = () => followed.find(({ customer }) => customer.by === 'form')!;
const ofMail = (name: string) => followed.find(({ customer }) => customer.name === name)!;

describe.each(APPEARANCES)('in $locale, $colorScheme, $width pixels wide', (appearance: Appearance) => {
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    context = await openContext(browser, appearance);
    context.setDefaultTimeout(60_000);
    const { origin } = new URL(system.url);
    await admin.call('PATCH', '/api/session/preferences', { locale: appearance.locale });
    page = await context.newPage();
    await page.goto(`${origin}/sign-in`);
  });

  afterAll(async () => {
    await context.close();
  });

  const signIn = async () => {
    const [name = '', value = ''] = admin.cookie.split('=');
    await context.addCookies([{ name, value, url: system.url }]);
  };

  const expectReadable = async (name: string) => {
    await shoot(page, name, appearance);
    expect(await seriousViolations(page)).toEqual([]);
    const overflow = await overflowOf(page);
    expect(overflow).toBeLessThanOrEqual(0);
  };

  it('the sign-in page', async () => {
    await page.getByRole('textbox').first().waitFor();
    await expectReadable('sign-in');
  });

  it('the list of my tickets', async () => {
    await signIn();
    await page.goto(`${system.url}/tickets/mine`);
    await page.getByText('Ada Lovelace').first().waitFor();
    await expectReadable('list');
  });

  it('an empty list', async () => {
    await page.goto(`${system.url}/tickets/solved`);
    await page.getByText(EMPTY[appearance.locale]).waitFor();
    await expectReadable('list-empty');
  });

  it('a ticket from the form, answered, with a note', async () => {
    await page.goto(`${system.url}/tickets/mine/${ofForm().ticket.id}`);
    await page.getByText('Asked the warehouse: twelve are in stock.').first().waitFor();
    await expectReadable('ticket');
  });

  it('why it came to me', async () => {
    await page.getByRole('button', { name: WHY[appearance.locale], exact: true }).click();
    await page.getByText('General').last().waitFor();
    await expectReadable('why');
    await page.keyboard.press('Escape');
  });

  it('a ticket from a mail with HTML', async () => {
    await page.goto(`${system.url}/tickets/mine/${ofMail('Jürgen Groß').ticket.id}`);
    await page.frameLocator('iframe').getByText('2026-1182').waitFor();
    await expectReadable('ticket-html');
  });

  it('the routing policy', async () => {
    await page.goto(`${system.url}/settings/routing`);
    await page.getByText('Refund requests').first().waitFor();
    await expectReadable('routing');
  });

  it('the inboxes', async () => {
    await page.goto(`${system.url}/settings/inboxes`);
    await page.getByText('Support mailbox').first().waitFor();
    await expectReadable('inboxes');
  });

  it('an inbox, with what is to be done and how it is doing', async () => {
    await page.getByRole('link', { name: 'Support mailbox' }).click();
    await page.locator('dl').first().waitFor();
    await expectReadable('inbox');
  });

  it('the customer’s form', async () => {
    await page.goto((await admin.inboxOf('web_form')).publicAddress ?? '');
    await page.getByRole('textbox').first().waitFor();
    await expectReadable('form');
  });

  it('the chat, before and after somebody wrote', async () => {
    const subject = `${CHAT[appearance.locale]} (${appearance.colorScheme}, ${appearance.width})`;
    await page.goto((await admin.inboxOf('web_chat')).publicAddress ?? '');
    const widget = new Widget(page);
    await page.getByRole('dialog').waitFor();
    await expectReadable('chat-empty');
    await widget.write(subject);
    const { id } = await admin.ticketWhere(subject, (row) => row.subject === subject);
    await admin.reply(id, { text: 'https://shop.example.com/kettles/the-large-one: 1.7 l, 三分钟烧开。' });
    await page.locator('.message.us:not(.greeting)').waitFor();
    await expectReadable('chat');
    await page.keyboard.press('Escape');
  });

  it('the customer’s page with the answer', async () => {
    await page.goto(ofForm().progressUrl ?? '');
    await page.getByText('The large one').waitFor();
    await expectReadable('progress');
  });
});
