import { type ChannelManifest, type ChannelModule, hookPath } from '@tributary/channel-sdk';
import { parseAccountPush } from './account-push.js';
import { sendFromAccount } from './account-send.js';
import { answerCallback, type CallbackKeys, verifyCallback } from './callback.js';
import { colleagues } from './colleague-notice.js';
import { parseKfItem } from './kf-item.js';
import { kfNotice, pullKf } from './kf-pull.js';
import { sendFromKf } from './kf-send.js';
import { KF_MEDIA, kfManifest, MINI_MEDIA, miniManifest, OA_MEDIA, oaManifest } from './manifest.js';
import { accountProvider, companyProvider } from './provider.js';
import { accountKeys, checkAccountSettings, checkCompanySettings, companyKeys } from './settings.js';
import { mediaFrom, type MediaRule } from './temporary-media.js';

/** Official Accounts and mini-programs speak one protocol; they differ in windows, files and what their pushes hold. */
export const wechatOa = account(oaManifest, OA_MEDIA);
export const wechatMini = account(miniManifest, MINI_MEDIA);

/** WeCom only says that there is something: what, is pulled by cursor. */
export const wecomKf: ChannelModule = {
  manifest: kfManifest,
  inbound: { kind: 'pull', ...door(companyKeys), notice: kfNotice, fetch: pullKf, parse: parseKfItem },
  send: sendFromKf(kfManifest, KF_MEDIA),
  fetchMedia: mediaFrom(companyProvider),
  colleagues,
  checkSettings: checkCompanySettings,
  publicAddress: hookPath,
};

function account(manifest: ChannelManifest, rules: readonly MediaRule[]): ChannelModule {
  return {
    manifest,
    inbound: { kind: 'webhook', ...door(accountKeys), parse: parseAccountPush },
    send: sendFromAccount(manifest, rules),
    fetchMedia: mediaFrom(accountProvider),
    checkSettings: checkAccountSettings,
    publicAddress: hookPath,
  };
}

function door(
  keysOf: (inbox: Parameters<typeof accountKeys>[0]) => CallbackKeys,
): Pick<Extract<ChannelModule['inbound'], { kind: 'webhook' }>, 'verify' | 'answer'> {
  return {
    verify: (request, inbox, now) => verifyCallback(request, keysOf(inbox), now),
    answer: (request, inbox) => answerCallback(request, keysOf(inbox)),
  };
}
