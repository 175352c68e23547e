import { describe, expect, it } from '@jest/globals';
import { noticeText } from './notice-text.js';

const at = new Date('2026-11-24T10:30:05Z');

describe('what a colleague is told', () => {
  it('is in their language and their time, with the subject alone', () => {
    expect(
      noticeText('ticket.assigned', 'zh-CN', 'Asia/Shanghai', { number: '1042', subject: '发票', at }),
    ).toEqual({
      title: '工单 #1042 已分配给您',
      text: expect.stringMatching(/18:30:05\n发票$/) as unknown,
    });
    expect(noticeText('sla.warned', 'en', 'UTC', { number: '7', subject: 'Lamp', at })).toEqual({
      title: 'Ticket #7 is due soon',
      text: expect.stringMatching(/10:30:05.*\nLamp$/) as unknown,
    });
  });
});
