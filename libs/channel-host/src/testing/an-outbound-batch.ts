import { encodeRecord, type MessageQueued, outboundMessages } from '@tributary/contracts';
import type { RecordBatch } from '@tributary/event-log';
import { newId } from '@tributary/runtime';
import type { HostedInbox } from '../hosted-inbox.js';

/** A reply of an inbox as `tickets` queues it. */
export function aQueuedMessage(
  inbox: HostedInbox,
  text: string,
  change: Partial<MessageQueued> = {},
): Buffer {
  const payload: MessageQueued = {
    ...{ messageId: newId(), attempt: 1, inboxId: inbox.id, channel: inbox.channel, conversationId: newId() },
    ...{ ticketId: newId(), ticketNumber: '1001', to: { kind: 'email', value: 'a@b.example' } },
    ...{ authorName: 'Li', text, attachments: [], threadToken: 't', references: [] },
    ...change,
  };
  return encodeRecord({
    ...{ id: newId(), type: 'message.queued', version: 1, workspaceId: inbox.workspaceId },
    ...{ occurredAt: new Date().toISOString(), payload },
  });
}

/** Records of one partition. */
export function anOutboundBatch(
  values: readonly Buffer[],
  signal: AbortSignal = new AbortController().signal,
): RecordBatch {
  return {
    ...{ topic: outboundMessages.name, partition: 0, epoch: 1n, signal },
    heartbeat: async () => undefined,
    records: values.map((value, i) => ({
      ...{ topic: outboundMessages.name, partition: 0, offset: BigInt(i), key: '', value, headers: {} },
      appendedAt: new Date(),
    })),
  };
}
