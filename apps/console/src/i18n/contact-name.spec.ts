import { describe, expect, it } from '@jest/globals';
import { contactName } from './contact-name.js';
import type { Translate } from './use-translate.js';

const t = ((id: string, values?: Record<string, unknown>) =>
  values === undefined ? id : `${id} ${JSON.stringify(values)}`) as Translate;

describe('what a customer is called', () => {
  it.each([
    'Ann Müller',
    '李雷',
    'LINE U382e1100',
    'ann@example.org',
    '+4915155501234',
    'christopher-montgomery-smith',
  ])('is their name: %s', (name) => expect(contactName(name, 'line', t)).toBe(name));

  it.each([
    ['oFkT0w5Vb2Xn8mQ1rZ7yLc3dEa9s', 'wechat_oa', 'dEa9s'],
    ['1254459154682919', 'instagram', '82919'],
  ] as const)('is the channel and the end of an id that nobody reads: %s', (name, channel, tail) => {
    expect(contactName(name, channel, t)).toBe(
      `contact.unnamed ${JSON.stringify({ channel: `channel.${channel}`, tail })}`,
    );
  });
});
