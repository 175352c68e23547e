import { describe, expect, it } from '@jest/globals';
import { buildMessageId, isToken, messageIds, parseOwnMessageId, singleMessageId } from './message-id.js';

const token = 'c1.mzxw6ytboi4dqmrtgq2tmnzyha.3f9a1c5e7b2d4860';
const id = '0190f3a2-7c5d-7e8a-9b0c-1d2e3f405162';

describe('our Message-ID', () => {
  it.each([1, 2, 17])('of attempt %i says its token, message and attempt again', (attempt) => {
    const own = parseOwnMessageId(buildMessageId(token, id, attempt, 'acme.example'));
    expect(own).toEqual({ token, messageId: id.replaceAll('-', ''), attempt });
  });

  it('is the same for every try of one attempt, and another for the next attempt', () => {
    const build = (attempt: number) => buildMessageId(token, id, attempt, 'acme.example');
    expect(build(1)).toBe(build(1));
    expect(build(2)).not.toBe(build(1));
  });

  it('is known again after a program has written it in capitals', () => {
    expect(parseOwnMessageId(buildMessageId(token, id, 1, 'acme.example').toUpperCase())?.token).toBe(token);
  });

  it.each([
    '<CAF123@mail.example>',
    '<t.@acme.example>',
    '<t.c1.0190f3a27c5d7e8a9b0c1d2e3f405162@acme.example> x',
    `<t.${'a.'.repeat(40)}b.0190f3a27c5d7e8a9b0c1d2e3f405162@acme.example>`,
  ])('is not %s', (stranger) => {
    expect(parseOwnMessageId(stranger)).toBeUndefined();
  });

  it('needs a token with a dot, so that ordinary plus tags are none', () => {
    expect([token, 'newsletter', 'C1.A', 'a..b', ''].map(isToken)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('Message-IDs of others', () => {
  it('are found in their order, whatever stands between them', () => {
    expect(messageIds('<a@x> (comment),\t<b@y> junk <c z@q> <d@w>')).toEqual(['<a@x>', '<b@y>', '<d@w>']);
  });

  it('are given brackets when they have none', () => {
    expect(['a@x', '<a@x>', 'no id', undefined].map(singleMessageId)).toEqual([
      '<a@x>',
      '<a@x>',
      undefined,
      undefined,
    ]);
  });
});
