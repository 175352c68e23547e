import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clip, languageByScript, snippetOf, storableJson, storableText } from './message-text.js';

const SMILE = '\u{1f600}';
/** Any sequence of UTF-16 units, halves of characters included. */
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 400 })
  .map((units) => String.fromCharCode(...units));
const anyText = anyUnits.map((text) => text.toWellFormed());

describe('text that the database can hold', () => {
  it('has no NUL and no half of a character, and is as long as it was', () => {
    fc.assert(
      fc.property(anyUnits, (text) => {
        const stored = storableText(text);
        expect(stored).toHaveLength(text.length);
        expect(stored.isWellFormed()).toBe(true);
        expect(stored).not.toContain('\u0000');
      }),
    );
  });

  it('is otherwise what it was', () => {
    expect(storableText(`a\tb\r\nc 账单 ${SMILE}`)).toBe(`a\tb\r\nc 账单 ${SMILE}`);
  });

  it('is found everywhere in a value, names included', () => {
    const odd = 'a\u0000\ud800';
    const held = 'a\ufffd\ufffd';
    expect(storableJson({ [odd]: [odd, 1, null, true, { b: odd }] })).toEqual({
      [held]: [held, 1, null, true, { b: held }],
    });
  });
});

describe('text that is cut', () => {
  it('is never longer, never ends in half a character, and loses at most one unit too many', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 450 }), (text, units) => {
        const cut = clip(text, units);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.isWellFormed()).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(units);
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, units) - 1);
      }),
    );
  });
});

describe('the line of a list', () => {
  it.each([
    ['  Hello\r\n\r\n\tworld ', 'Hello world'],
    ['', ''],
    [' \n ', ''],
    ['\u3000全角\u00a0空白', '全角 空白'],
    ['x'.repeat(140), 'x'.repeat(140)],
    ['x'.repeat(141), `${'x'.repeat(139)}…`],
    [SMILE.repeat(141), `${SMILE.repeat(139)}…`],
    [`${'x'.repeat(299)}${SMILE}`, `${'x'.repeat(139)}…`],
  ])('%j is %j', (text, line) => {
    expect(snippetOf(text)).toBe(line);
  });

  it('never ends in half a character', () => {
    fc.assert(fc.property(anyText, (text) => expect(snippetOf(text).isWellFormed()).toBe(true)));
  });
});

describe('the language by its script', () => {
  it.each([
    ['退款什么时候到？', 'zh'],
    ['注文はどこですか', 'ja'],
    ['カード', 'ja'],
    ['환불 부탁드립니다', 'ko'],
    ['Order 订单 is late', 'zh'],
    ['Where is my order?', null],
    ['Где мой заказ?', null],
    ['', null],
  ])('of %j is %s', (text, language) => {
    expect(languageByScript(text)).toBe(language);
  });
});
