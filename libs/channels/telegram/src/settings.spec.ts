import { expect, it } from '@jest/globals';
import { checkSettings } from './settings.js';
import { anInbox } from './testing/telegram-play.js';

it.each([
  ['botToken', 'acme_help_bot'],
  ['botToken', 'https://api.telegram.org/bot6100000001:AAF0'],
  ['botToken', '6100000001:AAF0/../../x-acme_spec_token_0123456789ab'],
  ['webhookSecret', 'short'],
  ['webhookSecret', 'with spaces in the secret'],
  ['webhookSecret', 'x'.repeat(257)],
])('the %s %s is refused', (field, value) => {
  const faults = checkSettings({ ...anInbox().settings, [field]: value });
  expect(faults.map((fault) => fault.field)).toEqual([field]);
});

it('both are needed', () => {
  expect(checkSettings({}).map(({ field }) => field)).toEqual(['botToken', 'webhookSecret']);
});
