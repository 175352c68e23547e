import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import {
  DatabaseCursorStore,
  DirectoryInboxLookup,
  InboxBreaker,
  InboxHealth,
  InboxRetries,
  LogAcceptance,
  OutboundSender,
  outboundWay,
  Poller,
  type PollInbound,
  providerPorts,
  SentMessages,
  SentUpkeep,
  type WaitingRoom,
} from '@tributary/channel-host';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import type { ChannelModule } from '@tributary/channel-sdk';
import { InboxService } from '@tributary/directory';
import type { ServiceContext } from '@tributary/service';
import { OutboundController } from './outbound.controller.js';
import { PolledInboxes } from './polled-inboxes.js';
import { SmtpListener, type SmtpListenerOptions } from './smtp-listener.js';

/** Starts the sessions and the SMTP port, and ends them before the process drains. */
class EmailIngestLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly polled: readonly PolledInboxes[],
    private readonly smtp: SmtpListener,
    private readonly workers: readonly (
      SentUpkeep | WaitingRoom | InboxRetries | ReturnType<InboxBreaker['working']>
    )[],
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const inboxes of this.polled) await inboxes.start();
    await this.smtp.listen();
    for (const worker of this.workers) await worker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
    await this.smtp.close();
    for (const inboxes of this.polled) await inboxes.stop();
  }
}

/** Hosts the channels that are polled, and the SMTP port for mail that is handed over to us. */
@Module({})
export class EmailIngestModule {
  static register(context: ServiceContext, smtp: SmtpListenerOptions): DynamicModule {
    const hosted = CHANNEL_MODULES.filter(({ manifest }) => manifest.host === 'email-ingest');
    const inboxes = new DirectoryInboxLookup(
      new InboxService(context.dataSource, context.masterKey),
      context.clock,
    );
    const sent = new SentMessages(context.dataSource, context.log, context.clock);
    const acceptance = new LogAcceptance({ ...context, sent });
    const { logger } = context;
    const ports = providerPorts(context);
    const health = new InboxHealth(context.dataSource, logger);
    const pollers: Poller[] = [];
    const polled = hosted.map((channel) => {
      const poller = new Poller({
        inbound: pollInbound(channel),
        acceptance,
        cursors: new DatabaseCursorStore(context.dataSource),
        ports,
        clock: context.clock,
        logger,
        random: Math.random,
        report: (inbox, report) => void health.record(inbox, report),
      });
      pollers.push(poller);
      return new PolledInboxes(context, channel, inboxes, poller);
    });
    const listener = new SmtpListener(smtp, { inboxes, inbound: mailInbound(hosted), acceptance, logger });
    const breaker = new InboxBreaker({
      ...{ ...context, channels: hosted, inboxes, health },
      ...{ way: 'out', random: Math.random },
    });
    const { sender, waitingRoom } = outboundWay({
      ...{ ...context, channels: hosted, inboxes, ports, sent, breaker },
    });
    const workers = [
      new SentUpkeep({ channels: hosted, inboxes, sent, logger }),
      waitingRoom,
      new InboxRetries(context.dataSource, inboxes, [breaker, ...pollers]),
      breaker.working((item, workspaceId, signal) => sender.sendWaiting(item, workspaceId, signal)),
    ];
    return {
      module: EmailIngestModule,
      controllers: [OutboundController],
      providers: [
        { provide: OutboundSender, useValue: sender },
        { provide: EmailIngestLifecycle, useValue: new EmailIngestLifecycle(polled, listener, workers) },
      ],
    };
  }
}

function mailInbound(hosted: readonly ChannelModule[]): PollInbound {
  const email = hosted.find(({ manifest }) => manifest.channel === 'email');
  if (!email) throw new Error('the e-mail channel is not installed');
  return pollInbound(email);
}

function pollInbound({ manifest, inbound }: ChannelModule): PollInbound {
  if (inbound.kind !== 'poll') throw new Error(`channel ${manifest.channel} is not polled`);
  return inbound;
}
