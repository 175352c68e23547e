import { asPayload, ChannelError, type FetchMedia, textAt } from '@tributary/channel-sdk';
import { callBotApi, RefusedCallError, tokenOf } from './bot-api.js';
import { botApiError } from './bot-api-errors.js';
import { LARGEST_FILE } from './files.js';

/** By `getFile`, whose path is good for an hour at least and is asked for anew each time. */
export const fetchTelegramFile: FetchMedia = async (media, inbox, ports, signal) => {
  const body = JSON.stringify({ file_id: media.id });
  const call = { method: 'getFile', contentType: 'application/json', body };
  const file = asPayload(
    await callBotApi(call, inbox, ports, signal).catch((error: unknown) => {
      if (!(error instanceof RefusedCallError) || error.code !== 'unsupported') throw error;
      const message = 'Telegram gives bots files of up to 20 MB.';
      throw new ChannelError('rejected_permanently', message, undefined, { cause: error });
    }),
  );
  const path = textAt(file, 'file_path');
  if (path === undefined) {
    throw new ChannelError('rejected_permanently', 'Telegram has no bytes for this file.');
  }
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const response = await ports.http.request(
    {
      method: 'GET',
      url: `https://api.telegram.org/file/bot${tokenOf(inbox)}/${encoded}`,
      timeoutMs: 60_000,
      maxBytes: LARGEST_FILE,
    },
    signal,
  );
  // The path may have run out between the two calls; the next attempt asks for another.
  if (response.status === 404) throw new ChannelError('unavailable', 'Telegram moved the file.');
  if (response.status !== 200) throw botApiError(response.status, `status ${response.status} for a file`);
  const { name, contentType, disposition } = media;
  return { name, contentType, content: response.body, disposition };
};
