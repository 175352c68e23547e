import { describe, expect, it } from '@jest/globals';
import { readPush } from './push-body.js';

/** The same document with a comment at its end, which only the parser reads over. */
function parsed(document: string): ReturnType<typeof readPush> {
  return readPush(document.replace(/<\/xml>\s*$/, '<!-- read whole --></xml>'));
}

const TEXT =
  '<xml><ToUserName><![CDATA[gh_1]]></ToUserName><CreateTime>1795516200</CreateTime>' +
  '<Content><![CDATA[5 < 6 & "7" > 4 😀]]></Content></xml>';

describe('a push in XML', () => {
  it('is its fields by name', () => {
    expect(readPush(TEXT)).toEqual({
      ToUserName: 'gh_1',
      CreateTime: '1795516200',
      Content: '5 < 6 & "7" > 4 😀',
    });
  });

  it.each([
    ['plain fields', TEXT],
    ['fields on lines of their own', '\n<xml>\n\t<A><![CDATA[1]]></A>\n  <B>2</B>\n</xml>\n'],
    ['an empty document', '<xml></xml>'],
    ['empty fields', '<xml><A></A><B><![CDATA[]]></B></xml>'],
    ['blanks around a text', '<xml><A> 1 </A><B><![CDATA[ 2 ]]></B></xml>'],
    ['a field that comes twice', '<xml><A>1</A><A>2</A></xml>'],
    ['a field that every object has', '<xml><constructor>1</constructor><A>2</A></xml>'],
    ['a bracket in a text', '<xml><A><![CDATA[a]b]]></A><B>c]</B></xml>'],
    ['line ends of two characters', '<xml><A><![CDATA[a\r\nb]]></A><B>c\rd</B></xml>'],
    ['an entity', '<xml><A>a &amp; b</A></xml>'],
    ['text and CDATA in one field', '<xml><A>a<![CDATA[b]]></A></xml>'],
    ['two CDATA in one field', '<xml><A><![CDATA[a]]><![CDATA[b]]></A></xml>'],
    ['fields in a field', '<xml><A><B>1</B><C><![CDATA[2]]></C></A></xml>'],
    ['text between the fields', '<xml>a<A>1</A>b</xml>'],
    ['an attribute', '<xml><A b="c">1</A></xml>'],
    ['characters that XML has not', '<xml><A><![CDATA[a\u0001\uFFFEb]]></A><B>\uD83D</B></xml>'],
    ['a blank that XML does not know', '<xml><A>1</A>\u00A0<B>2</B></xml>'],
  ])('with %s says what the parser reads', (_, document) => {
    expect(readPush(document)).not.toBeNull();
    expect(readPush(document)).toEqual(parsed(document));
  });

  it.each([
    ['a document type', '<!DOCTYPE xml [<!ENTITY a "b">]><xml><A>1</A></xml>'],
    ['a field that another closes', '<xml><A>1</B></xml>'],
    ['a field that nothing closes', '<xml><A>1</xml>'],
    ['CDATA that nothing closes', '<xml><A><![CDATA[1</A></xml>'],
    ['an entity of its own', '<xml><A>&a;</A></xml>'],
    ['another root', '<html><A>1</A></html>'],
    ['two roots', '<xml><A>1</A></xml><xml><A>2</A></xml>'],
    ['a text behind it', '<xml><A>1</A></xml>a'],
    ['nothing in it', ''],
  ])('with %s is none', (_, document) => {
    expect(readPush(document)).toBeNull();
  });
});
