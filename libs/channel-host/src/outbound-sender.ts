import type { ChannelModule } from '@tributary/channel-sdk';
import { type MessageQueued, outboundMessages, parseRecord } from '@tributary/contracts';
import type { LogRecord, Outcome, RecordBatch } from '@tributary/event-log';
import type { Logger } from '@tributary/runtime';
import type { InboxRef } from './hosted-inbox.js';
import { DrainingError, type MessageSender } from './message-sender.js';
import type { WaitingSends } from './waiting-sends.js';
import { whenAnswered } from './when-answered.js';

export interface OutboundSenderParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly messages: MessageSender;
  readonly waiting: Pick<WaitingSends, 'standsBehind' | 'add'>;
  /** Called when a message of the inbox began to wait. */
  readonly onWaiting: (inbox: InboxRef) => void;
  readonly logger: Logger;
}

/**
 * Records a batch for `OutboundController`s. A batch that drains is replayed whole by the next owner, so whatever of
 * it was sent would be sent again: one record a batch sends nothing twice on a deploy.
 */
export const OUTBOUND_BATCH = 1;

/**
 * The one way out: replies leave by the adapter that owns their inbox, in each conversation's order. What became of
 * each is appended to `outbound.receipts` before the offset moves, so a crash sends again (with the same provider
 * id) and never forgets. A message whose turn has not come waits aside, and those of its conversation behind it; the
 * partition goes on.
 */
export class OutboundSender {
  constructor(private readonly parts: OutboundSenderParts) {}

  async handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const record of batch.records) {
      if (batch.signal.aborted) throw new DrainingError();
      outcomes.push(await this.#one(record, batch));
      await batch.heartbeat();
    }
    return outcomes;
  }

  async #one(record: LogRecord, batch: RecordBatch): Promise<Outcome> {
    const parsed = parseRecord(outboundMessages, record.value);
    if (!parsed.ok) {
      const { topic, partition, offset } = record;
      this.parts.logger.error(
        { topic, partition, offset: offset.toString(), ...parsed },
        'outbound_unreadable',
      );
      return { kind: 'quarantined', reason: parsed.reason };
    }
    const queued = parsed.envelope.payload as MessageQueued;
    const channel = this.parts.channels.find((each) => each.manifest.channel === queued.channel);
    if (!channel) return { kind: 'ignored', reason: 'OTHER_HOST' };
    const inbox = { id: queued.inboxId, workspaceId: parsed.envelope.workspaceId };
    const { waiting } = this.parts;
    if (await whenAnswered(() => waiting.standsBehind(inbox, queued.conversationId))) {
      await this.#wait(inbox, queued, 0, 0);
      return { kind: 'done' };
    }
    const end = await this.parts.messages.send(channel, queued, 0, batch);
    if (end.kind === 'later') await this.#wait(inbox, queued, end.tried, end.afterMs);
    else await this.parts.messages.report(inbox, end, batch);
    return { kind: 'done' };
  }

  async #wait(inbox: InboxRef, queued: MessageQueued, tried: number, afterMs: number): Promise<void> {
    await whenAnswered(() => this.parts.waiting.add(inbox, queued, tried, afterMs));
    this.parts.onWaiting(inbox);
  }
}
