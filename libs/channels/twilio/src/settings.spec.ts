import { describe, expect, it } from '@jest/globals';
import { checkSmsSettings, checkWhatsappSettings, twilioSettings } from './settings.js';

const good = {
  accountSid: 'AC0123456789abcdef0123456789abcdef',
  authToken: 's',
  sender: '+1 (415) 555-0100',
};
const fieldsOf = (faults: readonly { field: string }[]) => faults.map(({ field }) => field);

describe('settings', () => {
  it('take a number as people write it', () => {
    expect(checkSmsSettings(good)).toEqual([]);
    expect(twilioSettings({ id: 'i', name: 'n', settings: good }).sender).toBe('+14155550100');
  });

  it('take a messaging service instead of a number', () => {
    const settings = { ...good, sender: '', messagingServiceSid: `MG${'0'.repeat(32)}` };
    expect(checkSmsSettings(settings)).toEqual([]);
  });

  it('take a short code for texts alone', () => {
    const settings = { ...good, sender: '32665' };
    expect(checkSmsSettings(settings)).toEqual([]);
    expect(fieldsOf(checkWhatsappSettings(settings))).toEqual(['sender']);
  });

  it.each([
    [['accountSid'], { accountSid: 'AC0123/../../evil' }],
    [['messagingServiceSid'], { messagingServiceSid: 'MG1' }],
    [['sender'], { sender: '0415 555 0100' }],
    [['sender'], { sender: ' ' }],
  ])('name %j for %j', (fields, change) => {
    expect(fieldsOf(checkSmsSettings({ ...good, ...change }))).toEqual(fields);
  });
});
