import { setTimeout as timer } from 'node:timers/promises';
import {
  ChannelError,
  type ChannelModule,
  type ChannelPorts,
  isRetryable,
  type OutboundDelivery,
  type SendReceipt,
} from '@tributary/channel-sdk';
import {
  type DeliveryReported,
  encodeRecord,
  type MessageQueued,
  outboundReceipts,
} from '@tributary/contracts';
import type { EventLog } from '@tributary/event-log';
import { ObjectNotFoundError, type ObjectStore } from '@tributary/object-store';
import { backoffMs, type Clock, type Logger, newId } from '@tributary/runtime';
import type { FileLinks } from './file-links.js';
import type { HostedInbox, InboxLookup, InboxRef } from './hosted-inbox.js';
import { type Breaker, type HeldBack, isProviderFault, ProviderFault } from './inbox-breaker.js';
import type { PortsOf } from './provider-ports.js';
import type { SendPace } from './send-pace.js';
import type { SentMessages, SentTo } from './sent-messages.js';
import type { WaitingItem } from './waiting-work.js';
import { whenAnswered } from './when-answered.js';

export interface MessageSenderParts {
  readonly inboxes: InboxLookup;
  readonly log: EventLog;
  readonly objects: ObjectStore;
  readonly ports: PortsOf;
  readonly sent: Pick<SentMessages, 'remember' | 'release'>;
  readonly breaker: Breaker;
  readonly pace: Pick<SendPace, 'take' | 'hold'>;
  /** Of a process whose files can be fetched from outside. */
  readonly links?: Pick<FileLinks, 'isPublic' | 'linkTo'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Waits; rejects when the signal aborts. Node's own timer when absent. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Whoever has the work done: may take it away, and wants to hear that it goes on. */
export interface SendWork {
  readonly signal: AbortSignal;
  heartbeat(): Promise<void>;
}

/** What became of a send, and under which ids the provider has it; or that its turn comes later. */
export type SendEnd =
  | {
      readonly kind: 'ended';
      readonly report: DeliveryReported;
      readonly externalIds: readonly string[];
      readonly to: SentTo;
    }
  | { readonly kind: 'later'; readonly afterMs: number; readonly tried: number };

/** Attempts of one send before the agent is told; the waits that nobody asked for add up to about half a minute. */
const ATTEMPTS = 6;
/** A provider that asks for a longer pause is not waited for: the agent is told. */
const LONGEST_PAUSE_MS = 15 * 60_000;
/** A turn that comes so soon is waited for where the message is. */
const SHORT_WAIT_MS = 250;
/** A reply that waits for its provider is given up after this: by then another one has been written. */
const WAITS_AT_MOST_MS = 24 * 3_600_000;
const HEARTBEAT_MS = 2000;

/** Brings one message to its provider, at the inbox's pace, and says what became of it. */
export class MessageSender {
  constructor(private readonly parts: MessageSenderParts) {}

