import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  ChannelHostModule,
  hostedChannels,
  type InboxLookup,
  InboxTemplates,
  providerPorts,
} from '@tributary/channel-host';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import type { ChannelModule } from '@tributary/channel-sdk';
import { InboxService, SessionService } from '@tributary/directory';
import { OpenApiPart, OutboxLifecycle, SERVICE_CONTEXT, type ServiceContext } from '@tributary/service';
import { DataSource } from 'typeorm';
import { API_DOOR } from './api-door.js';
import { ChatController } from './chat/chat.controller.js';
import { ChatEntrance } from './chat/chat-entrance.js';
import { ChatHoursService } from './chat/chat-hours.js';
import { ChatThread } from './chat/chat-thread.js';
import { ConsoleController } from './console/console.controller.js';
import { StaticFiles } from './console/static-files.js';
import { FormController } from './forms/form.controller.js';
import { ThreadHub } from './threads/thread-hub.js';
import { ProgressService } from './forms/progress.service.js';
import { SubmissionDoor } from './forms/submission-door.js';
import { GatewayConfig } from './gateway.config.js';
import { ACCEPTANCE, INBOX_LOOKUP } from './gateway-tokens.js';
import { HookForwarder } from './hooks/hook-forwarder.js';
import { InboxesController } from './inboxes/inboxes.controller.js';
import { InboxHealthQueries } from './inboxes/inbox-health-queries.js';
import { InboxesService } from './inboxes/inboxes.service.js';
import { PolicyPublisher } from './inboxes/policy-publisher.js';
import { MediaController } from './media.controller.js';
import { ColleagueNotices } from './notices/colleague-notices.js';
import { NoticeController } from './notices/notice.controller.js';
import { NoticesLifecycle } from './notices/notices-lifecycle.js';
import { OutboundController } from './outbound.controller.js';
import { PeopleController } from './people/people.controller.js';
import { PeopleService } from './people/people.service.js';
import { ServiceProxy } from './proxy/service-proxy.js';
import { AttemptLimit } from './session/attempt-limit.js';
import { SessionController } from './session/session.controller.js';

/** The public door: forms, sign-in, administration, the console's pages. */
@Module({})
export class GatewayModule {
  /** @param channels all that are installed. */
  static register(
    context: ServiceContext,
    config: GatewayConfig,
    channels: readonly ChannelModule[] = CHANNEL_MODULES,
  ): DynamicModule {
    const inboxes = new InboxService(context.dataSource, context.masterKey);
    const elsewhere = new HookForwarder(channels, config.hosts);
    const hosted = channels.filter(
      ({ manifest: { channel, host } }) => host !== 'email-ingest' && !elsewhere.hosts(channel),
    );
    const host = hostedChannels(context, hosted, config.TRIBUTARY_PUBLIC_URL);
    // Of all channels, wherever they are hosted: who has the console open is known where the desk's data is read.
    const notices = new NoticesLifecycle({ ...host, channels });
    return {
      module: GatewayModule,
      imports: [ChannelHostModule.register({ ...host, elsewhere })],
      controllers: [
        ...[FormController, ChatController, SessionController, PeopleController, InboxesController],
        ...[OutboundController, MediaController, NoticeController, ConsoleController],
      ],
      providers: [
        { provide: SERVICE_CONTEXT, useValue: context },
        { provide: DataSource, useValue: context.dataSource },
        { provide: ACCEPTANCE, useValue: host.acceptance },
        { provide: INBOX_LOOKUP, useValue: host.inboxes },
        value(GatewayConfig, config),
        value(SessionService, context.sessions),
        value(AttemptLimit, new AttemptLimit(context.clock)),
        value(PeopleService, new PeopleService(context.dataSource)),
        value(InboxesService, new InboxesService(context.dataSource, inboxes, config, channels)),
        // Of all channels, wherever they are hosted: an agent asks here.
        value(InboxTemplates, new InboxTemplates({ ...host, channels, ports: providerPorts(host) })),
        value(InboxHealthQueries, new InboxHealthQueries(context.dataSource)),
        value(SubmissionDoor, new SubmissionDoor(host.acceptance, context.logger)),
        ...chatProviders(context, host.inboxes, config),
        value(ProgressService, new ProgressService(context)),
        value(ThreadHub, new ThreadHub(context)),
        value(PolicyPublisher, new PolicyPublisher(context.dataSource, channels)),
        value(NoticesLifecycle, notices),
        value(ColleagueNotices, notices.notices),
        value(OutboxLifecycle, new OutboxLifecycle(context, 'directory')),
        ...besideControllers(context, config),
      ],
    };
  }
}

/** What is answered beside Nest's own routes. */
function besideControllers(context: ServiceContext, config: GatewayConfig): Provider[] {
  return [
    value(OpenApiPart, API_DOOR),
    {
      provide: StaticFiles,
      useFactory: (adapterHost: HttpAdapterHost) => new StaticFiles(adapterHost, config),
      inject: [HttpAdapterHost],
    },
    {
      provide: ServiceProxy,
      useFactory: (adapterHost: HttpAdapterHost) => new ServiceProxy(adapterHost, config, context.logger),
      inject: [HttpAdapterHost],
    },
  ];
}

function chatProviders(context: ServiceContext, inboxes: InboxLookup, config: GatewayConfig): Provider[] {
  const hours = new ChatHoursService(context);
  return [
    value(ChatEntrance, new ChatEntrance(context, inboxes, config)),
    value(ChatHoursService, hours),
    value(ChatThread, new ChatThread(context, hours)),
  ];
}

function value<T>(provide: Type<T>, useValue: T): Provider {
  return { provide, useValue };
}
