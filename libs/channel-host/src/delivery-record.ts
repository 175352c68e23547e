import type { InboundEvent } from '@tributary/channel-sdk';
import { type DeliveryReported, encodeRecord, outboundReceipts } from '@tributary/contracts';
import type { NewRecord } from '@tributary/event-log';
import { newId } from '@tributary/runtime';
import type { InboxRef } from './hosted-inbox.js';

/** One attempt to send one of our messages. */
export interface SentRef {
  readonly messageId: string;
  readonly attempt: number;
}

type Report = Pick<Extract<InboundEvent, { kind: 'receipt' }>, 'state' | 'externalId' | 'detail'>;

/** A provider's report on one of our messages, as the log takes it. */
export function deliveryRecord(inbox: InboxRef, report: Report, sent: SentRef, at: Date): NewRecord {
  const { messageId, attempt } = sent;
  const payload: DeliveryReported = {
    ...{ messageId, attempt, state: report.state, externalId: report.externalId },
    ...(report.state === 'failed'
      ? {
          errorCode: 'rejected_permanently',
          errorDetail: report.detail?.slice(0, 2000).toWellFormed() ?? '',
        }
      : {}),
  };
  return {
    topic: outboundReceipts.name,
    key: messageId,
    value: encodeRecord({
      id: newId(),
      type: 'delivery.reported',
      version: 1,
      workspaceId: inbox.workspaceId,
      occurredAt: at.toISOString(),
      payload,
    }),
  };
}
