import { describe, expect, it } from '@jest/globals';
import { hashPassword, verifyPassword } from './passwords.js';

describe('a password', () => {
  it('is known again, and no other is', async () => {
    const stored = await hashPassword('correct horse');
    expect(await verifyPassword('correct horse', stored)).toBe(true);
    for (const other of ['correct horsE', 'correct horse ', ''])
      expect(await verifyPassword(other, stored)).toBe(false);
  });

  it('is known again however its letters were put together', async () => {
    expect(await verifyPassword('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true);
  });

  it('is stored with a salt of its own, and not itself', async () => {
    const [one, two] = [await hashPassword('correct horse'), await hashPassword('correct horse')];
    expect(one).not.toBe(two);
    expect(one).toMatch(/^scrypt\$[\w-]{22}\$[\w-]{43}$/);
  });

  it.each([null, '', 'scrypt', 'scrypt$$', 'scrypt$abc$', 'plain$abc$def', 'scrypt$abc$c2hvcnQ'])(
    'is refused against what is no hash: %j',
    async (stored) => {
      expect(await verifyPassword('', stored)).toBe(false);
    },
  );
});
