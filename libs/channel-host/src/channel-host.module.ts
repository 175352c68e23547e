import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ChannelModule } from '@tributary/channel-sdk';
import type { MasterKey } from '@tributary/directory';
import type { EventLog } from '@tributary/event-log';
import type { ObjectStore } from '@tributary/object-store';
import type { Clock, Logger } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { Acceptance } from './acceptance.js';
import { CallConnector } from './call-connector.js';
import { CallKeys } from './call-keys.js';
import { DatabaseCursorStore } from './cursor-store.js';
import { FileLinks } from './file-links.js';
import { FileRoutes } from './file-routes.js';
import { HookDoor, type HooksElsewhere } from './hook-door.js';
import { HookRoutes } from './hook-routes.js';
import type { InboxLookup } from './hosted-inbox.js';
import { InboxBreaker } from './inbox-breaker.js';
import { InboxChanges } from './inbox-changes.js';
import { InboxHealth, type ProviderWay } from './inbox-health.js';
import { InboxRetries } from './inbox-retries.js';
import { MediaFetcher } from './media-fetcher.js';
import { OutboundSender } from './outbound-sender.js';
import { outboundWay } from './outbound-way.js';
import { providerPorts } from './provider-ports.js';
import { DatabaseInboxLeases } from './inbox-leases.js';
import { PullRunner } from './pull-runner.js';
import { RefusedCalls } from './refused-calls.js';
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

interface Worker {
  start(): void | Promise<void>;
  stop(): Promise<void>;
}

/** Begins when the process is ready, and ends before its connections close. */
class ChannelHostLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly workers: readonly Worker[]) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const worker of this.workers) await worker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
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
      leases: new DatabaseInboxLeases(parts.dataSource, 'channels.pull_lease'),
      random: Math.random,
      report: (inbox, report) => void health.record(inbox, report),
    });
    const calls = new CallConnector({ ...parts, ports });
    const keys = new CallKeys(parts.dataSource);
    const refused = new RefusedCalls(parts.dataSource, parts.clock, parts.logger);
    const door = new HookDoor({ ...parts, pulls, refused, keys });
    const breaker = (way: ProviderWay) => new InboxBreaker({ ...parts, way, health, random: Math.random });
    const [out, files] = [breaker('out'), breaker('files')];
    const links = new FileLinks(parts.masterKey, parts.clock, parts.publicUrl);
    const { sender, waitingRoom } = outboundWay({ ...parts, ports, links, breaker: out, calls });
    const fetcher = new MediaFetcher({ ...parts, ports, breaker: files });
    const workers: readonly Worker[] = [
      new InboxChanges(parts.dataSource, door, pulls),
      pulls,
      waitingRoom,
      new SentUpkeep({ ...parts, keys }),
      new InboxRetries(parts.dataSource, parts.inboxes, [pulls, out, files]),
      { start: () => undefined, stop: () => refused.flush() },
      out.working((item, workspaceId, signal) => sender.sendWaiting(item, workspaceId, signal)),
      files.working((item, workspaceId, signal) => fetcher.fetchWaiting(item, workspaceId, signal)),
    ];
    return {
      module: ChannelHostModule,
      providers: [
        {
          provide: HookRoutes,
          useFactory: (adapterHost: HttpAdapterHost) => new HookRoutes(adapterHost, door),
          inject: [HttpAdapterHost],
        },
        {
          provide: FileRoutes,
          useFactory: (adapterHost: HttpAdapterHost) => new FileRoutes(adapterHost, links, parts.objects),
          inject: [HttpAdapterHost],
        },
        { provide: ChannelHostLifecycle, useValue: new ChannelHostLifecycle(workers) },
        { provide: MediaFetcher, useValue: fetcher },
        { provide: OutboundSender, useValue: sender },
      ],
      exports: [OutboundSender, MediaFetcher],
    };
  }
}
