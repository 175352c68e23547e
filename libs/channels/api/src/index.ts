import { type ChannelModule, hookPath, verifySigned } from '@tributary/channel-sdk';
import { answerCall } from './answer.js';
import { apiManifest } from './manifest.js';
import { fetchFile } from './media.js';
import { parseCall } from './parse.js';
import { sendReply } from './send.js';
import { apiSettings, checkSettings } from './settings.js';

export { app } from './app.js';

/** The company's own systems and devices, both ways by Standard Webhooks. */
export const api: ChannelModule = {
  manifest: apiManifest,
  inbound: {
    kind: 'webhook',
    verify: ({ headers, body }, inbox, now) => verifySigned(apiSettings(inbox).keys, headers, body, now),
    answer: answerCall,
    parse: parseCall,
  },
  send: sendReply,
  fetchMedia: fetchFile,
  checkSettings,
  publicAddress: hookPath,
};
