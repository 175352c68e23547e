import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from './system/browser.js';
import { submitForm, progressUntil } from './system/customer.js';
import { Desk, messagesOf } from './system/desk.js';
import { type RunningSystem, startSystem } from './system/running-system.js';

jest.setTimeout(180_000);

let system: RunningSystem;
let browser: Browser;
let admin: Desk;
let formUrl: string;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), openBrowser()]);
  admin = await Desk.signIn(system.signInUrl);
  formUrl = (await admin.inboxOf('web_form')).publicAddress ?? '';
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

describe('a customer and an agent in their browsers', () => {
  let customer: Page;
  let agent: Page;
  let consoleLoads = 0;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    for (const locale of ['en-US', 'en-US']) contexts.push(await browser.newContext({ locale }));
    for (const context of contexts) context.setDefaultTimeout(60_000);
    customer = await contexts[0]!.newPage();
    agent = await contexts[1]!.newPage();
    agent.on('request', (request) => {
      if (request.isNavigationRequest()) consoleLoads += 1;
    });
    const link = await admin.signInLink('lin.yue@example.com');
    await agent.goto(link.url);
    await agent.getByRole('button', { name: /My presence: Available/ }).waitFor();
  });

  afterAll(async () => {
    for (const context of contexts) await context.close();
  });

  it('the sent form is a ticket on the screen of the available agent, without a reload', async () => {
    await customer.goto(formUrl);
    await customer.getByLabel('Your name').fill('Ada Customer');
    await customer.getByLabel('E-mail').fill('ada@customers.example');
    await customer.getByLabel('What is it about?').selectOption('problem');
    await customer.getByLabel('Subject').fill('The kettle hums');
    await customer.getByLabel('Message').fill('It hums in B flat.\nIs that normal?');
    await customer.getByLabel('Add files').setInputFiles({
      name: 'hum.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('hmmmm'),
    });
    const loadsBefore = consoleLoads;
    await customer.getByRole('button', { name: 'Send' }).click();
    await customer.getByText('We have your message').waitFor();
    await agent.getByRole('link', { name: /Ada Customer.*The kettle hums/s }).waitFor();
    expect(consoleLoads).toBe(loadsBefore);
  });

  it('the customer gets a private page that shows the message with its file', async () => {
    await customer.getByRole('link', { name: 'Open your page' }).click();
    await customer.getByRole('heading', { name: /#\d+ The kettle hums/ }).waitFor();
    expect(await customer.getByRole('listitem').innerText()).toContain('It hums in B flat.');
    expect(await customer.getByRole('listitem').innerText()).toContain('hum.txt');
  });

  it('the agent opens it, finds the message and the file, and may ask why it came to them', async () => {
    await agent.getByRole('link', { name: /The kettle hums/ }).click();
    await agent.getByRole('heading', { name: 'The kettle hums' }).waitFor();
    await agent.getByText('It hums in B flat.').first().waitFor();
    await agent.getByText('hum.txt').waitFor();
    await agent.getByRole('button', { name: 'Why?', exact: true }).click();
    await agent
      .getByText(/Problems and repairs/)
      .first()
      .waitFor();
    await agent.keyboard.press('Escape');
    const [row] = await admin.tickets('all', 'kettle');
    const [message] = messagesOf(await admin.ticket(row!.id));
    expect((await admin.bytes(message!.attachments[0]!.url)).toString()).toBe('hmmmm');
  });

  it('Escape closes the open "Why?", wherever the focus is, and not the ticket under it', async () => {
    await agent.getByRole('button', { name: 'Why?', exact: true }).click();
    const why = agent.getByRole('dialog');
    await why.waitFor();
    await agent.locator('body').dispatchEvent('keydown', { key: 'Escape' });
    await why.waitFor({ state: 'hidden' });
    await agent.getByRole('heading', { name: 'The kettle hums' }).waitFor();
  });

  it('the agent’s reply appears on the open page of the customer', async () => {
    await agent.getByRole('textbox', { name: 'Reply' }).fill('Yes: B flat is right for a kettle.');
    await agent.getByRole('button', { name: 'Send', exact: true }).click();
    await agent.getByRole('button', { name: 'Send now' }).click();
    await customer.getByText('Yes: B flat is right for a kettle.').waitFor();
    expect(await customer.getByRole('listitem').count()).toBe(2);
  });

  it('the customer’s answer lands in the same ticket, on the agent’s open screen', async () => {
    await customer.getByLabel('Write back').fill('Then I am glad.');
    await customer.getByRole('button', { name: 'Send' }).click();
    await agent.getByText('Then I am glad.').last().waitFor();
    const found = await admin.tickets('all', 'kettle');
    expect(found).toHaveLength(1);
    const texts = messagesOf(await admin.ticket(found[0]!.id)).map(({ direction, text }) => [
      direction,
      text,
    ]);
    expect(texts).toEqual([
      ['inbound', 'It hums in B flat.\nIs that normal?'],
      ['outbound', 'Yes: B flat is right for a kettle.'],
      ['inbound', 'Then I am glad.'],
    ]);
  });

  it('solving it is told to the customer', async () => {
    await agent.getByRole('button', { name: 'Solve' }).click();
    await customer.getByRole('status').filter({ hasText: 'Solved' }).waitFor();
    const [row] = await admin.tickets('all', 'kettle');
    expect(row?.status).toBe('solved');
  });

  it('an answer to a solved ticket opens it again', async () => {
    await customer.getByLabel('Write back').fill('It hums again.');
    await customer.getByRole('button', { name: 'Send' }).click();
    const row = await admin.ticketWhere('kettle, open again', (each) => {
      return each.subject === 'The kettle hums' && each.status === 'open';
    });
    expect(row.snippet).toBe('It hums again.');
  });
});

