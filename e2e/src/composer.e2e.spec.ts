import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TwilioSimulator } from '@tributary/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from './system/browser.js';
import { Desk, messagesOf } from './system/desk.js';
import { type RunningSystem, startSystem } from './system/running-system.js';
import { type Appearance, openContext, overflowOf, seriousViolations, shoot } from './system/screenshots.js';

jest.setTimeout(240_000);

const OURS = '+14155550100';
const OTHER = '+14155550199';
const THEIRS = '+14155550123';
const DESK: Appearance = { locale: 'en', colorScheme: 'light', width: 1440 };
const PHONE: Appearance = { locale: 'zh-CN', colorScheme: 'dark', width: 390 };

let system: RunningSystem;
let twilio: TwilioSimulator;
let browser: Browser;
let admin: Desk;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  twilio = await TwilioSimulator.start();
  const origins = ['api', 'content'].map((host) => `https://${host}.twilio.com=${twilio.origin}`);
  [system, browser] = await Promise.all([startSystem({ providerOrigins: origins.join(' ') }), openBrowser()]);
  admin = await Desk.signIn(system.signInUrl);
  twilio.account.contents.push({
    ...{ sid: `HX${'1'.repeat(32)}`, friendlyName: 'order_arrived', language: 'en', status: 'approved' },
    ...{ body: 'Hello {{1}}, has order {{2}} arrived?', variables: { '1': 'Ann', '2': '4711' } },
  });
});

afterAll(async () => {
  for (const context of contexts) await context.close();
  await browser?.close();
  await system?.stop();
  await twilio?.stop();
});

async function connect(channel: 'sms' | 'whatsapp', number: string, name: string) {
  const { sid: accountSid, authToken } = twilio.account;
  const inbox = await admin.createInbox({
    channel,
    name,
    settings: { accountSid, authToken, sender: number },
  });
  twilio.assign(channel === 'sms' ? number : `whatsapp:${number}`, inbox.publicAddress!);
}

async function opened(appearance: Appearance, ticketId: string): Promise<Page> {
  const context = await openContext(browser, appearance);
  contexts.push(context);
  context.setDefaultTimeout(60_000);
  await admin.call('PATCH', '/api/session/preferences', { locale: appearance.locale });
  const [name = '', value = ''] = admin.cookie.split('=');
  await context.addCookies([{ name, value, url: system.url }]);
  const page = await context.newPage();
  await page.goto(`${system.url}/tickets/all/${ticketId}`);
  return page;
}

describe('the composer', () => {
  it('fills an approved template, shows what the customer will read, and sends it', async () => {
    await connect('whatsapp', OURS, 'WhatsApp hotline');
    await twilio.write({ from: '+4915155501234', to: `whatsapp:${OURS}`, body: 'Where is 4711?' });
    const ticket = await admin.ticketSaying('4711');
    const page = await opened(DESK, ticket.id);
    await page.getByRole('combobox', { name: 'Approved template' }).click();
    await page.getByRole('option', { name: 'order_arrived (en)' }).click();
    await page.getByLabel('Value of 1').fill('Ann');
    await page.getByLabel('Value of 2').fill('4711');
    await page.getByText('Hello Ann, has order 4711 arrived?').waitFor();
    await shoot(page, 'composer-template', DESK);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await admin.ticketUntil(ticket.id, 'read', (each) =>
      messagesOf(each).some(({ delivery, text }) => delivery?.state === 'read' && text.includes('arrived')),
    );
    expect(twilio.account.messages.at(-1)).toMatchObject({
      ...{ contentSid: `HX${'1'.repeat(32)}`, body: 'Hello Ann, has order 4711 arrived?' },
    });
    const phone = await opened(PHONE, ticket.id);
    await phone.getByText('已审核模板').waitFor();
    await shoot(phone, 'composer-template', PHONE);
    expect(await overflowOf(phone)).toBeLessThanOrEqual(0);
  });

  it('answers by another inbox of the contact in one choice', async () => {
    await connect('sms', OURS, 'First number');
    await connect('sms', OTHER, 'Second number');
    await twilio.write({ from: THEIRS, to: OURS, body: 'And 4712?' });
    const ticket = await admin.ticketSaying('4712');
    const page = await opened(DESK, ticket.id);
    await page.getByRole('button', { name: 'Answer on another channel' }).click();
    await page.getByRole('menuitem', { name: /Second number/ }).waitFor();
    await shoot(page, 'composer-elsewhere', DESK);
    await page.getByRole('menuitem', { name: /Second number/ }).click();
    await page.getByRole('textbox', { name: 'Reply' }).fill('From our other number.');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await admin.ticketUntil(ticket.id, 'delivered', (each) =>
      messagesOf(each).some(({ delivery }) => delivery?.state === 'delivered'),
    );
    expect(twilio.sentTo(THEIRS).map(({ from, body }) => [from, body])).toEqual([
      [OTHER, 'From our other number.'],
    ]);
  });
});
