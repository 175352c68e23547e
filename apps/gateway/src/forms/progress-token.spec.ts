import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { progressToken, verifyProgressToken } from './progress-token.js';

const key = randomBytes(32);

describe('the token of a customer’s page', () => {
  it('opens its own submission, in its own inbox, under its own key', () => {
    const token = progressToken(key, 'inbox', 'submission');
    expect(verifyProgressToken(key, 'inbox', token)).toBe('submission');
    expect(verifyProgressToken(key, 'other', token)).toBeUndefined();
    expect(verifyProgressToken(randomBytes(32), 'inbox', token)).toBeUndefined();
  });

  it('opens nothing when any letter of it was changed', () => {
    const token = progressToken(key, 'inbox', 'submission');
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === 'a' ? 'b' : 'a';
      expect(
        verifyProgressToken(key, 'inbox', token.slice(0, i) + other + token.slice(i + 1)),
      ).toBeUndefined();
    }
  });

  it.each(['', '.', 'a', 'a.', '.a', 'a.b'])('is not read from %j', (text) => {
    expect(verifyProgressToken(key, 'inbox', text)).toBeUndefined();
  });
});
