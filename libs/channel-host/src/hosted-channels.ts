import type { ChannelModule } from '@tributary/channel-sdk';
import { InboxService, type MasterKey } from '@tributary/directory';
import type { EventLog } from '@tributary/event-log';
import type { ObjectStore } from '@tributary/object-store';
import type { Clock, Logger, RightOfWay } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { ChannelHostParts } from './channel-host.module.js';
import { DirectoryInboxLookup } from './directory-inbox-lookup.js';
import { LogAcceptance } from './log-acceptance.js';
import { SentMessages } from './sent-messages.js';

/** What a host takes from its process. */
export interface HostingProcess {
  /** Connected as a role that writes the schema `channels`. */
  readonly dataSource: DataSource;
  readonly log: EventLog;
  readonly objects: ObjectStore;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rightOfWay: RightOfWay;
  readonly providerOrigins?: ReadonlyMap<string, string>;
}

/** Everything that `ChannelHostModule` needs to host these channels in this process. */
export function hostedChannels(
  process: HostingProcess,
  channels: readonly ChannelModule[],
  publicUrl: string,
): ChannelHostParts {
  const inboxes = new DirectoryInboxLookup(
    new InboxService(process.dataSource, process.masterKey),
    process.clock,
  );
  const sent = new SentMessages(process.dataSource, process.log, process.clock);
  const acceptance = new LogAcceptance({ ...process, sent });
  return { ...process, channels, inboxes, sent, acceptance, publicUrl };
}