  /**
   * @param tried how often the provider had it before, in vain.
   * @throws DrainingError when the work was taken away.
   * @throws ProviderFault when the inbox's work has to wait.
   */
  async send(channel: ChannelModule, queued: MessageQueued, tried: number, work: SendWork): Promise<SendEnd> {
    const delivery = await this.#withFiles(queued);
    if (delivery === undefined) {
      return failed(queued, new ChannelError('rejected_permanently', 'a file of the message is missing'));
    }
    // Asked each time: an administrator may have mended its settings since the last attempt.
    const inbox = await whenAnswered(() => this.parts.inboxes.byId(queued.inboxId));
    if (!inbox) {
      return failed(queued, new ChannelError('unsupported', 'the inbox was switched off or removed'));
    }
    const afterMs = await this.#turn(channel, inbox, queued, work);
    if (afterMs > 0) return { kind: 'later', afterMs, tried };
    // The provider would refuse it, and some ban accounts that go on trying.
    if (queued.notAfter !== undefined && this.parts.clock.now() > new Date(queued.notAfter)) {
      return failed(queued, new ChannelError('window_closed', 'the time to answer was over before it left'));
    }
    const begunAt = this.parts.clock.now();
    try {
      const ports = { ...this.parts.ports(inbox), ...this.#fileLinks(inbox, queued, delivery) };
      return sentEnd(queued, await channel.send(delivery, inbox, ports, work.signal), begunAt);
    } catch (thrown) {
      if (work.signal.aborted) throw new DrainingError();
      const error = this.#channelError(thrown, queued);
      this.#log(error, queued, inbox, tried + 1);
      if (isProviderFault(error)) throw new ProviderFault(error);
      return this.#afterError(error, inbox, queued, tried + 1);
    }
  }

  /** The provider's own reports name its ids, and may be here already: who they are about is durable before anything. */
  async report(
    inbox: InboxRef,
    { report, externalIds, to }: Extract<SendEnd, { kind: 'ended' }>,
    work: SendWork,
  ): Promise<void> {
    const { sent, log, clock, logger } = this.parts;
    const value = encodeRecord({
      id: newId(),
      type: 'delivery.reported',
      version: 1,
      workspaceId: inbox.workspaceId,
      occurredAt: clock.now().toISOString(),
      payload: report,
    });
    await this.#persist(work, report, () => sent.remember(inbox, externalIds, report, to));
    await this.#persist(work, report, () =>
      log.append([{ topic: outboundReceipts.name, key: report.messageId, value }]),
    );
    if (externalIds.length === 0) return;
    // What still waits is found with the inbox's next report.
    await sent.release(inbox).catch((error: unknown) => {
      logger.warn({ err: error, inboxId: inbox.id }, 'receipts_still_waiting');
    });
  }

  /** Why messages of the inbox have to wait for its provider; undefined when they need not. */
  held(inbox: InboxRef): Promise<HeldBack | undefined> {
    return whenAnswered(() => this.parts.breaker.holds(inbox));
  }

  /** The message waits behind the fault of its provider, others of the partition do not; and the agent is told. */
  async holdBack(
    inbox: InboxRef,
    queued: MessageQueued,
    why: ChannelError | HeldBack,
    work: SendWork,
  ): Promise<void> {
    const { messageId, attempt } = queued;
    const fault = why instanceof ChannelError ? why : undefined;
    const item = {
      ...{ key: `${messageId}/${attempt}`, payload: queued },
      ...{ tries: fault === undefined ? 0 : 1, since: this.parts.clock.now() },
    };
    await this.#persist(work, queued, () => this.parts.breaker.wait(inbox, item, fault));
    const detail = 'detail' in why ? why.detail : why.message;
    const [errorCode, errorDetail] = [why.code, detail.slice(0, 2000).toWellFormed()];
    const report = { messageId, attempt, state: 'queued' as const, errorCode, errorDetail };
    await this.report(inbox, { kind: 'ended', report, externalIds: [], to: nothingSent(queued) }, work);
  }

  /**
   * Sends what waited for its provider, in its turn.
   *
   * @throws ProviderFault when it has to wait on.
   */
  async sendWaiting(
    channel: ChannelModule,
    { payload, tries, since }: WaitingItem,
    workspaceId: string,
    work: SendWork,
  ): Promise<void> {
    const queued = payload as MessageQueued;
    const inbox = { id: queued.inboxId, workspaceId };
    try {
      for (let tried = 0; ;) {
        const end = await this.send(channel, queued, tried, work);
        if (end.kind === 'ended') return await this.report(inbox, end, work);
        await this.wait(end.afterMs, work);
        tried = end.tried;
      }
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      // It may have arrived each time: not many more of it.
      const isDoubtful = error.cause.code === 'unknown_outcome' && tries + 1 >= ATTEMPTS;
      const isOld = this.parts.clock.now().getTime() - since.getTime() > WAITS_AT_MOST_MS;
      if (!isDoubtful && !isOld) throw error;
      await this.report(inbox, failed(queued, error.cause), work);
    }
  }

