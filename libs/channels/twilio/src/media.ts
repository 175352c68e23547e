import { ChannelError, type FetchMedia } from '@tributary/channel-sdk';
import { authorization } from './api.js';
import { LARGEST_FILE } from './manifest.js';
import { twilioSettings } from './settings.js';
import { twilioError } from './twilio-errors.js';

/** A file of a message of this account; our credentials go nowhere else. */
const MEDIA_URL = /^https:\/\/api\.twilio\.com\/2010-04-01\/Accounts\/(AC\w{32})\/Messages\/\w+\/Media\/\w+$/;

/**
 * Fetches a file: Twilio wants the account's credentials and leads to its storage, which wants none.
 * https://www.twilio.com/docs/messaging/api/media-resource, read 2026-11-24.
 */
export const fetchFile: FetchMedia = async (media, inbox, { http }, signal) => {
  const settings = twilioSettings(inbox);
  if (MEDIA_URL.exec(media.id)?.[1] !== settings.accountSid) {
    throw new ChannelError('rejected_permanently', 'The file is not at this account of Twilio.');
  }
  const headers = { authorization: authorization(settings) };
  const answer = await http.request(
    { method: 'GET', url: media.id, headers, timeoutMs: 60_000, maxBytes: LARGEST_FILE },
    signal,
  );
  if (answer.status !== 200) {
    const error = twilioError(answer.status, Number.NaN, undefined, answer.headers['retry-after']);
    // Nothing is done twice by asking again.
    throw error.code === 'unknown_outcome' ? new ChannelError('unavailable', error.message) : error;
  }
  const { name, contentType, disposition } = media;
  return { name, contentType, disposition, content: answer.body };
};
