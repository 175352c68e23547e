import { describe, expect, it } from '@jest/globals';
import { mailDocument, sanitizeMailHtml } from './mail-html.js';

const sanitize = (html: string) =>
  sanitizeMailHtml(html, (id) => (id === 'logo@x' ? '/api/attachments/1' : undefined));

describe('a customer’s HTML', () => {
  it('keeps the look of a letter', () => {
    const letter =
      '<h1 style="color:#333">Hello</h1><p align="center">a <b>b</b> <font color="red" face="Arial" size="2">c</font></p>' +
      '<table border="1" cellpadding="2"><tr><td colspan="2" style="padding:4px;text-align:left">1</td></tr></table>';
    expect(sanitize(letter)).toBe(letter);
  });

  it.each([
    ['cid:logo@x', 'src="/api/attachments/1"'],
    ['CID:logo%40x', 'src="/api/attachments/1"'],
    ['data:image/png;base64,iVBOR', 'src="data:image/png;base64,iVBOR"'],
    ['https://shop.example/a.png', 'data-remote-src="https://shop.example/a.png"'],
    ['HTTP://shop.example/a.png', 'data-remote-src="HTTP://shop.example/a.png"'],
  ])('shows an image at %s as %s', (src, shown) => {
    expect(sanitize(`<img alt="a" src="${src}">`)).toBe(`<img alt="a" ${shown} />`);
  });

  it.each([
    'cid:unknown@x',
    'cid:%zz',
    'x.png',
    '/api/session',
    '//track.example/a',
    'data:image/svg+xml,x',
    'javascript:x',
    '',
  ])('asks for nothing at %j', (src) => {
    expect(sanitize(`<img src="${src}">`)).toBe('<img />');
  });

  it('believes no remote address that the sender has marked as such', () => {
    expect(sanitize('<img data-remote-src="file:///etc/passwd" src="x">')).toBe('<img />');
  });

  it('lets links lead out, in a page of their own that learns nothing of us', () => {
    const outside = 'target="_blank" rel="noopener noreferrer nofollow"';
    expect(sanitize('<a href="https://shop.example/?a=1&amp;b=2">x</a>')).toBe(
      `<a href="https://shop.example/?a=1&amp;b=2" ${outside}>x</a>`,
    );
    expect(sanitize('<a href="mailto:a@b.example" target="_top" rel="opener">x</a>')).toBe(
      `<a href="mailto:a@b.example" ${outside}>x</a>`,
    );
  });

  it.each([
    '/settings',
    'settings',
    '?x',
    '#x',
    '//evil.example',
    'http:evil',
    'ftp://x',
    'blob:x',
    'java\tscript:x',
  ])('lets no link lead to %j', (href) => {
    expect(sanitize(`<a href="${href}">x</a>`)).toBe(
      '<a target="_blank" rel="noopener noreferrer nofollow">x</a>',
    );
  });

  it('ends where it is deeper than any letter', () => {
    const text = sanitize(`<p>Hello</p>${'<div>'.repeat(100_000)}deep`);
    expect(text).toMatch(/^<p>Hello<\/p><div><div>/);
    expect(text.match(/<div>/g)).toHaveLength(1000);
    expect(text).not.toContain('deep');
  });

  it('may have any number of rows, lines and paragraphs that are not closed', () => {
    const rows = sanitize(`<table>${'<tr><td>x'.repeat(3000)}</table>${'<p>y<br>'.repeat(3000)}`);
    expect([rows.match(/x/g)?.length, rows.match(/y/g)?.length]).toEqual([3000, 3000]);
  });

  it('stands in a document of its own that sends no referrer', () => {
    expect(mailDocument('<p>x</p>')).toMatch(
      /<meta name="referrer" content="no-referrer">[^]*<body><p>x<\/p><\/body>/,
    );
  });
});
