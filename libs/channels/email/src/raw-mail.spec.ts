import { describe, expect, it } from '@jest/globals';
import { readableHeaders } from './raw-mail.js';

const read = (bytes: Uint8Array) => Buffer.from(readableHeaders(bytes)).toString('utf8');

describe('header bytes that are not ASCII', () => {
  it('stay as they are when they are UTF-8, also when the last character is cut', () => {
    const cut = Buffer.from('Subject: Größe übergroß').subarray(0, -1);
    expect(readableHeaders(cut)).toBe(cut);
  });

  it('are read in the charset that the body names', () => {
    const mail = Buffer.concat([
      Buffer.from('Subject: '),
      Buffer.from([0xb9]),
      Buffer.from('\nContent-Type: text/plain;\n charset="iso-8859-2"\n\n'),
    ]);
    expect(read(mail)).toContain('Subject: š');
  });

  it('are Western European when they stand alone, Chinese when they come in pairs', () => {
    expect(read(Buffer.from([0x61, 0xe9, 0x62]))).toBe('aéb');
    expect(read(Buffer.from([0xc4, 0xe3, 0xba, 0xc3]))).toBe('你好');
  });

  it('leave the body alone', () => {
    const body = Buffer.from([0xe9, 0xff]);
    const mail = readableHeaders(
      Buffer.concat([Buffer.from('X: '), Buffer.from([0xe9]), Buffer.from('\r\n\r\n'), body]),
    );
    expect(Buffer.from(mail.slice(-2))).toEqual(body);
  });
});

describe('lines that end with CR alone', () => {
  it('get an end that parsers know', () => {
    expect(read(Buffer.from('A: b\r\rc'))).toBe('A: b\n\nc');
  });
});
