import type { ChannelModule, OutboundDelivery, SendReceipt } from '@tributary/channel-sdk';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import {
  type DeliveryReported,
  type Envelope,
  type MessageQueued,
  outboundReceipts,
} from '@tributary/contracts';
import type { EventLog, NewRecord } from '@tributary/event-log';
import type { ObjectStore } from '@tributary/object-store';
import { createLogger, newId, systemClock } from '@tributary/runtime';
import type { HostedInbox, InboxLookup } from '../hosted-inbox.js';
import { MessageSender, type MessageSenderParts } from '../message-sender.js';
import { OutboundSender } from '../outbound-sender.js';
import type { SendPace } from '../send-pace.js';
import type { WaitingSend } from '../waiting-sends.js';
import type { WaitingItem } from '../waiting-work.js';
import { aQueuedMessage } from './an-outbound-batch.js';

export const inbox: HostedInbox = {
  ...{ id: newId(), workspaceId: newId(), channel: 'email', name: 'Support', settings: {} },
};

/** A sender among strict fakes; everything that happens is written down in order. */
export function aSender(change: {
  readonly send?: (delivery: OutboundDelivery, tried: number) => Promise<SendReceipt>;
  readonly inboxes?: Partial<InboxLookup>;
  readonly append?: (tried: number) => Promise<void>;
  readonly objects?: Partial<ObjectStore>;
  readonly sent?: Partial<MessageSenderParts['sent']>;
  /** Earlier work of the inbox waits. */
  readonly holds?: boolean;
  readonly pace?: Partial<SendPace>;
  /** Earlier messages of the conversation wait for their turn. */
  readonly standsBehind?: boolean;
}) {
  const story: string[] = [];
  const waiting: (WaitingItem & { readonly fault: string | undefined })[] = [];
  /** For their turn. */
  const aside: WaitingSend[] = [];
  const reports: DeliveryReported[] = [];
  const waits: number[] = [];
  let tried = 0;
  let appends = 0;
  const channel = {
    manifest: { channel: 'email', sendPolicy: { perSecond: { inbox: 10, contact: 1 } } },
    async send(delivery: OutboundDelivery) {
      story.push(`send ${delivery.text}`);
      return change.send ? change.send(delivery, ++tried) : { state: 'sent' as const };
    },
  } as unknown as ChannelModule;
  const log = {
    async append([record]: readonly NewRecord[]) {
      await change.append?.(++appends);
      const { payload } = JSON.parse(Buffer.from(record!.value).toString()) as Envelope<
        string,
        DeliveryReported
      >;
      story.push(`report ${payload.state}`);
      reports.push(payload);
      const { topic, key } = record!;
      if (topic !== outboundReceipts.name || key !== payload.messageId)
        throw new Error(`to ${topic}, ${key}`);
      return [];
    },
  } as unknown as EventLog;
  const parts: MessageSenderParts = {
    inboxes: { byId: async () => inbox, ...change.inboxes } as InboxLookup,
    log,
    objects: { get: async () => Buffer.from('file'), ...change.objects } as ObjectStore,
    ports: () => unreachablePorts,
    sent: {
      async remember(_inbox, externalIds) {
        if (externalIds.length > 0) story.push(`remember ${externalIds.join(' ')}`);
      },
      release: async () => void story.push('release'),
      ...change.sent,
    },
    breaker: {
      holds: async () => (change.holds ? { code: 'bad_credentials', detail: 'no' } : undefined),
      async wait(_inbox, item, fault) {
        story.push('wait');
        waiting.push({ ...item, fault: fault?.code });
      },
    },
    pace: { take: async () => 0, hold: async () => undefined, ...change.pace },
    clock: systemClock,
    logger: createLogger('spec', 'silent'),
    sleep: async (milliseconds, signal) => {
      waits.push(milliseconds);
      signal.throwIfAborted();
    },
  };
  const messages = new MessageSender(parts);
  const sender = new OutboundSender({
    ...{ channels: [channel], inboxes: parts.inboxes, messages, logger: parts.logger },
    onWaiting: () => void story.push('rings'),
    waiting: {
      standsBehind: async () => change.standsBehind ?? false,
      async add(_inbox, queued, triedBefore, waitMs) {
        story.push(`waits ${queued.text}`);
        aside.push({ queued, tried: triedBefore, waitMs });
      },
    },
  });
  /** As the waiting room does, once the time has come. */
  const again = async () => {
    const { queued, tried: before } = aside.at(-1)!;
    const work = { signal: new AbortController().signal, heartbeat: async () => undefined };
    const end = await messages.send(channel, queued, before, work);
    if (end.kind === 'later') aside.push({ queued, tried: end.tried, waitMs: end.afterMs });
    else await messages.report(inbox, end, work);
    return end.kind;
  };
  return { sender, story, reports, waits, waiting, aside, again, tried: () => tried };
}

export const aMessage = (text = 'Hello', change: Partial<MessageQueued> = {}): Buffer =>
  aQueuedMessage(inbox, text, change);

export { anOutboundBatch as aBatch } from './an-outbound-batch.js';
