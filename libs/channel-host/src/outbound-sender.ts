import type { ChannelModule } from '@tributary/channel-sdk';
import { type CallAssigned, type MessageQueued, outboundMessages, parseRecord } from '@tributary/contracts';
import type { LogRecord, Outcome, RecordBatch } from '@tributary/event-log';
import type { Logger } from '@tributary/runtime';
import type { CallConnector } from './call-connector.js';
import type { InboxLookup, InboxRef } from './hosted-inbox.js';
import { ProviderFault } from './inbox-breaker.js';
import { DrainingError, type MessageSender } from './message-sender.js';
import type { WaitingSends } from './waiting-sends.js';
import type { WaitingItem } from './waiting-work.js';
import { whenAnswered } from './when-answered.js';

export interface OutboundSenderParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: Pick<InboxLookup, 'byId'>;
  readonly messages: MessageSender;
  readonly waiting: Pick<WaitingSends, 'standsBehind' | 'add'>;
  /** Called when a message of the inbox began to wait for its turn. */
  readonly onWaiting: (inbox: InboxRef) => void;
  /** Of hosts of channels that people call. */
  readonly calls?: Pick<CallConnector, 'connect'>;
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
 * id) and never forgets. A message whose turn has not come waits aside, and those of its conversation behind it; one
 * whose provider is away waits with all of its inbox; the partition goes on.
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

  /**
   * Sends what waited for its provider, in its turn.
   *
   * @throws ProviderFault when it has to wait on.
   */
  async sendWaiting(item: WaitingItem, workspaceId: string, signal: AbortSignal): Promise<void> {
    const channel = this.#channelOf(item.payload as MessageQueued);
    const work = { signal, heartbeat: async () => undefined };
    if (channel) await this.parts.messages.sendWaiting(channel, item, workspaceId, work);
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
    const payload = parsed.envelope.payload as MessageQueued | CallAssigned;
    const channel = this.#channelOf(payload);
    if (!channel) return { kind: 'ignored', reason: 'OTHER_HOST' };
    if ('callId' in payload) await this.#connect(channel, payload, batch);
    else {
      const inbox = { id: payload.inboxId, workspaceId: parsed.envelope.workspaceId };
      await this.#send(channel, inbox, payload, batch);
    }
    return { kind: 'done' };
  }

  /** Who waits for its turn comes first: what waits for the provider came later, or it would wait there too. */
  async #send(
    channel: ChannelModule,
    inbox: InboxRef,
    queued: MessageQueued,
    batch: RecordBatch,
  ): Promise<void> {
    const { messages, waiting } = this.parts;
    if (await whenAnswered(() => waiting.standsBehind(inbox, queued.conversationId)))
      return this.#wait(inbox, queued, 0, 0);
    const held = await messages.held(inbox);
    if (held) return messages.holdBack(inbox, queued, held, batch);
    try {
      const end = await messages.send(channel, queued, 0, batch);
      if (end.kind === 'later') await this.#wait(inbox, queued, end.tried, end.afterMs);
      else await messages.report(inbox, end, batch);
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      await messages.holdBack(inbox, queued, error.cause, batch);
    }
  }

  async #wait(inbox: InboxRef, queued: MessageQueued, tried: number, afterMs: number): Promise<void> {
    await whenAnswered(() => this.parts.waiting.add(inbox, queued, tried, afterMs));
    this.parts.onWaiting(inbox);
  }

  async #connect(channel: ChannelModule, call: CallAssigned, batch: RecordBatch): Promise<void> {
    const { inboxes, messages, calls } = this.parts;
    const inbox = await whenAnswered(() => inboxes.byId(call.inboxId));
    if (!inbox) return;
    await calls?.connect(channel, inbox, call, batch, (milliseconds) => messages.wait(milliseconds, batch));
  }

  #channelOf({ channel }: Pick<MessageQueued, 'channel'>): ChannelModule | undefined {
    return this.parts.channels.find(({ manifest }) => manifest.channel === channel);
  }
}
