import { describe, expect, it } from '@jest/globals';
import { isBase64, isInstant } from './payload-rules.js';

describe('An instant', () => {
  it.each([
    '2026-06-01T08:00:00Z',
    '2026-06-01T08:00:00.123456789Z',
    '2026-06-01T08:00:00+08:00',
    '2026-12-31T23:59:59.999-11:30',
    '2028-02-29T00:00:00Z',
    '2000-02-29T00:00:00Z',
  ])('%s is one, and Date reads it', (text) => {
    expect(isInstant(text)).toBe(true);
    expect(Number.isNaN(Date.parse(text))).toBe(false);
  });

  it.each([
    ['a date', '2026-06-01'],
    ['a local time', '2026-06-01T08:00:00'],
    ['a week', '2026-W23-1T08:00:00Z'],
    ['a time without seconds', '2026-06-01T08:00Z'],
    ['lower case', '2026-06-01t08:00:00z'],
    ['a blank for the T', '2026-06-01 08:00:00Z'],
    ['the 29th of February of a common year', '2026-02-29T00:00:00Z'],
    ['the 29th of February of 1900', '1900-02-29T00:00:00Z'],
    ['the 31st of April', '2026-04-31T00:00:00Z'],
    ['month 13', '2026-13-01T00:00:00Z'],
    ['hour 24', '2026-06-01T24:00:00Z'],
    ['a leap second', '2026-06-30T23:59:60Z'],
    ['an offset of a day', '2026-06-01T08:00:00+24:00'],
    ['an offset without minutes', '2026-06-01T08:00:00+08'],
    ['something behind', '2026-06-01T08:00:00Z '],
    ['a number', 1_780_000_000_000],
    ['a Date', new Date(0)],
    ['nothing', undefined],
  ])('%s is none', (_, value) => {
    expect(isInstant(value)).toBe(false);
  });
});

describe('Bytes in base64', () => {
  it.each(['', 'YQ==', 'YWI=', 'YWJj', '/+8A'])('%j are such', (text) => {
    expect(isBase64(text)).toBe(true);
  });

  it.each([
    ['without its padding', 'YQ'],
    ['of the alphabet for addresses', '_-8A'],
    ['with a line end', 'YWJj\n'],
    ['with a blank between', 'YW Jj'],
    ['with something behind the padding', 'YQ==YWJj'],
    ['whose last bits stand for nothing', 'YR=='],
    ['of a single character', 'Y'],
  ])('a text %s is none', (_, text) => {
    expect(isBase64(text)).toBe(false);
  });

  it.each([undefined, null, 1, ['YWJj']])('%j is none', (value) => {
    expect(isBase64(value)).toBe(false);
  });
});
