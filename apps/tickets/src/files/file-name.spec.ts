import { describe, expect, it } from '@jest/globals';
import { contentDisposition, fileName, mediaType } from './file-name.js';

/** Names that somebody could send, and what is shown of each. */
const NAMES: readonly (readonly [string, string])[] = [
  // Paths, of every system and disguise.
  ['../../etc/passwd', 'passwd'],
  ['..\\..\\windows\\system32\\cmd.exe', 'cmd.exe'],
  ['/etc/shadow', 'shadow'],
  ['C:\\fakepath\\bill.pdf', 'bill.pdf'],
  ['\\\\server\\share\\a.txt', 'a.txt'],
  ['a/b', 'b'],
  ['a/', 'a'],
  ['/', 'file'],
  ['\\', 'file'],
  ['///', 'file'],
  ['././.', 'file'],
  ['folder/..', 'file'],
  ['.\u200b./.\u200b./x', 'x'],
  ['file:///etc/hosts', 'hosts'],
  // Dots and blanks.
  ['', 'file'],
  ['.', 'file'],
  ['..', 'file'],
  ['...', 'file'],
  [' ', 'file'],
  ['. . .', 'file'],
  [' a.txt ', 'a.txt'],
  ['evil.exe.', 'evil.exe'],
  ['evil.exe . . ', 'evil.exe'],
  ['.htaccess', '.htaccess'],
  ['a..b', 'a..b'],
  ['\u3000a\u3000', 'a'],
  // What cannot be seen.
  ['.\u200bhtaccess', '.htaccess'],
  ['\ufeffa.txt', 'a.txt'],
  ['a\u200d.txt', 'a.txt'],
  ['a\u2060b.txt', 'ab.txt'],
  ['a\u00adb.txt', 'ab.txt'],
  ['\u200b\u200c\u200d', 'file'],
  ['photo\u202egpj.exe', 'photogpj.exe'],
  ['\u202dabc\u202c.txt', 'abc.txt'],
  ['\u2066a\u2069.txt', 'a.txt'],
  ['a\u180e.txt', 'a.txt'],
  ['\u{e0001}\u{e0041}tag.txt', 'tag.txt'],
  // Lines and control characters.
  ['a\r\nSet-Cookie: x=y', 'a Set-Cookie: x=y'],
  ['a\nb.txt', 'a b.txt'],
  ['a\tb.txt', 'a b.txt'],
  ['a\u2028b\u2029c.txt', 'a b c.txt'],
  ['a\u0085b.txt', 'a b.txt'],
  ['a\u0007b.txt', 'ab.txt'],
  ['a\u001b[31mred.txt', 'a[31mred.txt'],
  ['a\u007fb.txt', 'ab.txt'],
  ['a\u009bb.txt', 'ab.txt'],
  // What no store can hold.
  ['a\u0000b.txt', 'a\ufffdb.txt'],
  ['a.php\u0000.jpg', 'a.php\ufffd.jpg'],
  ['\ud800a.txt', '\ufffda.txt'],
  ['a\udfff', 'a\ufffd'],
  // Headers and markup: text like any other.
  ['a";b.txt', 'a";b.txt'],
  ["a'b.txt", "a'b.txt"],
  ['<img src=x onerror=alert(1)>.png', '<img src=x onerror=alert(1)>.png'],
  ['100%.txt', '100%.txt'],
  ['%2e%2e%2fa', '%2e%2e%2fa'],
  ['=?utf-8?q?a?=', '=?utf-8?q?a?='],
  ['CON', 'CON'],
  // Writing of people.
  ['账单.pdf', '账单.pdf'],
  ['فاتورة.pdf', 'فاتورة.pdf'],
  ['e\u0301.txt', '\u00e9.txt'],
  ['\u{1f469}\u200d\u{1f467}.png', '\u{1f469}\u{1f467}.png'],
];

describe('the name of a file', () => {
  it.each(NAMES)('%j is %j', (given, name) => {
    expect(fileName(given)).toBe(name);
  });

  it('ends at 255 units, and not in the middle of a character', () => {
    expect(fileName('x'.repeat(300))).toHaveLength(255);
    expect(fileName(`${'x'.repeat(254)}\u{1f600}`)).toBe('x'.repeat(254));
    expect(fileName(`${'x'.repeat(253)}\u{1f600}`)).toBe(`${'x'.repeat(253)}\u{1f600}`);
  });
});

describe('the media type of a file', () => {
  it.each([
    ['text/plain', 'text/plain'],
    ['Text/HTML; charset=utf-8', 'text/html'],
    ['application/vnd.ms-excel.sheet.macroEnabled.12', 'application/vnd.ms-excel.sheet.macroenabled.12'],
    ['', 'application/octet-stream'],
    ['text', 'application/octet-stream'],
    ['text/', 'application/octet-stream'],
    ['text/html\r\nSet-Cookie: a=b', 'application/octet-stream'],
    ['text/plain, text/html', 'application/octet-stream'],
    ['text/\u202eplain', 'application/octet-stream'],
    [`text/${'x'.repeat(200)}`, 'application/octet-stream'],
  ])('%j is %s', (given, type) => {
    expect(mediaType(given)).toBe(type);
  });
});

describe('the header of a download', () => {
  it.each([
    ['a.txt', `attachment; filename="a.txt"; filename*=UTF-8''a.txt`],
    ['a";\r\nx: y.txt', `attachment; filename="a____x: y.txt"; filename*=UTF-8''a%22%3B%0D%0Ax%3A%20y.txt`],
    ['账单.pdf', `attachment; filename="__.pdf"; filename*=UTF-8''%E8%B4%A6%E5%8D%95.pdf`],
    ["it's (1)*.txt", `attachment; filename="it's (1)*.txt"; filename*=UTF-8''it%27s%20%281%29%2A.txt`],
    ['100%.txt', `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
    ['\u{1f600}', `attachment; filename="_"; filename*=UTF-8''%F0%9F%98%80`],
    ['\ud800', `attachment; filename="_"; filename*=UTF-8''%EF%BF%BD`],
  ])('of %j', (name, header) => {
    expect(contentDisposition(name)).toBe(header);
    expect(new Headers({ 'content-disposition': header }).get('content-disposition')).toBe(header);
  });
});
