import type { Inbound, InboundEvent, PollItem } from '@tributary/channel-sdk';
import type { HostedInbox } from './hosted-inbox.js';

export type PollInbound = Extract<Inbound, { kind: 'poll' }>;

/**
 * What a channel makes of an item. A fault of the channel never costs the item, nor holds up those behind it: it
 * becomes an unreadable event, and the host keeps its bytes.
 */
export async function inboundEvents(
  inbound: Pick<PollInbound, 'parse'>,
  item: PollItem,
  inbox: HostedInbox,
): Promise<readonly InboundEvent[]> {
  try {
    const events = await inbound.parse(item, inbox);
    return events.length > 0 ? events : [unreadable(item, 'NO_EVENTS', 'The channel made nothing of it.')];
  } catch (error) {
    return [unreadable(item, 'PARSE_FAILED', error instanceof Error ? error.message : 'The channel failed.')];
  }
}

function unreadable(item: PollItem, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId: item.id, reason, detail: detail.slice(0, 2000) };
}
