import { CHANNEL_MODULES } from '@tributary/channel-registry';
import type { Channel } from '@tributary/contracts';

export interface CalledChannel {
  readonly channel: Channel;
  readonly kind: 'webhook' | 'pull' | 'call';
  /** Milliseconds until the provider gives up on an answer. */
  readonly answerWithinMs: number;
}

/** Registered channels whose provider calls us. @throws Error for one that does not say how long its provider waits. */
export function calledChannels(): readonly CalledChannel[] {
  return CHANNEL_MODULES.flatMap(({ manifest: { channel, answerWithinMs }, inbound: { kind } }) => {
    if (kind !== 'webhook' && kind !== 'pull' && kind !== 'call') return [];
    if (answerWithinMs === null) throw new Error(`${channel} does not say how long its provider waits`);
    return [{ channel, kind, answerWithinMs }];
  });
}
