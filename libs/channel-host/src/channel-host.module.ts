import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ChannelModule } from '@tributary/channel-sdk';
import { listen, type Listener } from '@tributary/database';
import type { MasterKey } from '@tributary/directory';
import type { EventLog } from '@tributary/event-log';
import type { ObjectStore } from '@tributary/object-store';
import type { Clock, Logger } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { Acceptance } from './acceptance.js';
import { CallConnector } from './call-connector.js';
import { DatabaseCursorStore } from './cursor-store.js';
import { HookDoor, type HooksElsewhere } from './hook-door.js';
import { HookRoutes } from './hook-routes.js';
import type { InboxLookup } from './hosted-inbox.js';
import { InboxHealth } from './inbox-health.js';
import { MediaFetcher } from './media-fetcher.js';
import { OutboundSender } from './outbound-sender.js';
import { providerPorts } from './provider-ports.js';
import { DatabasePullLeases } from './pull-leases.js';
import { PullRunner } from './pull-runner.js';
import type { SentMessages } from './sent-messages.js';
import { SentUpkeep } from './sent-upkeep.js';

export interface ChannelHostParts {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  readonly inboxes: InboxLookup;
  readonly acceptance: Acceptance;
  readonly sent: SentMessages;
  /** Connected as a role that writes the schema `channels`. */
  readonly dataSource: DataSource;
  readonly log: EventLog;
  readonly objects: ObjectStore;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the installation is reached, without a slash at the end. */
  readonly publicUrl: string;
  /** Hosts in other processes, whose providers call here too. */
  readonly elsewhere?: HooksElsewhere;
  readonly providerOrigins?: ReadonlyMap<string, string>;
}

/** The administration announces a changed inbox here. */
const CHANGED_CHANNEL = 'inbox_changed';

/** Begins when the process is ready, and ends before its connections close. */
class ChannelHostLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  #listener: Listener | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly door: HookDoor,
    private readonly pulls: PullRunner,
    private readonly upkeep: SentUpkeep,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // A new inbox is looked at before its first call, so that its cursor stands before whatever may be missed later.
    this.#listener = await listen(this.dataSource, [CHANGED_CHANNEL], () => {
      void this.door.start();
      this.pulls.ringAll();
    });
    await this.door.start();
    this.pulls.start();
    this.upkeep.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#listener?.close();
    await Promise.all([this.pulls.stop(), this.upkeep.stop()]);
  }
}

/** What a process needs that hosts channels whose providers call us: the door, the pulls, the way out. */
@Module({})
export class ChannelHostModule {
  static register(parts: ChannelHostParts): DynamicModule {
    const ports = providerPorts(parts);
    const health = new InboxHealth(parts.dataSource, parts.logger);
    const pulls = new PullRunner({
      ...parts,
      ports,
      cursors: new DatabaseCursorStore(parts.dataSource),
      leases: new DatabasePullLeases(parts.dataSource),
      random: Math.random,
      report: (inbox, report) => void health.record(inbox, report),
    });
    const calls = new CallConnector({ ...parts, ports });
    const door = new HookDoor({ ...parts, pulls });
    return {
      module: ChannelHostModule,
      providers: [
        {
          provide: HookRoutes,
          useFactory: (adapterHost: HttpAdapterHost) => new HookRoutes(adapterHost, door),
          inject: [HttpAdapterHost],
        },
        {
          provide: ChannelHostLifecycle,
          useValue: new ChannelHostLifecycle(parts.dataSource, door, pulls, new SentUpkeep(parts)),
        },
        { provide: MediaFetcher, useValue: new MediaFetcher({ ...parts, ports }) },
        { provide: OutboundSender, useValue: new OutboundSender({ ...parts, ports, calls }) },
      ],
      exports: [OutboundSender, MediaFetcher],
    };
  }
}
