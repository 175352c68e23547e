import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogueFaults, readCatalogue } from '../../catalogues.config.js';
import { CATALOGUES } from '../testing/translator.js';

/** A folder of catalogues as the console keeps them. */
function catalogues(en: Record<string, string>, zh: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'catalogues-'));
  for (const [locale, messages] of [
    ['en', en],
    ['zh-CN', zh],
  ] as const) {
    mkdirSync(join(folder, locale));
    writeFileSync(join(folder, locale, 'words.json'), JSON.stringify(messages));
  }
  return folder;
}

describe('the message catalogues', () => {
  it('say everything in both languages, with the same values', () => {
    expect(catalogueFaults(CATALOGUES)).toEqual([]);
  });

  it('hold Chinese in the Chinese one, apart from names and pure placeholders', () => {
    const chinese = [...readCatalogue(CATALOGUES, 'zh-CN')];
    const latin = chinese.filter(([, text]) => !/\p{Script=Han}/u.test(text)).map(([id]) => id);
    expect(latin.sort()).toEqual([
      'channel.instagram',
      'channel.line',
      'channel.messenger',
      'channel.telegram',
      'channel.whatsapp',
      'channel.whatsapp_cloud',
      'event.other',
      'presence.of_units',
      'routing.condition',
      'routing.quoted',
      'sla.clock',
      'tier.vip',
      'why.interval_cause',
    ]);
  });
});

describe('the check of the catalogues', () => {
  it('finds a message that lacks a translation', () => {
    expect(catalogueFaults(catalogues({ a: 'A', b: 'B' }, { a: '甲' }))).toEqual([
      'zh-CN: b is not translated',
    ]);
  });

  it('finds an empty translation', () => {
    expect(catalogueFaults(catalogues({ a: 'A' }, { a: ' ' }))).toEqual(['zh-CN: a is not translated']);
  });

  it('finds a translation without the value that the other has', () => {
    const folder = catalogues(
      { a: '{count, plural, one {# by {name}} other {# by {name}}}' },
      { a: '{count}' },
    );
    expect(catalogueFaults(folder)).toEqual(['a takes different values: count, name / count']);
  });

  it('refuses an id that stands in two files', () => {
    const folder = catalogues({ a: 'A' }, { a: '甲' });
    writeFileSync(join(folder, 'en', 'again.json'), '{"a":"A"}');
    expect(() => catalogueFaults(folder)).toThrow('en/words.json: a is defined twice');
  });
});
