import { describe, expect, it } from '@jest/globals';
import type { SendingView } from '@tributary/contracts';
import { timeFormat } from '../../i18n/time-text.js';
import { at, NOON } from '../../testing/tickets.js';
import { translatorOf } from '../../testing/translator.js';
import { sendingHint, sendingObstacle } from './sending-text.js';

const en = translatorOf('en');
const zh = translatorOf('zh-CN');
const open = (change: Partial<Extract<SendingView, { state: 'open' }>> = {}): SendingView => ({
  ...{ state: 'open', until: at(60), left: 2, tag: null, templates: false },
  ...change,
});

describe('what stands against a reply', () => {
  it('is nothing while the window is open and there is room', () => {
    expect(sendingObstacle(open(), 1, NOON, en)).toBeNull();
    expect(sendingObstacle(open({ until: null, left: null }), 20, NOON, en)).toBeNull();
  });

  it('is the end of the window, also when it comes while the ticket is open', () => {
    expect(sendingObstacle(open(), 0, Date.parse(at(60)) + 1, en)).toBe(
      'The time to answer is over; the customer has to write first.',
    );
  });

  it('is that there are more files than messages left', () => {
    expect(sendingObstacle(open(), 2, NOON, en)).toBe(
      'Only 2 messages are left until the customer writes, and each file is one.',
    );
    expect(sendingObstacle(open({ left: 0 }), 0, NOON, zh)).toBe('在客户再次来信之前，不能再发送消息。');
  });

  it.each(['consent_withdrawn', 'not_begun', 'window_over', 'budget_spent', 'policy_unknown'] as const)(
    'has words for %s in both languages',
    (reason) => {
      const closed: SendingView = { state: 'closed', reason, since: null, rule: null, templates: false };
      expect(sendingObstacle(closed, 0, NOON, en)).toMatch(/\.$/);
      expect(sendingObstacle(closed, 0, NOON, zh)).toMatch(/。$/);
    },
  );
});

describe('what is left', () => {
  const time = timeFormat('en', 'UTC');

  it('is how many, and until when', () => {
    expect(sendingHint(open(), NOON, time, en)).toBe('2 messages left · open until 13:00');
    expect(sendingHint(open({ left: 1, until: null }), NOON, time, en)).toBe('1 message left');
  });

  it('is not said where everything is', () => {
    expect(sendingHint(open({ left: null, until: null }), NOON, time, en)).toBeNull();
  });
});
