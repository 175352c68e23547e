import { describe, expect, it } from '@jest/globals';
import { translatorOf } from '../testing/translator.js';
import { bytesText, countdownText, dayKey, durationText, timeFormat } from './time-text.js';

const en = translatorOf('en');
const now = Date.parse('2026-11-24T12:00:00Z');
const shanghai = timeFormat('en', 'Asia/Shanghai');

describe('durations', () => {
  it.each([
    [40, '40 s'],
    [61, '1 min'],
    [3600, '1 h'],
    [2 * 3600 + 300, '2 h 5 min'],
    [86_400, '1 d'],
    [3 * 86_400 + 4 * 3600, '3 d 4 h'],
    [-5, '0 s'],
  ])('%d seconds are %s', (seconds, text) => expect(durationText(seconds, en)).toBe(text));

  it('count down in minutes and seconds', () => {
    expect(countdownText(724)).toBe('12:04');
  });
});

describe('times', () => {
  it('belong to the day of the agent’s zone', () => {
    expect(dayKey('2026-11-24T16:30:00Z', 'Asia/Shanghai')).toBe('2026-11-25');
  });

  it('are written in the agent’s zone', () => {
    expect(shanghai.time('2026-11-24T01:05:00Z')).toBe('09:05');
  });

  it('write midnight as 00, not 24', () => {
    expect(shanghai.time('2026-11-23T16:00:00Z')).toBe('00:00');
  });

  it('name today and yesterday', () => {
    expect([shanghai.day('2026-11-24T00:00:00Z', now), shanghai.day('2026-11-23T00:00:00Z', now)]).toEqual([
      'Today',
      'Yesterday',
    ]);
  });

  it('are relative for half a day, then a time, then a date', () => {
    expect(
      ['2026-11-24T11:55:00Z', '2026-11-24T09:00:00Z', '2026-11-20T09:00:00Z', '2025-11-20T09:00:00Z'].map(
        (at) => shanghai.ago(at, now),
      ),
    ).toEqual(['5m ago', '3h ago', 'Nov 20', 'Nov 20, 2025']);
  });

  it('read in Chinese as written in Chinese', () => {
    const zh = timeFormat('zh-CN', 'Asia/Shanghai');
    expect([zh.ago('2026-11-24T11:55:00Z', now), zh.day('2026-11-23T08:00:00Z', now)]).toEqual([
      '5分钟前',
      '昨天',
    ]);
  });
});

describe('sizes', () => {
  it('use the unit that fits', () => {
    expect([bytesText(512, 'en'), bytesText(88_211, 'en'), bytesText(4_821_330, 'en')]).toEqual([
      '512 bytes',
      '88 kB',
      '4.8 MB',
    ]);
  });
});
