import { describe, expect, it } from '@jest/globals';
import { transcriptOf } from './transcript.js';

const line = (author: string, minute: number, text: string, files: string[] = []) => ({
  ...{ author, text, files },
  at: new Date(Date.UTC(2026, 10, 24, 8, minute)),
});

describe('the transcript of a conversation', () => {
  it('has who said what and when, in order, and files by their names', () => {
    const lines = [line('Ann', 1, 'Where is it?'), line('Bo', 2, '', ['map.png']), line('Ann', 3, 'Thanks!')];
    expect(transcriptOf({ number: '1042', language: 'en' }, lines)).toEqual({
      subject: 'Your conversation with us (#1042)',
      text: 'Ann, 2026-11-24 08:01 UTC\nWhere is it?\n\nBo, 2026-11-24 08:02 UTC\n[map.png]\n\nAnn, 2026-11-24 08:03 UTC\nThanks!',
    });
  });

  it('has its subject in the customer’s language', () => {
    expect(transcriptOf({ number: '7', language: 'zh-CN' }, []).subject).toBe('您的聊天记录（#7）');
  });

  it('keeps the end of what is too long for a mail', () => {
    const { text } = transcriptOf({ number: '7', language: null }, [
      line('Ann', 1, 'x'.repeat(200_000)),
      line('Bo', 2, 'Bye'),
    ]);
    expect(text.length).toBeLessThan(100_000);
    expect(text).toMatch(/^\[…\]\n[^]*Bye$/);
  });
});
