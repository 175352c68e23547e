import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { threadToken, verifyThreadToken } from './thread-token.js';

const key = Buffer.alloc(32, 7);

describe('a conversation’s token', () => {
  it('brings its conversation back, whatever the mail made of its letters', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const token = threadToken(key, id);
        expect(token).toMatch(/^c1\.[a-z2-7]{26}\.[0-9a-f]{16}$/);
        expect(verifyThreadToken(key, token)).toBe(id);
        expect(verifyThreadToken(key, token.toUpperCase())).toBe(id);
      }),
    );
  });

  it('is the same for ever', () => {
    expect(threadToken(key, '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163')).toBe(
      threadToken(Buffer.alloc(32, 7), '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163'),
    );
  });

  it('of another key is not believed', () => {
    const token = threadToken(randomBytes(32), '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163');
    expect(verifyThreadToken(key, token)).toBeUndefined();
  });

  it('is not believed with any letter changed', () => {
    const token = threadToken(key, '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163');
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === 'b' ? 'c' : 'b';
      expect(verifyThreadToken(key, `${token.slice(0, i)}${other}${token.slice(i + 1)}`)).toBeUndefined();
    }
  });

  it('is not read from anything else, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => verifyThreadToken(key, text) === undefined),
    );
    for (const text of [
      '',
      '.',
      '..',
      'c1..',
      'c1.a.b.c',
      `${threadToken(key, '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405163')}.x`,
    ]) {
      expect(verifyThreadToken(key, text)).toBeUndefined();
    }
  });
});
