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
  ])('is their name: %s', (name) => expect(contactName(name, t)).toBe(name));

  it.each([
    ['oFkT0w5Vb2Xn8mQ1rZ7yLc3dEa9s', 'dEa9s'],
    ['1254459154682919', '82919'],
  ])('is the end of an id that nobody reads: %s', (name, tail) => {
    expect(contactName(name, t)).toBe(`contact.unnamed ${JSON.stringify({ tail })}`);
  });
});
