import { ChannelError, type ChannelManifest, type Send } from '@tributary/channel-sdk';
import { accountOf, externalIdOf, kfMessageId } from './kf-message-id.js';
import { claimSession, endSession } from './kf-session.js';
import { prepareParts } from './outbound-parts.js';
import { ProviderError } from './provider-errors.js';
import { type Call, companyProvider, postJson } from './provider.js';
import { listSetting } from './settings.js';
import type { MediaRule } from './temporary-media.js';

/**
 * Messages of WeCom customer service. Every part has an id of ours that is the same each time it is tried, so a repeat
 * after a lost connection is refused by the vendor, not shown to the customer again.
 */
export function sendFromKf(manifest: ChannelManifest, rules: readonly MediaRule[]): Send {
  return async (delivery, inbox, ports, signal) => {
    const call: Call = { inbox, ports, signal };
    const accounts = listSetting(inbox, 'openKfIds');
    const writtenTo = accountOf(delivery.references);
    const account = writtenTo !== undefined && accounts.includes(writtenTo) ? writtenTo : accounts[0];
    if (account === undefined) throw new ChannelError('bad_credentials', 'no account is configured');
    const session = { openKfId: account, customer: delivery.to.value };
    const parts = await prepareParts(delivery, manifest, rules, companyProvider, call);
    await claimSession(session, call);
    const ids: string[] = [];
    for (const [at, part] of parts.entries()) {
      const msgid = kfMessageId({ messageId: delivery.messageId, attempt: delivery.attempt, part: at });
      const body = { touser: delivery.to.value, open_kfid: account, msgid, ...part };
      await postJson(companyProvider, '/cgi-bin/kf/send_msg', body, call).catch((error: unknown) => {
        if (!isRepeat(error)) throw error;
      });
      ids.push(externalIdOf(account, msgid));
    }
    if (delivery.settles === true && inbox.settings['endsSession'] === true) {
      await endSession(session, delivery.messageId, call);
    }
    const [externalId, ...furtherIds] = ids;
    return { state: 'sent', externalId, ...(furtherIds.length > 0 ? { furtherIds } : {}) };
  };
}

/**
 * The vendor says that a repeated id is refused, but not with which code. Our ids are well-formed, so all that it can
 * have against one is that it has it already.
 */
function isRepeat(error: unknown): boolean {
  return (
    error instanceof ProviderError && error.code === 'rejected_permanently' && /\bmsgid\b/i.test(error.errmsg)
  );
}
