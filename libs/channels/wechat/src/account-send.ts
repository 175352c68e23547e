import { ChannelError, type ChannelManifest, type Send } from '@tributary/channel-sdk';
import { prepareParts } from './outbound-parts.js';
import { accountProvider, type Call, postJson } from './provider.js';
import type { MediaRule } from './temporary-media.js';

/**
 * Customer-service messages of an Official Account or a mini-program. The vendor gives no id and takes none from us,
 * so what may have arrived is never repeated by itself: the agent sees that, and decides.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
 */
export function sendFromAccount(manifest: ChannelManifest, rules: readonly MediaRule[]): Send {
  return async (delivery, inbox, ports, signal) => {
    const call: Call = { inbox, ports, signal };
    const parts = await prepareParts(delivery, manifest, rules, accountProvider, call);
    for (const [at, part] of parts.entries()) {
      const body = { touser: delivery.to.value, ...part };
      await postJson(accountProvider, '/cgi-bin/message/custom/send', body, call).catch((error: unknown) => {
        throw withoutRepeat(error, at, parts.length);
      });
    }
    return { state: 'sent' };
  };
}

function withoutRepeat(error: unknown, arrived: number, all: number): unknown {
  if (!(error instanceof ChannelError)) return error;
  const isUnsure = error.code === 'unknown_outcome';
  if (arrived === 0 && !isUnsure) return error;
  const what = [
    ...(arrived > 0 ? [`${arrived} of ${all} parts were sent; the next was not`] : []),
    ...(isUnsure ? ['the connection was lost: the customer may have it all the same'] : []),
    error.message,
  ];
  return new ChannelError('rejected_permanently', what.join(': '), undefined, { cause: error });
}
