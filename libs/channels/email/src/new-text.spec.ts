import { corpus } from '@tributary/testing';
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newText } from './new-text.js';
import { parseMail } from './parse.js';

describe('the new text of a reply', () => {
  it.each([
    ['above a quote', 'Hello\n\nOn Mon, Apr 2, 2012 at 6:26 PM, Ann <ann@x.example> wrote:\n\n> Hi', 'Hello'],
    [
      'above a quote whose introduction is broken',
      'Hello\nOn Mon, Apr 2, 2012 at 6:26 PM, Ann <\nann@x.example> wrote:\n> Hi',
      'Hello',
    ],
    ['below a quote', 'On 04/02/2012 06:26 PM, Ann wrote:\n> Hi\nHello', 'Hello'],
    ['between quotes', '> One?\nYes.\n> Two?\nNo.', 'Yes.\nNo.'],
    [
      'above an unmarked original',
      'Hello\n\n-----Original Message-----\nFrom: Ann\nSubject: Hi\n\nHi',
      'Hello',
    ],
    ['above Outlook’s header', 'Hello\n\nFrom: Ann\nSent: Monday\nTo: Bob\nSubject: Hi\n\nHi', 'Hello'],
    [
      'above Outlook’s header in German',
      'Hallo\n\nVon: Ann\nGesendet: Montag\nAn: Bob\nBetreff: Hi\n\nHi',
      'Hallo',
    ],
    [
      'above Outlook’s header in Russian',
      'Привет\n\nОт: Аня\nОтправлено: 2 апреля\nКому: Боб\nТема: Привет\n\nПривет',
      'Привет',
    ],
    [
      'above a Chinese original',
      '好的\n\n------------------ 原始邮件 ------------------\n发件人: 王芳\n\n你好',
      '好的',
    ],
    ['above a Chinese quote', '好的\n\n在 2026年11月23日，王芳写道：\n\n> 你好', '好的'],
    [
      'above a phone’s unmarked original',
      'Hello\n\nOn 3 Apr 2012, at 16:19, Ann wrote:\n\nHi there',
      'Hello',
    ],
    [
      'with its signature',
      'Hello\n\n-- \nBob\n\nAm 3.4.2012 um 16:19 schrieb Ann:\n> Hi',
      'Hello\n\n--\nBob',
    ],
  ])('%s', (_case, text, expected) => {
    expect(newText(text)).toBe(expected);
  });

  it.each([
    ['nothing is quoted', 'Hello\n\nBob'],
    ['everything is quoted', '> Hi\n> there'],
    ['only an introduction is left', 'On 04/02/2012 06:26 PM, Ann wrote:\n> Hi'],
    ['a customer lists an address', 'From: Berlin\nIt costs 5 > 3 euros'],
    ['a customer writes “wrote:”', 'On Monday your colleague wrote:\nplease send it back. I did.'],
  ])('is not told when %s', (_case, text) => {
    expect(newText(text)).toBeUndefined();
  });
});

const replies = corpus('replies');
if (replies !== undefined) {
  describe('real replies', () => {
    const inbox = { id: 'i', name: 'n', settings: { address: 'help@acme.example' } };
    const header = 'From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n';

    it.each(readdirSync(replies))('%s: the new text is kept, the original is cut', async (name) => {
      const file = readFileSync(join(replies, name));
      const raw = name.endsWith('.html') ? Buffer.concat([Buffer.from(header), file]) : file;
      const [event] = await parseMail({ id: name, raw }, inbox);
      const visible = event?.kind === 'message' ? event.visibleText : undefined;
      expect(visible).toMatch(name.endsWith('.html') ? /^Hi\. I am fine\./ : /^Hello/);
      expect(visible).not.toMatch(/\bHi$|How are you|Original Message|wrote:|написал/m);
    });
  });
}
