import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { setUpSteps } from './channel-steps.js';

const WORDS = fileURLToPath(new URL('../../i18n/en/words.json', import.meta.url));
const channels = Object.keys(JSON.parse(readFileSync(WORDS, 'utf8')) as object)
  .filter((id) => id.startsWith('channel.'))
  .map((id) => id.slice('channel.'.length));

describe('the steps at the provider', () => {
  it.each(channels)('of %s are there in both languages', (channel) => {
    const english = setUpSteps(channel, 'en');
    const chinese = setUpSteps(channel, 'zh-CN');
    expect(english.length).toBeGreaterThan(0);
    expect(chinese).toHaveLength(english.length);
    for (const step of chinese) expect(step).toMatch(/\p{Script=Han}/u);
  });

  it('of a channel that the console does not know are left to its guide', () => {
    expect(setUpSteps('pigeon', 'en')).toEqual([]);
  });
});
