import { setTimeout as timer } from 'node:timers/promises';
import {
  ChannelError,
  type ChannelModule,
  isRetryable,
  type OutboundDelivery,
  type SendReceipt,
} from '@tributary/channel-sdk';
import {
  type CallAssigned,
  type DeliveryReported,
  encodeRecord,
  type MessageQueued,
  outboundMessages,
  outboundReceipts,
  parseRecord,
} from '@tributary/contracts';
import { isPassingFault } from '@tributary/database';
import {
  type EventLog,
  type LogRecord,
  type Outcome,
  type RecordBatch,
  RetryableError,
} from '@tributary/event-log';
import { ObjectNotFoundError, type ObjectStore } from '@tributary/object-store';
import { backoffMs, type Clock, type Logger, newId } from '@tributary/runtime';
import type { CallConnector } from './call-connector.js';
import type { HostedInbox, InboxLookup, InboxRef } from './hosted-inbox.js';
import { type Breaker, type HeldBack, isProviderFault, ProviderFault } from './inbox-breaker.js';
import type { PortsOf } from './provider-ports.js';
import type { SentMessages } from './sent-messages.js';
import type { WaitingItem } from './waiting-work.js';

export interface OutboundSenderParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: InboxLookup;
  readonly log: EventLog;
  readonly objects: ObjectStore;
  readonly ports: PortsOf;
  readonly sent: Pick<SentMessages, 'remember' | 'release'>;
  readonly breaker: Breaker;
  /** Of hosts of channels that people call. */
  readonly calls?: Pick<CallConnector, 'connect'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Waits; rejects when the signal aborts. Node's own timer when absent. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What became of a send, and under which ids the provider has it. */
interface SendEnd {
  readonly report: DeliveryReported;
  readonly externalIds: readonly string[];
}

/** What a send needs of the batch that it belongs to. */
type Progress = Pick<RecordBatch, 'signal' | 'heartbeat'>;

/** Attempts of one send before the agent is told; the waits add up to about half a minute. */
const ATTEMPTS = 6;
/** A reply that waits for its provider is given up after this: by then another one has been written. */
const WAITS_AT_MOST_MS = 24 * 3_600_000;
/** A provider that asks for a longer pause than this is not waited for: others of the partition stand behind. */
const LONGEST_WAIT_MS = 60_000;
const HEARTBEAT_MS = 2000;

/**
 * Records a batch for `OutboundController`s. A batch that drains is replayed whole by the next owner, so whatever of
 * it was sent would be sent again: one record a batch sends nothing twice on a deploy.
 */
export const OUTBOUND_BATCH = 1;

