import { describe, expect, it } from '@jest/globals';
import { formatCursor, isAfter, parseCursor } from './stream-cursor.js';

describe('a place in the stream', () => {
  it('comes back from its text as it was', () => {
    const cursor = { xid: 2n ** 64n - 1n, id: 2n ** 63n - 1n };
    expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  });

  it.each([
    undefined,
    '',
    '12',
    '12.',
    '.12',
    '-1.2',
    '1.2.3',
    'a.b',
    '1.2 ',
    '１.２',
    `${2n ** 64n}.0`,
    `0.${2n ** 63n}`,
  ])('is not read from %j', (text) => {
    expect(parseCursor(text)).toBeUndefined();
  });

  it('goes by the transaction first, then by the event', () => {
    expect(isAfter({ xid: 2n, id: 1n }, { xid: 1n, id: 9n })).toBe(true);
    expect(isAfter({ xid: 1n, id: 2n }, { xid: 1n, id: 1n })).toBe(true);
    expect(isAfter({ xid: 1n, id: 1n }, { xid: 1n, id: 1n })).toBe(false);
    expect(isAfter({ xid: 1n, id: 9n }, { xid: 2n, id: 1n })).toBe(false);
  });
});
