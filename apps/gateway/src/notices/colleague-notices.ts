import {
  type InboxBreaker,
  type InboxLookup,
  isProviderFault,
  type PortsOf,
  ProviderFault,
  type WaitingItem,
} from '@tributary/channel-host';
import { ChannelError, type ChannelModule, type Colleagues, isRetryable } from '@tributary/channel-sdk';
import { parseRecord, type TicketChanged, ticketEvents } from '@tributary/contracts';
import { inWorkspace, inWorkspaces, isPassingFault } from '@tributary/database';
import { type LogRecord, type Outcome, type RecordBatch, RetryableError } from '@tributary/event-log';
import type { Clock, Logger } from '@tributary/runtime';
import type { DataSource, EntityManager } from 'typeorm';
import { noticeText } from './notice-text.js';
import {
  type DueNotice,
  LATEST_MS,
  NOTICE_KINDS,
  type NoticeEvent,
  NoticeRepository,
  type TellingChannel,
  type WrittenNotice,
} from './notice.repository.js';

export interface ColleagueNoticesParts {
  /** Those that can tell colleagues are used, wherever they are hosted. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: Pick<InboxLookup, 'byId'>;
  readonly ports: PortsOf;
  /** Of the way `notices`. */
  readonly breaker: Pick<InboxBreaker, 'waitWith' | 'ring'>;
  /** Connected as a role that writes the schema `channels`. */
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where people reach the console, without a slash at the end. */
  readonly publicUrl: string;
}

/**
 * Tells people by their company's WeCom of a ticket that was given to them, of what its customer wrote, and of a promise
 * about to break, while they have no console open. An event is written down once and waits for its turn, in the same
 * transaction; whether anybody is told is decided when the turn has come, from one reading of the database. A process
 * that dies between telling and writing that down tells again, and the vendor drops what it has shown.
 */
export class ColleagueNotices {
  readonly #repository = new NoticeRepository();
  readonly #colleagues: ReadonlyMap<string, Colleagues>;
  readonly #telling: readonly TellingChannel[];

