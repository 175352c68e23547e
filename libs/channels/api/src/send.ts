import { ChannelError, type Send } from '@tributary/channel-sdk';
import { postReply } from './callback.js';
import { LARGEST_FILES, LONGEST_TEXT } from './manifest.js';
import { apiSettings } from './settings.js';

/** A reply as a callback; `sent` when the company's system has answered 2xx. */
export const sendReply: Send = async (delivery, inbox, ports, signal) => {
  const { text, files } = delivery;
  if (text.trim() === '' && files.length === 0) throw new ChannelError('unsupported', 'There is no text.');
  if (text.length > LONGEST_TEXT) {
    throw new ChannelError('unsupported', `A reply has at most ${LONGEST_TEXT} characters.`);
  }
  const bytes = files.reduce((sum, { content }) => sum + content.byteLength, 0);
  if (bytes > LARGEST_FILES) {
    throw new ChannelError('unsupported', `The files of a reply have at most ${LARGEST_FILES} bytes.`);
  }
  return postReply(delivery, inbox, apiSettings(inbox), ports, signal);
};
