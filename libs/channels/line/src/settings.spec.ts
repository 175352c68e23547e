import { expect, it } from '@jest/globals';
import { checkSettings } from './settings.js';
import { anInbox } from './testing/line-play.js';

it.each([
  ['channelId', '@acme'],
  ['channelSecret', 'with spaces'],
  ['accessToken', 'Bearer something that has spaces'],
])('the %s %s is refused', (field, value) => {
  const faults = checkSettings({ ...anInbox().settings, [field]: value });
  expect(faults.map((fault) => fault.field)).toEqual([field]);
});

it('id and secret are needed, a token is not', () => {
  expect(checkSettings({}).map(({ field }) => field)).toEqual(['channelId', 'channelSecret']);
  expect(checkSettings(anInbox({ accessToken: '' }).settings)).toEqual([]);
});
