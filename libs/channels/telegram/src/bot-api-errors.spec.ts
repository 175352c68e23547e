import { expect, it } from '@jest/globals';
import { callBotApi } from './bot-api.js';
import { anInbox, answer, playBotApi } from './testing/telegram-play.js';

/** Answers as bots got them; https://github.com/TelegramBotAPI/errors collects them. */
it.each([
  [401, 'Unauthorized', 'bad_credentials'],
  [404, 'Not Found', 'bad_credentials'],
  [403, 'Forbidden: bot was blocked by the user', 'rejected_permanently'],
  [403, 'Forbidden: user is deactivated', 'rejected_permanently'],
  [403, 'Forbidden: bot was kicked from the supergroup chat', 'rejected_permanently'],
  [403, "Forbidden: bot can't initiate conversation with a user", 'window_closed'],
  [413, 'Request Entity Too Large', 'unsupported'],
  [400, 'Bad Request: message is too long', 'unsupported'],
  [400, 'Bad Request: file is too big', 'unsupported'],
  [400, 'Bad Request: chat not found', 'rejected_permanently'],
  [400, 'Bad Request: not enough rights to send text messages to the chat', 'rejected_permanently'],
  [500, 'Internal Server Error', 'unavailable'],
  [502, 'Bad Gateway', 'unavailable'],
  [418, 'A status that nobody knows', 'rejected_permanently'],
])('%i %s is %s', async (status, description, code) => {
  const { ports } = playBotApi(answer(status, { ok: false, error_code: status, description }));
  const call = { method: 'sendMessage', contentType: 'application/json', body: '{}' };
  await expect(callBotApi(call, anInbox(), ports, new AbortController().signal)).rejects.toMatchObject({
    code,
    message: `Telegram: ${description}`,
  });
});

it('429 is rate_limited, for as long as Telegram says', async () => {
  const { ports } = playBotApi(
    answer(429, {
      ok: false,
      error_code: 429,
      description: 'Too Many Requests: retry after 11',
      parameters: { retry_after: 11 },
    }),
  );
  const call = { method: 'sendMessage', contentType: 'application/json', body: '{}' };
  await expect(callBotApi(call, anInbox(), ports, new AbortController().signal)).rejects.toMatchObject({
    code: 'rate_limited',
    retryAfterMs: 11_000,
  });
});

it('a page of a proxy is judged by its status', async () => {
  const { ports } = playBotApi({ status: 503, headers: {}, body: new TextEncoder().encode('<html>') });
  const call = { method: 'sendMessage', contentType: 'application/json', body: '{}' };
  await expect(callBotApi(call, anInbox(), ports, new AbortController().signal)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'Telegram: status 503',
  });
});
