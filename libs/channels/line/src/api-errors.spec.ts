import { expect, it } from '@jest/globals';
import { lineError } from './api-errors.js';
import { answer } from './testing/line-play.js';

const NOW = new Date('2026-11-24T10:00:00Z');

/** Answers as LINE documents them under “Error messages” and “Status codes”. */
it.each([
  [
    400,
    { message: "The property, 'to', in the request body is invalid (line: -, column: -)" },
    'rejected_permanently',
  ],
  [400, { message: 'Failed to send messages' }, 'rejected_permanently'],
  [
    400,
    {
      message: 'The request body has 1 error(s)',
      details: [{ message: 'Length must be between 0 and 5000', property: 'messages[0].text' }],
    },
    'unsupported',
  ],
  [401, { message: 'Authentication failed due to the following reason: invalid token.' }, 'bad_credentials'],
  [403, { message: 'Access to this API is not available for your account' }, 'bad_credentials'],
  [404, { message: 'Not found' }, 'rejected_permanently'],
  [410, { message: 'Gone' }, 'rejected_permanently'],
  [413, { message: 'Request entity too large' }, 'unsupported'],
  [429, { message: 'The API rate limit has been exceeded. Try again later.' }, 'rate_limited'],
  [500, { message: 'Internal server error' }, 'unavailable'],
  [503, {}, 'unavailable'],
  [418, {}, 'rejected_permanently'],
])('%i %j is %s', (status, body, code) => {
  expect(lineError(answer(status, body), NOW)).toMatchObject({ code, retryAfterMs: undefined });
});

it('the monthly limit ends when the month does in Japan', () => {
  const limit = answer(429, { message: 'You have reached your monthly limit.' });
  const error = lineError(limit, NOW);
  expect(error.code).toBe('rate_limited');
  expect(new Date(NOW.getTime() + error.retryAfterMs!).toISOString()).toBe('2026-11-30T15:00:00.000Z');
  const lastHour = new Date('2026-12-31T14:30:00Z');
  expect(lineError(limit, lastHour).retryAfterMs).toBe(30 * 60 * 1000);
});

it('says what LINE said, with the details', () => {
  const body = {
    message: 'The request body has 1 error(s)',
    details: [{ message: 'May not be empty', property: 'messages[0].text' }],
  };
  expect(lineError(answer(400, body), NOW).message).toBe(
    'LINE: The request body has 1 error(s); May not be empty',
  );
});
