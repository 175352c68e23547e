import { setTimeout as timer } from 'node:timers/promises';
import {
  ChannelError,
  type ChannelModule,
  type InboundFile,
  isRetryable,
  type MediaReference,
} from '@tributary/channel-sdk';
import {
  encodeRecord,
  type Envelope,
  inboundMessages,
  type MediaStored,
  type MessageReceived,
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
import type { ObjectStore } from '@tributary/object-store';
import { backoffMs, type Clock, type Logger, newId } from '@tributary/runtime';
import type { HostedInbox, InboxLookup } from './hosted-inbox.js';
import { type Breaker, isProviderFault, ProviderFault } from './inbox-breaker.js';
import { describeFile } from './media-type.js';
import type { PortsOf } from './provider-ports.js';
import type { WaitingItem } from './waiting-work.js';

export interface MediaFetcherParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: InboxLookup;
  readonly ports: PortsOf;
  readonly log: EventLog;
  readonly objects: ObjectStore;
  readonly breaker: Breaker;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Waits; rejects when the signal aborts. Node's own timer when absent. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** Records a batch for the media controllers: a batch that drains is fetched again, so few stand in one. */
export const MEDIA_BATCH = 50;

/** Bytes of one file; as much as an agent may upload, with room for what vendors allow (WhatsApp 16 MB, WeCom 20 MB). */
export const LARGEST_MEDIA = 25 * 1024 * 1024;
/** Tries of one file; the waits add up to about a minute. */
const ATTEMPTS = 7;
/** Tries of one file whose provider is away, before the inbox's files wait for it. */
const TRIES_WHILE_AWAY = 3;
/** A file that waits for its provider is given up after this. */
const WAITS_AT_MOST_MS = 24 * 3_600_000;
/** For one try; a signed address of a vendor is dead long before a slower one ends. */
const TRY_MS = 60_000;
const LONGEST_WAIT_MS = 30_000;
/** Files under way at once: one that is slow holds up few others. */
const AT_ONCE = 4;

type Told = Pick<MediaStored, 'attachment' | 'reason' | 'detail'>;

interface Fetch {
  /** Of the message's record. */
  readonly key: string;
  readonly workspaceId: string;
  readonly message: Pick<MessageReceived, 'inboxId' | 'channel' | 'providerEventId'>;
  readonly channel: ChannelModule;
  readonly media: MediaReference;
}

/** What a fetch needs of the batch that it belongs to. */
type Progress = Pick<RecordBatch, 'signal'>;

/**
 * Fetches what messages left at their provider. Each file is told of by one `media.stored` under its message's key,
 * so whoever reads the topic has the message first. A batch that comes again stores the same bytes under the same key
 * and says so again; the first word on a reference counts.
 */
export class MediaFetcher {
  constructor(private readonly parts: MediaFetcherParts) {}

  async handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    const read = batch.records.map((record) => this.#read(record));
    const waiting = read.flatMap(({ fetches }) => fetches);
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        if (batch.signal.aborted) throw new RetryableError('the partition goes away');
        await this.#one(next, batch);
        await batch.heartbeat();
      }
    };
    // All settle before the batch ends, or a straggler would append after the partition went to somebody else.
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return read.map(({ outcome }) => outcome);
  }

  async #one(fetch: Fetch, batch: RecordBatch): Promise<void> {
    const { breaker, clock } = this.parts;
    const { key, workspaceId, message, media } = fetch;
    const inbox = { id: message.inboxId, workspaceId };
    const waiting = {
      ...{ key: `${message.providerEventId}/${media.id}`, payload: { key, message, media } },
      ...{ tries: 0, since: clock.now() },
    };
    try {
      if (await breaker.holds(inbox)) return await breaker.wait(inbox, waiting);
      await this.#tell(fetch, await this.#fetch(fetch, batch, TRIES_WHILE_AWAY));
    } catch (error) {
      if (error instanceof ProviderFault) return breaker.wait(inbox, { ...waiting, tries: 1 }, error.cause);
      throw isPassingFault(error)
        ? new RetryableError('the database is busy or away', { cause: error })
        : error;
    }
  }

  /**
   * Fetches what waited.
   *
   * @throws ProviderFault when it has to wait on.
   */
  async fetchWaiting(item: WaitingItem, workspaceId: string, signal: AbortSignal): Promise<void> {
    const waiting = item.payload as Pick<Fetch, 'key' | 'message' | 'media'>;
    const channel = this.parts.channels.find(({ manifest }) => manifest.channel === waiting.message.channel);
    if (!channel) return;
    const fetch = { ...waiting, workspaceId, channel };
    try {
      await this.#tell(fetch, await this.#fetch(fetch, { signal }, 1));
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      if (this.parts.clock.now().getTime() - item.since.getTime() <= WAITS_AT_MOST_MS) throw error;
      await this.#tell(fetch, givenUp(error.cause));
    }
  }

  #read(record: LogRecord): { readonly outcome: Outcome; readonly fetches: readonly Fetch[] } {
    const nothing = (reason: string) => ({ outcome: { kind: 'ignored', reason } as const, fetches: [] });
    const parsed = parseRecord(inboundMessages, record.value);
    // `tickets` keeps it with its bytes.
    if (!parsed.ok) return nothing('UNREADABLE');
    if (parsed.envelope.type !== 'message.received') return nothing('NO_MEDIA');
    const envelope = parsed.envelope as Envelope<string, MessageReceived>;
    const { media = [], channel: name, inboxId, providerEventId } = envelope.payload;
    if (media.length === 0) return nothing('NO_MEDIA');
    const channel = this.parts.channels.find(({ manifest }) => manifest.channel === name);
    if (!channel) return nothing('OTHER_HOST');
    return {
      outcome: { kind: 'done' },
      fetches: media.map((each) => ({
        ...{ key: record.key, workspaceId: envelope.workspaceId, channel, media: each },
        message: { inboxId, channel: name, providerEventId },
      })),
    };
  }

  /**
   * The stored file, or why there is none.
   *
   * @param triesWhileAway a provider that says when to come again is not away.
   * @throws ProviderFault
   */
  async #fetch(fetch: Fetch, batch: Progress, triesWhileAway: number): Promise<Told> {
    for (let tried = 1; ; tried++) {
      // Asked each time: an administrator may have mended its settings since the last try.
      const inbox = await this.#inbox(fetch.message.inboxId);
      if (!inbox) return { reason: 'inbox_gone', detail: 'The inbox was switched off or removed.' };
      try {
        const file = await this.#open(fetch, inbox, batch.signal);
        if (file.content.byteLength > LARGEST_MEDIA) {
          return { reason: 'too_large', detail: `${file.content.byteLength} bytes` };
        }
        return { attachment: await this.#store(inbox.workspaceId, fetch.media, file) };
      } catch (thrown) {
        if (batch.signal.aborted) throw new RetryableError('the partition goes away', { cause: thrown });
        if (thrown instanceof RetryableError) throw thrown;
        const error = this.#channelError(thrown, fetch);
        const waitMs = error.retryAfterMs ?? backoffMs(tried, Math.random(), 500, LONGEST_WAIT_MS);
        this.#log(error, fetch, tried);
        const isAway = isProviderFault(error) && error.retryAfterMs === undefined;
        if (isAway && (tried >= triesWhileAway || !isRetryable(error))) throw new ProviderFault(error);
        if (!isRetryable(error) || tried >= ATTEMPTS || waitMs > LONGEST_WAIT_MS) {
          return givenUp(error);
        }
        await this.#wait(waitMs, batch);
      }
    }
  }

  async #open(
    { channel, media, message }: Fetch,
    inbox: HostedInbox,
    draining: AbortSignal,
  ): Promise<InboundFile> {
    const slow = AbortSignal.timeout(TRY_MS);
    try {
      return await channel.fetchMedia(
        media,
        inbox,
        this.parts.ports(inbox),
        AbortSignal.any([draining, slow]),
      );
    } catch (error) {
      if (!slow.aborted) throw error;
      this.parts.logger.warn({ inboxId: message.inboxId }, 'media_too_slow');
      throw new ChannelError('unavailable', 'The provider was too slow.', undefined, { cause: error });
    }
  }

  async #store(workspaceId: string, media: MediaReference, file: InboundFile): Promise<Told['attachment']> {
    const { name, contentType } = await describeFile(file.content, {
      name: file.name || media.name,
      contentType: file.contentType || media.contentType,
    });
    const stored = await this.parts.objects.put(workspaceId, file.content).catch((error: unknown) => {
      throw new RetryableError('the object store is away', { cause: error });
    });
    return {
      ...stored,
      ...{ name, contentType, disposition: media.disposition },
      ...(file.contentId === undefined ? {} : { contentId: file.contentId }),
    };
  }

  async #tell({ key, workspaceId, message, media }: Fetch, told: Told): Promise<void> {
    const payload: MediaStored = { ...message, mediaId: media.id, ...told };
    const value = encodeRecord({
      id: newId(),
      type: 'media.stored',
      version: 1,
      workspaceId,
      occurredAt: this.parts.clock.now().toISOString(),
      payload,
    });
    await this.parts.log.append([{ topic: inboundMessages.name, key, value }]).catch((error: unknown) => {
      throw new RetryableError('the log is away', { cause: error });
    });
  }

  async #inbox(inboxId: string): Promise<HostedInbox | undefined> {
    try {
      return await this.parts.inboxes.byId(inboxId);
    } catch (error) {
      if (!isPassingFault(error)) throw error;
      throw new RetryableError('the directory is busy or away', { cause: error });
    }
  }

  /** A fault inside a channel costs one file; nobody waits behind it. */
  #channelError(thrown: unknown, { message: { channel, inboxId } }: Fetch): ChannelError {
    if (thrown instanceof ChannelError) return thrown;
    this.parts.logger.error({ err: thrown, channel, inboxId }, 'channel_failed');
    return new ChannelError('rejected_permanently', 'The channel failed.', undefined, { cause: thrown });
  }

  async #wait(milliseconds: number, batch: Progress): Promise<void> {
    const sleep = this.parts.sleep ?? ((ms, signal) => timer(ms, undefined, { signal }));
    await sleep(milliseconds, batch.signal).catch(() => {
      throw new RetryableError('the partition goes away');
    });
  }

  #log(error: ChannelError, { message: { channel, inboxId, providerEventId } }: Fetch, tried: number): void {
    this.parts.logger.warn(
      { code: error.code, tried, channel, inboxId, providerEventId },
      'media_not_fetched',
    );
  }
}

function givenUp(error: ChannelError): Told {
  return { reason: error.code, detail: error.message.slice(0, 2000).toWellFormed() };
}