  /** @returns milliseconds until the turn; 0 when it was taken. */
  async #turn(
    { manifest }: ChannelModule,
    inbox: HostedInbox,
    { to, attachments }: MessageQueued,
    work: SendWork,
  ): Promise<number> {
    const { perSecond } = manifest.sendPolicy;
    const send = { contact: to.value, messages: 1 + attachments.length, perSecond };
    for (;;) {
      const wait = await whenAnswered(() => this.parts.pace.take(inbox, send));
      if (wait === 0 || wait > SHORT_WAIT_MS) return wait;
      await this.wait(wait, work);
    }
  }

  async #afterError(
    error: ChannelError,
    inbox: HostedInbox,
    queued: MessageQueued,
    tried: number,
  ): Promise<SendEnd> {
    const afterMs = error.retryAfterMs ?? backoffMs(tried, Math.random(), 500, 10_000);
    const again = isRetryable(error) && tried < ATTEMPTS && afterMs <= LONGEST_PAUSE_MS;
    if (!again) return failed(queued, error);
    // Asked by the provider: the inbox's other messages would meet the same.
    if (error.code === 'rate_limited' && error.retryAfterMs !== undefined) {
      await whenAnswered(() => this.parts.pace.hold(inbox, afterMs));
    }
    return { kind: 'later', afterMs, tried };
  }

  /** The message is out: what stumbles is asked again, because whoever replays the batch sends it once more. */
  async #persist(
    work: SendWork,
    { messageId }: Pick<DeliveryReported, 'messageId'>,
    write: () => Promise<unknown>,
  ): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        await write();
        return;
      } catch (error) {
        if (tried >= ATTEMPTS || work.signal.aborted) throw error;
        this.parts.logger.warn({ err: error, messageId, tried }, 'receipt_not_appended');
        await this.wait(backoffMs(tried, Math.random(), 500, 10_000), work);
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

  /** A channel asks by the file that it was given, and learns nothing of where it lies. */
  #fileLinks(
    { workspaceId }: InboxRef,
    { attachments }: MessageQueued,
    { files }: OutboundDelivery,
  ): Pick<ChannelPorts, 'fileLink'> {
    const { links } = this.parts;
    if (links?.isPublic !== true) return {};
    return { fileLink: (file) => links.linkTo(workspaceId, attachments[files.indexOf(file)]!) };
  }

  /** Says now and then that the work goes on, and ends when it is taken away. */
  async wait(milliseconds: number, work: SendWork): Promise<void> {
    const { sleep = pause } = this.parts;
    for (let left = milliseconds; left > 0; left -= HEARTBEAT_MS) {
      await work.heartbeat();
      await sleep(Math.min(left, HEARTBEAT_MS), work.signal).catch(() => {
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

/** The work is going away: what was not sent is sent by whoever takes it over. */
export class DrainingError extends Error {
  readonly code = 'DRAINING';
}

function sentEnd({ messageId, attempt, to }: MessageQueued, receipt: SendReceipt, begunAt: Date): SendEnd {
  const { state, externalId, furtherIds = [] } = receipt;
  return {
    kind: 'ended',
    report: { messageId, attempt, state, ...(externalId === undefined ? {} : { externalId }) },
    externalIds: externalId === undefined ? furtherIds : [externalId, ...furtherIds],
    to: { recipient: to.value, begunAt },
  };
}

function failed(
  { messageId, attempt, to }: MessageQueued,
  error: ChannelError,
): Extract<SendEnd, { kind: 'ended' }> {
  const errorDetail = error.message.slice(0, 2000).toWellFormed();
  return {
    kind: 'ended',
    report: { messageId, attempt, state: 'failed', errorCode: error.code, errorDetail },
    externalIds: [],
    to: nothingSent({ to }),
  };
}

/** The provider has no id of it, so nothing of it is remembered. */
function nothingSent({ to }: Pick<MessageQueued, 'to'>): SentTo {
  return { recipient: to.value, begunAt: new Date(0) };
}
