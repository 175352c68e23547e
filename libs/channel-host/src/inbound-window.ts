import type { PollWindow } from '@tributary/channel-sdk';
import type { Acceptance } from './acceptance.js';
import type { HostedInbox } from './hosted-inbox.js';
import { inboundEvents, type PollInbound, type PullInbound } from './inbound-events.js';

/**
 * Appends a window in its order; only then may its cursor be stored.
 *
 * @returns how many messages it held.
 */
export async function acceptWindow(
  inbound: Pick<PollInbound | PullInbound, 'parse'>,
  acceptance: Acceptance,
  inbox: HostedInbox,
  window: PollWindow,
): Promise<number> {
  let messages = 0;
  for (const item of window.items) {
    const events = await inboundEvents(
      () => item.id,
      () => inbound.parse(item, inbox),
    );
    messages += (await acceptance.accept(inbox, item.raw, events)).messages;
  }
  return messages;
}
