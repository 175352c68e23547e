import type { Service } from '@tributary/database';
import { type Clock, type Logger, newId } from '@tributary/runtime';
import { EventLogError } from '../event-log.errors.js';
import type { EventLog, LogPosition, NewRecord, SubscribeOptions, Subscription } from '../event-log.js';
import { GroupCommit } from '../group-commit.js';
import { WakeUp } from '../wake-up.js';
import { APPEND_CHANNEL, AppendNotifier, parseAppend } from './append-notifier.js';
import { EmbeddedAdmin } from './embedded-admin.js';
import { EmbeddedSubscription } from './embedded-subscription.js';
import { GROUP_CHANNEL, GroupMembership, type GroupNotice } from './group-membership.js';
import { type LogConnections, openConnections } from './log-connections.js';
import { RecordStore } from './record-store.js';
import { Retention } from './retention.js';
import { TopicCatalog } from './topic-catalog.js';

export interface EmbeddedEventLogOptions {
  /** Database with the `log` schema (`logMigrations`). */
  readonly url: string;
  /** Whose role the connections take. */
  readonly service: Service;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How long a member that died keeps its partitions; 15,000 by default. */
  readonly leaseMs?: number;
}

/** The log in PostgreSQL: one node, honest about it. Connects when it is first used; at most 5 connections. */
export class EmbeddedEventLog implements EventLog {
  readonly admin: EmbeddedAdmin;
  readonly #options: EmbeddedEventLogOptions;
  readonly #connections: LogConnections;
  readonly #catalog: TopicCatalog;
  readonly #store: RecordStore;
  readonly #commits: GroupCommit;
  readonly #notifier: AppendNotifier;
  readonly #wakeUp: WakeUp;
  readonly #retention: Retention;
  readonly #subscriptions = new Set<EmbeddedSubscription>();
  readonly #id = newId();
  #closed: Promise<void> | undefined;

  constructor(options: EmbeddedEventLogOptions) {
    const { url, service, logger } = options;
    this.#options = options;
    this.#connections = openConnections(url, service, logger);
    const { appender, consumers, listener } = this.#connections;
    this.#catalog = new TopicCatalog(consumers);
    this.#store = new RecordStore(appender, consumers, this.#catalog);
    this.#commits = new GroupCommit({
      checkTopic: (topic) => this.#catalog.partitions(topic),
      flush: (records) => this.#flush(records),
    });
    this.#notifier = new AppendNotifier(consumers, this.#id, logger);
    this.#retention = new Retention(consumers, logger);
    this.admin = new EmbeddedAdmin(consumers, this.#catalog, this.#store);
    this.#wakeUp = new WakeUp({
      connection: listener,
      channels: [APPEND_CHANNEL, GROUP_CHANNEL],
      onNotification: (channel, payload) => this.#notified(channel, payload),
      onConnected: () => this.#lookAtEverything(),
      logger,
    });
  }

  append(records: readonly NewRecord[]): Promise<readonly LogPosition[]> {
    return this.#commits.append(records);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    if (this.#closed) throw new EventLogError('LOG_CLOSED', 'the log was closed');
    const { leaseMs = 15_000, logger, clock } = this.#options;
    const partitions = await this.#catalog.partitions(options.topic);
    const membership = new GroupMembership({
      pool: this.#connections.consumers,
      group: options.group,
      topic: options.topic,
      member: newId(),
      partitionIds: partitions.map((partition) => partition.id),
      from: options.from ?? 'earliest',
      leaseMs,
    });
    const subscription = new EmbeddedSubscription(options, {
      store: this.#store,
      membership,
      partitions,
      leaseMs,
      clock,
      logger,
    });
    this.#wakeUp.start();
    this.#retention.start();
    this.#subscriptions.add(subscription);
    try {
      await subscription.start();
    } catch (error) {
      this.#subscriptions.delete(subscription);
      throw error;
    }
    return {
      stop: async () => {
        await subscription.stop();
        this.#subscriptions.delete(subscription);
      },
    };
  }

  async ping(): Promise<void> {
    await this.#connections.consumers.query('SELECT 1');
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // Handlers that drain may still append.
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()));
    await this.#commits.close();
    await this.#notifier.settled();
    await this.#wakeUp.stop();
    await this.#retention.stop();
    await this.#connections.close();
  }

  async #flush(records: readonly NewRecord[]): Promise<readonly LogPosition[]> {
    const { positions, partitionIds } = await this.#store.append(records);
    for (const subscription of this.#subscriptions) subscription.recordsAdded(partitionIds);
    this.#notifier.appended(partitionIds);
    return positions;
  }

  #notified(channel: string, payload: string): void {
    if (channel === APPEND_CHANNEL) {
      const { source, partitionIds } = parseAppend(payload);
      if (source === this.#id) return;
      for (const subscription of this.#subscriptions) subscription.recordsAdded(partitionIds);
    } else {
      const notice = JSON.parse(payload) as GroupNotice;
      for (const subscription of this.#subscriptions) subscription.groupChanged(notice);
    }
  }

  #lookAtEverything(): void {
    for (const subscription of this.#subscriptions) {
      subscription.recordsAdded();
      subscription.groupChanged();
    }
  }
}
