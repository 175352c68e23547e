import { describe, expect, it } from '@jest/globals';
import { checkSettings } from './settings.js';

const SECRET = 'x'.repeat(32);

describe('the settings of a chat', () => {
  it.each([
    [{ origins: ['https://shop.example.com/'] }, 'origins'],
    [{ origins: ['shop.example.com'] }, 'origins'],
    [{ origins: ['https://*'] }, 'origins'],
    [{ origins: ['https://a.*.example.com'] }, 'origins'],
    [{ origins: ['*'] }, 'origins'],
    [{ origins: ['null'] }, 'origins'],
    [{ accent: 'red; } * { display: none' }, 'accent'],
    [{ accent: '#fff' }, 'accent'],
    [{ identitySecret: 'short' }, 'identitySecret'],
    [{ signedOnly: true }, 'signedOnly'],
  ])('%j are refused at %s', (settings, field) => {
    expect(checkSettings(settings).map((fault) => fault.field)).toEqual([field]);
  });

  it.each([
    [{}],
    [{ origins: ['http://localhost:3000', 'https://*.shop.example'], accent: '#1F6f5c' }],
    [{ identitySecret: SECRET, signedOnly: true }],
  ])('%j are taken', (settings) => {
    expect(checkSettings(settings)).toEqual([]);
  });
});