describe('the form in somebody else’s page', () => {
  let host: Server;
  let page: Page;

  beforeAll(async () => {
    host = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(
        `<title>A shop</title><iframe title="Help" src="${formUrl}" width="600" height="900"></iframe>`,
      );
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    page = await browser.newPage({ locale: 'zh-CN' });
    await page.goto(`http://localhost:${(host.address() as AddressInfo).port}/`);
  });

  afterAll(async () => {
    await page.close();
    await new Promise((resolve) => host.close(resolve));
  });

  it('works, and speaks the visitor’s language', async () => {
    const form = page.frameLocator('iframe');
    await form.getByLabel('电子邮箱').fill('li@customers.example');
    await form.getByLabel('详细描述').fill('我想退款');
    await form.getByRole('button', { name: '提交' }).click();
    await form.getByText('我们已收到您的消息').waitFor();
    const row = await admin.ticketWhere('from the frame', ({ snippet }) => snippet === '我想退款');
    expect((await admin.ticket(row.id)).language).toBe('zh');
  });

  it('the private page refuses to stand in a frame', async () => {
    const link = page.frameLocator('iframe').getByRole('link', { name: '打开我的页面' });
    expect(await link.getAttribute('target')).toBe('_top');
    const response = await fetch((await link.getAttribute('href')) ?? '');
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });
});

describe('the form’s JSON endpoint', () => {
  const fields = { email: 'grace@customers.example', name: 'Grace', text: 'One message, please' };

  it('takes the same message twice under one key as one', async () => {
    const first = await submitForm(formUrl, fields, 'a-key-of-my-own-0001');
    const second = await submitForm(formUrl, fields, 'a-key-of-my-own-0001');
    expect(second).toBe(first);
    const last = await submitForm(formUrl, { ...fields, text: 'The next one' }, 'a-key-of-my-own-0002');
    await progressUntil(last, 'a ticket', ({ number }) => number !== null);
    const page = await progressUntil(first, 'a ticket', ({ number }) => number !== null);
    expect(page.messages.filter(({ text }) => text === 'One message, please')).toHaveLength(1);
    const rows = (await admin.tickets()).filter(({ snippet }) => snippet === 'One message, please');
    expect(rows).toHaveLength(1);
  });

  it('hands nobody else’s page out for a key that was used before', async () => {
    const mine = await submitForm(formUrl, fields, 'a-key-that-leaked-01');
    const theirs = await submitForm(
      formUrl,
      { ...fields, email: 'eve@customers.example' },
      'a-key-that-leaked-01',
    );
    expect(theirs).not.toBe(mine);
  });
});
