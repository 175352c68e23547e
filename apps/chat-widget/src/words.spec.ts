import { describe, expect, it } from '@jest/globals';
import { fill, wordsIn } from './words.js';

describe('the words of the chat', () => {
  it.each(['zh', 'zh-CN', 'ZH-Hant', 'zh-TW'])('are Chinese for %s', (language) => {
    expect(wordsIn(language).send).toBe('发送');
  });

  it.each(['en', 'de-DE', ''])('are English for %j', (language) => {
    expect(wordsIn(language).send).toBe('Send');
  });

  it('have the same places for values in both languages', () => {
    const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).toSorted();
    const [en, zh] = [wordsIn('en'), wordsIn('zh')];
    for (const name of Object.keys(en) as (keyof typeof en)[]) {
      expect([name, placesOf(zh[name])]).toEqual([name, placesOf(en[name])]);
    }
  });

  it('take values as text, whatever they look like', () => {
    expect(fill('{name} and {name}, {n}', { name: '{n}', n: 2 })).toBe('{n} and {n}, 2');
  });
});
