import { describe, expect, it } from '@jest/globals';
import { describeFile } from './media-type.js';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
const PDF = Buffer.from('%PDF-1.7\n%âãÏÓ\n');
const ZIP = Buffer.from('504b0304140000000000000000000000000000000000000000000000000000000000', 'hex');
const OFFICE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describe('what a fetched file is', () => {
  it.each([
    ['an image under another image’s name', PNG, 'image/jpeg', 'image/png'],
    ['an image under no name', PNG, '', 'image/png'],
    ['a document that claims to be a picture', PDF, 'image/png', 'application/pdf'],
    ['a page that claims to be a picture', Buffer.from('<script>'), 'image/png', 'application/octet-stream'],
    ['a text', Buffer.from('hello'), 'text/plain; charset=utf-8', 'text/plain'],
    ['an office document, which is a zip file', ZIP, OFFICE, OFFICE],
    ['a zip file that claims to be a film', ZIP, 'video/mp4', 'application/zip'],
    ['bytes that claim nonsense', Buffer.from('hello'), 'no type', 'application/octet-stream'],
    ['nothing at all', Buffer.alloc(0), '', 'application/octet-stream'],
  ])('is told by its bytes where they tell: %s', async (_, content, claimed, expected) => {
    expect((await describeFile(content, { name: 'a', contentType: claimed })).contentType).toBe(expected);
  });

  it.each([
    ['325708', '325708.png'],
    ['收据.jpg', '收据.jpg'],
    ['../../etc/passwd', '.. .. etc passwd.png'],
    ['a\u0000b\u202e.png', 'a b .png'],
    ['', 'file.png'],
  ])('has a name that programs open and no folder can be in: %j', async (given, expected) => {
    expect((await describeFile(PNG, { name: given, contentType: 'image/png' })).name).toBe(expected);
  });

  it('has at most 200 characters and its extension in its name', async () => {
    const { name } = await describeFile(PNG, { name: '😀'.repeat(300), contentType: '' });
    expect(name).toBe(`${'😀'.repeat(200)}.png`);
  });
});
