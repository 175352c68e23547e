import { describe, expect, it } from '@jest/globals';
import { translatorOf } from '../testing/translator.js';

const zh = translatorOf('zh-CN');

describe('spacing in Chinese', () => {
  it('sets a Latin name off from our words', () => {
    expect(zh('why.assigned', { name: 'Ann' })).toBe('工单分给了 Ann。');
  });

  it('sets a Chinese name without a space', () => {
    expect(zh('why.assigned', { name: '李雷' })).toBe('工单分给了李雷。');
  });

  it('leaves what people wrote as they wrote it', () => {
    expect(zh('event.set', { actor: '李雷', field: '主题', to: '退款ABC单' })).toBe(
      '李雷将主题设为“退款ABC单”',
    );
  });
});
