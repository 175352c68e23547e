import { describe, expect, it } from '@jest/globals';
import { refuseForeignOrigin, sessionToken } from './session.guard.js';

describe('the session’s token in a cookie header', () => {
  it.each([
    ['tributary_session=abc', 'abc'],
    ['a=b; tributary_session=abc; c=d', 'abc'],
    ['a=b;tributary_session=abc', 'abc'],
    ['tributary_session=', undefined],
    ['xtributary_session=abc', undefined],
    ['tributary_session', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j', (header, token) => {
    expect(sessionToken(header)).toBe(token);
  });
});

describe('a request of another page', () => {
  const ask = (method: string, headers: Record<string, string>) => () =>
    refuseForeignOrigin({ method, headers });

  it.each([
    ['POST', { origin: 'https://desk.example', host: 'desk.example' }],
    ['POST', { origin: 'https://desk.example:8443', host: 'desk.example:8443' }],
    ['POST', { host: 'desk.example' }],
    ['GET', { origin: 'https://evil.example', host: 'desk.example' }],
  ])('%s with %j is let in', (method, headers) => {
    expect(ask(method, headers as Record<string, string>)).not.toThrow();
  });

  it.each([
    { origin: 'https://evil.example', host: 'desk.example' },
    { origin: 'https://desk.example.evil.example', host: 'desk.example' },
    { origin: 'https://desk.example:8443', host: 'desk.example' },
    { origin: 'null', host: 'desk.example' },
    { origin: 'nonsense', host: 'desk.example' },
  ])('with %j is refused', (headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(ask(method, headers)).toThrow('FOREIGN_ORIGIN');
    }
  });
});
