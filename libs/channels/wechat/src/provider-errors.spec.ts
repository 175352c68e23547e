import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_ERRORS, COMPANY_ERRORS, providerError } from './provider-errors.js';

describe.each([
  ['WeChat', ACCOUNT_ERRORS],
  ['WeCom', COMPANY_ERRORS],
])('an error of %s', (_vendor, table) => {
  it.each(Object.keys(table).map(Number))('%i says what it means, and the vendor’s own words', (errcode) => {
    const error = providerError(errcode, 'the vendor’s own words', table);
    const [code, meaning] = table[errcode]!;
    expect(error).toMatchObject({ code, message: `${meaning} (${errcode} the vendor’s own words)` });
  });

  it('that nobody knows is final', () => {
    expect(providerError(99_999, 'new', table)).toMatchObject({
      code: 'rejected_permanently',
      message: 'the vendor refused (99999 new)',
    });
  });

  it('about a limit says when to try again', () => {
    expect(providerError(45009, '', table).retryAfterMs).toBe(60_000);
  });
});
