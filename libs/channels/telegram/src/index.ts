import { type ChannelModule, hookPath } from '@tributary/channel-sdk';
import { fetchTelegramFile } from './fetch-media.js';
import { manifest } from './manifest.js';
import { parseUpdate } from './parse.js';
import { sendToChat } from './send.js';
import { checkSettings } from './settings.js';
import { updates } from './updates.js';
import { answerUpdate, verifySecret } from './webhook.js';

/** A Telegram bot: its private chats and groups, by webhook or asked for. */
export const telegram: ChannelModule = {
  manifest,
  inbound: {
    ...{ kind: 'webhook', verify: verifySecret, answer: answerUpdate, parse: parseUpdate },
    catchUp: updates,
  },
  send: sendToChat,
  fetchMedia: fetchTelegramFile,
  checkSettings,
  publicAddress: hookPath,
};