  constructor(private readonly parts: ColleagueNoticesParts) {
    this.#colleagues = new Map(
      parts.channels.flatMap(({ manifest, colleagues }) =>
        colleagues ? [[manifest.channel, colleagues]] : [],
      ),
    );
    this.#telling = [...this.#colleagues].map(([channel, { setting }]) => ({ channel, setting }));
  }

  /** Of the topic `ticket.events`. */
  async handle(batch: RecordBatch): Promise<readonly Outcome[]> {
    const read = batch.records.map((record) => this.#read(record));
    const events = read.filter((each): each is NoticeEvent => 'ticketId' in each);
    const written = await this.#write(events);
    const outcomes = new Map(written.map((notice) => [notice.eventId, outcomeOf(notice)]));
    return read.map((each): Outcome => {
      if (!('ticketId' in each)) return each;
      return outcomes.get(each.id) ?? { kind: 'ignored', reason: 'NO_APPLICATION' };
    });
  }

  /**
   * Tells one whose turn has come.
   *
   * @returns `not_asked` when nobody has to be told any more.
   * @throws ProviderFault when WeCom cannot be reached, or refuses us: it waits on.
   */
  async tell({ key }: WaitingItem, workspaceId: string, signal: AbortSignal): Promise<void | 'not_asked'> {
    const { clock, dataSource, inboxes } = this.parts;
    const notice = await inWorkspace(dataSource, workspaceId, (manager) =>
      this.#repository.due(manager, key, clock.now()),
    );
    if (!notice) return 'not_asked';
    const inbox = await inboxes.byId(notice.inboxId);
    const colleagues = this.#colleagues.get(inbox?.channel ?? '');
    const isOff = !inbox || !colleagues || !inbox.settings[colleagues.setting];
    const end = (state: Parameters<NoticeRepository['end']>[2]['state'], detail?: string) =>
      inWorkspace(dataSource, workspaceId, (manager) =>
        this.#repository.end(manager, key, { state, at: clock.now(), ...(detail ? { detail } : {}) }),
      );
    if (isOff || notice.notTold) {
      await end(notice.notTold ?? 'unneeded');
      return 'not_asked';
    }
    try {
      await colleagues.tell(this.#card(key, notice), inbox, this.parts.ports(inbox), signal);
    } catch (error) {
      // What is under way when the process goes is told by the next one.
      if (!(error instanceof ChannelError) || signal.aborted) throw error;
      if (isRetryable(error) || isProviderFault(error)) throw new ProviderFault(error);
      this.parts.logger.warn({ err: error, inboxId: inbox.id, eventId: key }, 'colleague_not_told');
      return end('refused', error.message);
    }
    await end('told');
  }

  #card(eventId: string, notice: DueNotice) {
    const { kind, locale, timeZone, number, subject, occurredAt: at } = notice;
    return {
      to: notice.to,
      ...noticeText(kind, locale, timeZone, { number, subject, at }),
      // Each event is another card, so that the vendor takes no second assignment for a repeat of the first.
      url: `${this.parts.publicUrl}/tickets/mine/${notice.ticketId}#${eventId}`,
    };
  }

  /** @returns the event, or what becomes of a record that tells nobody anything. */
  #read(record: LogRecord): NoticeEvent | Outcome {
    // Most of the topic is none of ours: it is not even parsed.
    if (!NOTICE_KINDS.some((kind) => record.value.includes(`"${kind}"`))) return NO_NOTICE;
    const parsed = parseRecord(ticketEvents, record.value);
    if (!parsed.ok) {
      const { topic, partition, offset } = record;
      const place = { topic, partition, offset: offset.toString() };
      this.parts.logger.error({ ...place, ...parsed }, 'ticket_event_unreadable');
      return { kind: 'quarantined', reason: parsed.reason };
    }
    const { id, workspaceId, type, occurredAt } = parsed.envelope;
    const { ticketId, actor, changes } = parsed.envelope.payload as TicketChanged;
    const kind = NOTICE_KINDS.find((each) => each === type);
    if (!kind || (kind === 'message.added' && !actor.startsWith('contact:'))) return NO_NOTICE;
    const at = new Date(occurredAt);
    // A history that is read from its beginning tells nobody anything.
    if (this.parts.clock.now().getTime() - at.getTime() >= LATEST_MS)
      return { kind: 'ignored', reason: 'TOO_LATE' };
    const change = kind === 'ticket.assigned' ? changes['assignee_id'] : undefined;
    const given: unknown = Array.isArray(change) ? change[1] : undefined;
    const personId = typeof given === 'string' ? given : null;
    return { id, workspaceId, kind, occurredAt: at, ticketId, actor, personId };
  }

  async #write(events: readonly NoticeEvent[]): Promise<readonly WrittenNotice[]> {
    const { dataSource, breaker } = this.parts;
    if (events.length === 0) return [];
    const byId = new Map(events.map((event) => [event.id, event]));
    const inboxOf = ({ eventId, inboxId }: WrittenNotice) => ({
      id: inboxId,
      workspaceId: byId.get(eventId)!.workspaceId,
    });
    const workspaces = [...new Set(events.map(({ workspaceId }) => workspaceId))];
    const work = async (manager: EntityManager): Promise<readonly WrittenNotice[]> => {
      const notices = await this.#repository.write(
        manager,
        [...byId.values()],
        this.#telling,
        this.parts.clock.now(),
      );
      const waiting = notices.filter(({ state }) => state === 'waiting');
      for (const ofInbox of Map.groupBy(waiting, ({ inboxId }) => inboxId).values()) {
        const items = ofInbox.map(({ eventId: key }) => {
          return { key, payload: {}, tries: 0, since: byId.get(key)!.occurredAt };
        });
        await breaker.waitWith(manager, inboxOf(ofInbox[0]!), items);
      }
      return notices;
    };
    try {
      const written = await inWorkspaces(dataSource, workspaces, work);
      for (const notice of written) if (notice.state === 'waiting') breaker.ring(inboxOf(notice));
      return written;
    } catch (error) {
      if (!isPassingFault(error)) throw error;
      throw new RetryableError('the database is busy or away', { cause: error });
    }
  }
}

const NO_NOTICE: Outcome = { kind: 'ignored', reason: 'NO_NOTICE' };

function outcomeOf({ state }: WrittenNotice): Outcome {
  switch (state) {
    case 'waiting':
      return { kind: 'done' };
    case 'unneeded':
      return { kind: 'ignored', reason: 'NOBODY_TO_TELL' };
    case 'known':
      return { kind: 'duplicate' };
  }
}
