import { describe, expect, it } from '@jest/globals';
import type { MediaReference } from '@tributary/channel-sdk';
import { fetchTelegramFile } from './fetch-media.js';
import { anInbox, answer, BOT_TOKEN, playBotApi } from './testing/telegram-play.js';

const voice: MediaReference = {
  id: 'AwACvoice',
  name: 'voice-15.ogg',
  contentType: 'audio/ogg',
  disposition: 'attachment',
};
const found = answer(200, { ok: true, result: { file_id: 'AwACvoice', file_path: 'voice/file_15.oga' } });
const signal = new AbortController().signal;

describe('a file', () => {
  it('is found by its id and fetched by its path', async () => {
    const { ports, requests } = playBotApi(found, {
      status: 200,
      headers: {},
      body: new Uint8Array([1, 2, 3]),
    });
    const file = await fetchTelegramFile(voice, anInbox(), ports, signal);
    expect(file).toEqual({
      name: 'voice-15.ogg',
      contentType: 'audio/ogg',
      content: new Uint8Array([1, 2, 3]),
      disposition: 'attachment',
    });
    expect(requests[0]?.body).toBe('{"file_id":"AwACvoice"}');
    expect(requests[1]?.url).toBe(`https://api.telegram.org/file/bot${BOT_TOKEN}/voice/file_15.oga`);
  });

  it('over 20 MB is gone for good', async () => {
    const { ports } = playBotApi(
      answer(400, { ok: false, error_code: 400, description: 'Bad Request: file is too big' }),
    );
    await expect(fetchTelegramFile(voice, anInbox(), ports, signal)).rejects.toMatchObject({
      code: 'rejected_permanently',
      message: expect.stringContaining('20 MB'),
    });
  });

  it('whose path ran out is asked for again', async () => {
    const { ports } = playBotApi(found, { status: 404, headers: {}, body: new Uint8Array() });
    await expect(fetchTelegramFile(voice, anInbox(), ports, signal)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('without a path is gone for good', async () => {
    const { ports } = playBotApi(answer(200, { ok: true, result: { file_id: 'AwACvoice' } }));
    await expect(fetchTelegramFile(voice, anInbox(), ports, signal)).rejects.toMatchObject({
      code: 'rejected_permanently',
    });
  });
});
