import type { Inbound, InboundEvent } from '@tributary/channel-sdk';

export type CallInbound = Extract<Inbound, { kind: 'call' }>;
export type PollInbound = Extract<Inbound, { kind: 'poll' }>;
export type PullInbound = Extract<Inbound, { kind: 'pull' }>;
export type WebhookInbound = Extract<Inbound, { kind: 'webhook' }>;

/**
 * What a channel makes of what it was given. A fault of the channel never costs the bytes, nor holds up those behind
 * them: it becomes an unreadable event, and the host keeps them.
 *
 * @param idOf what was given: the same each time it comes. Asked for only where the channel gives no id.
 */
export async function inboundEvents(
  idOf: () => string,
  parse: () => Promise<readonly InboundEvent[]>,
): Promise<readonly InboundEvent[]> {
  try {
    const events = await parse();
    return events.length > 0 ? events : [unreadable(idOf(), 'NO_EVENTS', 'The channel made nothing of it.')];
  } catch (error) {
    return [
      unreadable(idOf(), 'PARSE_FAILED', error instanceof Error ? error.message : 'The channel failed.'),
    ];
  }
}

function unreadable(providerEventId: string, reason: string, detail: string): InboundEvent {
  return { kind: 'unreadable', providerEventId, reason, detail: detail.slice(0, 2000) };
}
