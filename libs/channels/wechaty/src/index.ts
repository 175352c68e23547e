import { type ChannelModule, hookPath, verifySigned } from '@tributary/channel-sdk';
import { fetchFromBridge, sendByBridge } from './bridge.js';
import { manifest } from './manifest.js';
import { parseCall } from './parse.js';
import { checkSettings, signingKeys } from './settings.js';

/**
 * A person's WeChat account behind the bridge of `optional/wechaty-bridge`, which runs the Wechaty library. Nothing of
 * that library is here: this end speaks to the bridge alone.
 */
export const wechaty: ChannelModule = {
  manifest,
  inbound: {
    kind: 'webhook',
    verify: ({ headers, body }, inbox, now) => verifySigned(signingKeys(inbox), headers, body, now),
    answer: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }),
    parse: parseCall,
  },
  send: sendByBridge,
  fetchMedia: fetchFromBridge,
  checkSettings,
  publicAddress: hookPath,
};
