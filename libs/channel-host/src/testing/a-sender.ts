import type { ChannelModule, OutboundDelivery, SendReceipt } from '@tributary/channel-sdk';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import {
  type DeliveryReported,
  encodeRecord,
  type Envelope,
  type MessageQueued,
  outboundMessages,
  outboundReceipts,
} from '@tributary/contracts';
import type { EventLog, NewRecord, RecordBatch } from '@tributary/event-log';
import type { ObjectStore } from '@tributary/object-store';
import { createLogger, newId, systemClock } from '@tributary/runtime';
import type { HostedInbox, InboxLookup } from '../hosted-inbox.js';
import { OutboundSender, type OutboundSenderParts } from '../outbound-sender.js';
import type { WaitingItem } from '../waiting-work.js';

export const inbox: HostedInbox = {
  ...{ id: newId(), workspaceId: newId(), channel: 'email', name: 'Support', settings: {} },
};

/** A sender among strict fakes; everything that happens is written down in order. */
export function aSender(change: {
  readonly send?: (delivery: OutboundDelivery, tried: number) => Promise<SendReceipt>;
  readonly inboxes?: Partial<InboxLookup>;
  readonly append?: (tried: number) => Promise<void>;
  readonly objects?: Partial<ObjectStore>;
  readonly sent?: Partial<OutboundSenderParts['sent']>;
  /** Earlier work of the inbox waits. */
  readonly holds?: boolean;
}) {
  const story: string[] = [];
  const waiting: (WaitingItem & { readonly fault: string | undefined })[] = [];
  const reports: DeliveryReported[] = [];
  const waits: number[] = [];
  let tried = 0;
  let appends = 0;
  const channel = {
    manifest: { channel: 'email' },
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
  const parts: OutboundSenderParts = {
    channels: [channel],
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
    clock: systemClock,
    logger: createLogger('spec', 'silent'),
    sleep: async (milliseconds, signal) => {
      waits.push(milliseconds);
      signal.throwIfAborted();
    },
  };
  return { sender: new OutboundSender(parts), story, reports, waits, waiting, tried: () => tried };
}

export function aMessage(text = 'Hello', change: Partial<MessageQueued> = {}): Buffer {
  const payload: MessageQueued = {
    ...{ messageId: newId(), attempt: 1, inboxId: inbox.id, channel: 'email', conversationId: newId() },
    ...{
      ticketId: newId(),
      ticketNumber: '1001',
      to: { kind: 'email', value: 'a@b.example' },
      authorName: 'Li',
    },
    ...{ text, attachments: [], threadToken: 't', references: [] },
    ...change,
  };
  return encodeRecord({
    ...{ id: newId(), type: 'message.queued', version: 1, workspaceId: inbox.workspaceId },
    ...{ occurredAt: new Date().toISOString(), payload },
  });
}

export function aBatch(
  values: readonly Buffer[],
  signal: AbortSignal = new AbortController().signal,
): RecordBatch & { beats: number } {
  const batch = {
    ...{ topic: outboundMessages.name, partition: 0, epoch: 1n, signal, beats: 0 },
    heartbeat: async () => void (batch.beats += 1),
    records: values.map((value, i) => ({
      ...{ topic: outboundMessages.name, partition: 0, offset: BigInt(i), key: '', value, headers: {} },
      appendedAt: new Date(),
    })),
  };
  return batch;
}
