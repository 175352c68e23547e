import { describe, expect, it } from '@jest/globals';
import type { ChannelView, InboxView } from '@tributary/contracts';
import { initialSettings, missingSettings, settingsToSend } from './setting-values.js';

const channel: ChannelView = {
  channel: 'email',
  title: 'E-mail',
  description: '',
  maxTextLength: null,
  attachments: true,
  settings: [
    { name: 'address', label: '', help: '', type: 'text', required: true },
    { name: 'port', label: '', help: '', type: 'number', required: false, default: 993 },
    { name: 'password', label: '', help: '', type: 'secret', required: true },
    { name: 'plus', label: '', help: '', type: 'boolean', required: true, default: true },
  ],
};
const inbox = { settings: { address: 'a@b.test' }, secretsSet: { password: true } } as unknown as InboxView;

describe('the form of an inbox', () => {
  it('starts a new inbox from the defaults', () => {
    expect(initialSettings(channel, null)).toEqual({ address: '', port: 993, password: '', plus: true });
  });

  it('starts from what is set, else from the defaults, and never from a secret', () => {
    expect(initialSettings(channel, inbox)).toEqual({
      address: 'a@b.test',
      port: 993,
      password: '',
      plus: true,
    });
  });

  it('asks for what is required, and not again for a secret that is set', () => {
    expect(missingSettings(channel, { address: '', password: '' }, null)).toEqual(['address', 'password']);
    expect(missingSettings(channel, { address: 'a@b.test', password: '' }, inbox)).toEqual([]);
  });

  it('sends no blank and no untouched secret', () => {
    expect(settingsToSend(channel, { address: 'a@b.test', port: '', password: '', plus: false })).toEqual({
      address: 'a@b.test',
      plus: false,
    });
  });
});
