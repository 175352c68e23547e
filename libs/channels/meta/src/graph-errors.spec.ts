import { describe, expect, it } from '@jest/globals';
import { GRAPH_ERRORS, graphError } from './graph-errors.js';

describe('a refusal of Meta', () => {
  const answer = (status: number, error?: unknown, headers = {}) =>
    graphError({
      status,
      headers,
      body: Buffer.from(error === undefined ? '<html>' : JSON.stringify({ error })),
    });

  it.each(Object.entries(GRAPH_ERRORS))('%s means %s', (name, expected) => {
    const [code, error_subcode] = name.split('/').map(Number);
    expect(answer(400, { code, error_subcode, message: 'No.' })).toMatchObject({
      code: expected,
      message: `Meta answered error ${name}: No.`,
    });
  });

  it.each([
    ['a permission that is missing', 403, { code: 230 }, 'bad_credentials'],
    ['a fault that passes', 500, { code: 987_654, is_transient: true }, 'unavailable'],
    ['a code that nobody knows', 400, { code: 987_654 }, 'rejected_permanently'],
    ['no JSON from a gateway', 502, undefined, 'unavailable'],
    ['too many requests', 429, undefined, 'rate_limited'],
    ['no token', 401, undefined, 'bad_credentials'],
  ] as const)('that is %s is told by its status and range', (_what, status, error, expected) => {
    expect(answer(status, error).code).toBe(expected);
  });

  it('says how long to wait, by its header or because one customer got too many', () => {
    expect(answer(429, { code: 4 }, { 'retry-after': '30' }).retryAfterMs).toBe(30_000);
    expect(answer(400, { code: 131_056 }).retryAfterMs).toBe(6000);
    expect(answer(400, { code: 130_429 }).retryAfterMs).toBeUndefined();
  });
});
