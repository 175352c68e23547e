import { type ChannelModule, hookPath } from '@tributary/channel-sdk';
import { fetchLineContent } from './fetch-media.js';
import { manifest } from './manifest.js';
import { parseWebhook } from './parse.js';
import { pushMessage } from './send.js';
import { checkSettings } from './settings.js';
import { answerWebhook, verifySignature } from './webhook.js';

/** A LINE Official Account: its chats with friends, its groups and rooms, by the Messaging API. */
export const line: ChannelModule = {
  manifest,
  inbound: { kind: 'webhook', verify: verifySignature, answer: answerWebhook, parse: parseWebhook },
  send: pushMessage,
  fetchMedia: fetchLineContent,
  checkSettings,
  publicAddress: hookPath,
};
