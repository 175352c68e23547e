import { describe, expect, it } from '@jest/globals';
import { aClock, at, NOON } from '../testing/tickets.js';
import { translatorOf } from '../testing/translator.js';
import { countsBySecond, slaText } from './sla-text.js';

const en = translatorOf('en');
const zh = translatorOf('zh-CN');

describe('the text of an SLA clock', () => {
  it('counts minutes and seconds in the last hour', () => {
    expect(slaText(aClock({ dueAt: at(12), warnAt: at(20) }), NOON, en)).toEqual({
      tone: 'calm',
      text: '12:00 left',
    });
  });

  it('becomes soon from the warning on', () => {
    expect(slaText(aClock({ dueAt: at(12), warnAt: at(0) }), NOON, en).tone).toBe('soon');
  });

  it('says hours and minutes before the last hour', () => {
    expect(slaText(aClock({ dueAt: at(95) }), NOON, en).text).toBe('1 h 35 min left');
  });

  it('says days when there are days', () => {
    expect(slaText(aClock({ dueAt: at(3 * 1440 + 120) }), NOON, zh).text).toBe('还剩3天2小时');
  });

  it('calls a clock breached the moment it runs out, before the server says so', () => {
    expect(slaText(aClock({ dueAt: at(-3) }), NOON, en)).toEqual({ tone: 'late', text: 'Breached 3 min' });
  });

  it('says by how much a breached clock is over', () => {
    const clock = aClock({ state: 'breached', dueAt: at(-90), breachedAt: at(-90) });
    expect(slaText(clock, NOON, zh)).toEqual({ tone: 'late', text: '已超时1小时30分' });
  });

  it('stops counting when a breached clock was answered late', () => {
    const clock = aClock({ state: 'breached', breachedAt: at(-90), stoppedAt: at(-60) });
    expect(slaText(clock, NOON, en)).toEqual({ tone: 'done', text: 'Met 30 min late' });
  });

  it('says what is left of a paused clock', () => {
    const clock = aClock({ state: 'paused', dueAt: null });
    expect(slaText(clock, NOON, en)).toEqual({ tone: 'paused', text: 'Paused, 3 h left' });
  });

  it('says so when the calendar gives no due time', () => {
    expect(slaText(aClock({ dueAt: null }), NOON, en).text).toBe('No due time');
  });

  it('needs every second only near the due time', () => {
    expect([30, 59, 120].map((minutes) => countsBySecond(aClock({ dueAt: at(minutes) }), NOON))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