/**
 * The one way out: replies leave by the adapter that owns their inbox, in each conversation's order. What became of
 * each is appended to `outbound.receipts` before the offset moves, so a crash sends again (with the same provider
 * id) and never forgets.
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
    const payload = parsed.envelope.payload as MessageQueued | CallAssigned;
    const channel = this.parts.channels.find((each) => each.manifest.channel === payload.channel);
    if (!channel) return { kind: 'ignored', reason: 'OTHER_HOST' };
    if ('callId' in payload) {
      await this.#connect(channel, payload, batch);
      return { kind: 'done' };
    }
    const queued = payload;
    const inbox = { id: queued.inboxId, workspaceId: parsed.envelope.workspaceId };
    const held = await this.#passing(() => this.parts.breaker.holds(inbox));
    if (held) {
      await this.#holdBack(inbox, queued, held, batch);
      return { kind: 'done' };
    }
    try {
      await this.#report(inbox, await this.#send(channel, queued, batch), batch);
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      await this.#holdBack(inbox, queued, error.cause, batch);
    }
    return { kind: 'done' };
  }

  /**
   * Sends what waited, in its turn.
   *
   * @throws ProviderFault when it has to wait on.
   */
  async sendWaiting(item: WaitingItem, workspaceId: string, signal: AbortSignal): Promise<void> {
    const queued = item.payload as MessageQueued;
    const channel = this.parts.channels.find((each) => each.manifest.channel === queued.channel);
    if (!channel) return;
    const progress = { signal, heartbeat: async () => undefined };
    const inbox = { id: queued.inboxId, workspaceId };
    try {
      await this.#report(inbox, await this.#send(channel, queued, progress), progress);
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      // It may have arrived each time: not many more of it.
      const isDoubtful = error.cause.code === 'unknown_outcome' && item.tries + 1 >= ATTEMPTS;
      const isOld = this.parts.clock.now().getTime() - item.since.getTime() > WAITS_AT_MOST_MS;
      if (!isDoubtful && !isOld) throw error;
      await this.#report(inbox, failed(queued, error.cause), progress);
    }
  }

  /** The message waits behind the fault of its provider, others of the partition do not; and the agent is told. */
  async #holdBack(
    inbox: InboxRef,
    queued: MessageQueued,
    why: ChannelError | HeldBack,
    batch: RecordBatch,
  ): Promise<void> {
    const { messageId, attempt } = queued;
    const fault = why instanceof ChannelError ? why : undefined;
    const item = {
      ...{ key: `${messageId}/${attempt}`, payload: queued },
      ...{ tries: fault === undefined ? 0 : 1, since: this.parts.clock.now() },
    };
    await this.#persist(batch, queued, () => this.parts.breaker.wait(inbox, item, fault));
    const detail = 'detail' in why ? why.detail : why.message;
    const [errorCode, errorDetail] = [why.code, detail.slice(0, 2000).toWellFormed()];
    const report = { messageId, attempt, state: 'queued' as const, errorCode, errorDetail };
    await this.#report(inbox, { report, externalIds: [] }, batch);
  }

  async #passing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isPassingFault(error)) throw error;
      throw new RetryableError('the database is busy or away', { cause: error });
    }
  }

  async #connect(channel: ChannelModule, call: CallAssigned, batch: RecordBatch): Promise<void> {
    const inbox = await this.#passing(() => this.parts.inboxes.byId(call.inboxId));
    if (!inbox) return;
    const rest = (milliseconds: number) => this.#wait(milliseconds, batch);
    await this.parts.calls?.connect(channel, inbox, call, batch, rest);
  }

  /** The provider's own reports name its ids, and may be here already: who they are about is durable before anything. */
  async #report(inbox: InboxRef, { report, externalIds }: SendEnd, batch: Progress): Promise<void> {
    const { sent, log, clock, logger } = this.parts;
    const value = encodeRecord({
      id: newId(),
      type: 'delivery.reported',
      version: 1,
      workspaceId: inbox.workspaceId,
      occurredAt: clock.now().toISOString(),
      payload: report,
    });
    await this.#persist(batch, report, () => sent.remember(inbox, externalIds, report));
    await this.#persist(batch, report, () =>
      log.append([{ topic: outboundReceipts.name, key: report.messageId, value }]),
    );
    if (externalIds.length === 0) return;
    // What still waits is found with the inbox's next report.
    await sent.release(inbox).catch((error: unknown) => {
      logger.warn({ err: error, inboxId: inbox.id }, 'receipts_still_waiting');
    });
  }

  /** The message is out: what stumbles is asked again, because whoever replays the batch sends it once more. */
  async #persist(
    batch: Progress,
    { messageId }: { readonly messageId: string },
    work: () => Promise<unknown>,
  ): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        await work();
        return;
      } catch (error) {
        if (tried >= ATTEMPTS || batch.signal.aborted) throw error;
        this.parts.logger.warn({ err: error, messageId, tried }, 'receipt_not_appended');
        await this.#wait(backoffMs(tried, Math.random(), 500, 10_000), batch);
      }
    }
  }

  /** @throws ProviderFault when the inbox's work has to wait. */
  async #send(channel: ChannelModule, queued: MessageQueued, batch: Progress): Promise<SendEnd> {
    const delivery = await this.#withFiles(queued);
    if (delivery === undefined) {
      return failed(queued, new ChannelError('rejected_permanently', 'a file of the message is missing'));
    }
    for (let tried = 1; ; tried++) {
      // Asked each time: an administrator may have mended its settings since the last attempt.
      const inbox = await this.#passing(() => this.parts.inboxes.byId(queued.inboxId));
      if (!inbox) {
        return failed(queued, new ChannelError('unsupported', 'the inbox was switched off or removed'));
      }
      // The provider would refuse it, and some ban accounts that go on trying.
      if (queued.notAfter !== undefined && this.parts.clock.now() > new Date(queued.notAfter)) {
        return failed(
          queued,
          new ChannelError('window_closed', 'the time to answer was over before it left'),
        );
      }
      try {
        return sentEnd(queued, await channel.send(delivery, inbox, this.parts.ports(inbox), batch.signal));
      } catch (thrown) {
        if (batch.signal.aborted) throw new DrainingError();
        const error = this.#channelError(thrown, queued);
        this.#log(error, queued, inbox, tried);
        if (isProviderFault(error)) throw new ProviderFault(error);
        const waitMs = error.retryAfterMs ?? backoffMs(tried, Math.random(), 500, 10_000);
        const again = isRetryable(error) && tried < ATTEMPTS && waitMs <= LONGEST_WAIT_MS;
        if (!again) return failed(queued, error);
        await this.#wait(waitMs, batch);
      }
    }
  }

  /** A fault inside a channel costs this one message an attempt, and the agent can retry; nobody waits behind it. */
  #channelError(thrown: unknown, { messageId, channel }: MessageQueued): ChannelError {
    if (thrown instanceof ChannelError) return thrown;
    this.parts.logger.error({ err: thrown, messageId, channel }, 'channel_failed');
    return new ChannelError('rejected_permanently', 'the channel failed', undefined, { cause: thrown });
  }

  /** @returns undefined when the object store has lost one. */
  async #withFiles(queued: MessageQueued): Promise<OutboundDelivery | undefined> {
    const { attachments, ...message } = queued;
    const loading = Promise.all(
      attachments.map(async (file) => ({
        name: file.name,
        contentType: file.contentType,
        content: await this.parts.objects.get(file.key),
      })),
    );
    try {
      return { ...message, files: await loading };
    } catch (error) {
      if (!(error instanceof ObjectNotFoundError)) throw error;
      this.parts.logger.error({ err: error, messageId: queued.messageId }, 'object_missing');
      return undefined;
    }
  }

  /** Says now and then that the work goes on, and ends when the partition goes away. */
  async #wait(milliseconds: number, batch: Progress): Promise<void> {
    const { sleep = pause } = this.parts;
    for (let left = milliseconds; left > 0; left -= HEARTBEAT_MS) {
      await batch.heartbeat();
      await sleep(Math.min(left, HEARTBEAT_MS), batch.signal).catch(() => {
        throw new DrainingError();
      });
    }
  }

  #log(error: ChannelError, queued: MessageQueued, inbox: HostedInbox, tried: number): void {
    const { messageId, attempt, channel } = queued;
    this.parts.logger.warn(
      { code: error.code, messageId, attempt, tried, channel, inboxId: inbox.id },
      'send_failed',
    );
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return timer(milliseconds, undefined, { signal });
}

/** The partition is going away: what was not sent is sent by whoever takes it over. */
export class DrainingError extends Error {
  readonly code = 'DRAINING';
}

function sentEnd({ messageId, attempt }: MessageQueued, receipt: SendReceipt): SendEnd {
  const { state, externalId, furtherIds = [] } = receipt;
  return {
    report: { messageId, attempt, state, ...(externalId === undefined ? {} : { externalId }) },
    externalIds: externalId === undefined ? furtherIds : [externalId, ...furtherIds],
  };
}

function failed({ messageId, attempt }: MessageQueued, error: ChannelError): SendEnd {
  const errorDetail = error.message.slice(0, 2000).toWellFormed();
  return {
    report: { messageId, attempt, state: 'failed', errorCode: error.code, errorDetail },
    externalIds: [],
  };
}
