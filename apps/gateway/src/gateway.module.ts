import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DirectoryInboxLookup, LogAcceptance, OutboundSender, providerPorts } from '@tributary/channel-host';
import { CHANNEL_MODULES } from '@tributary/channel-registry';
import { InboxService, SessionService } from '@tributary/directory';
import { OutboxLifecycle, SERVICE_CONTEXT, type ServiceContext } from '@tributary/service';
import { DataSource } from 'typeorm';
import { ConsoleController } from './console/console.controller.js';
import { StaticFiles } from './console/static-files.js';
import { FormController } from './forms/form.controller.js';
import { ProgressHub } from './forms/progress-hub.js';
import { ProgressService } from './forms/progress.service.js';
import { GatewayConfig } from './gateway.config.js';
import { ACCEPTANCE, INBOX_LOOKUP } from './gateway-tokens.js';
import { InboxesController } from './inboxes/inboxes.controller.js';
import { InboxesService } from './inboxes/inboxes.service.js';
import { OutboundController } from './outbound.controller.js';
import { PeopleController } from './people/people.controller.js';
import { PeopleService } from './people/people.service.js';
import { ServiceProxy } from './proxy/service-proxy.js';
import { AttemptLimit } from './session/attempt-limit.js';
import { SessionController } from './session/session.controller.js';

/** The public door: forms, sign-in, administration, the console's pages. */
@Module({})
export class GatewayModule {
  static register(context: ServiceContext, config: GatewayConfig): DynamicModule {
    const inboxes = new InboxService(context.dataSource, context.masterKey);
    const lookup = new DirectoryInboxLookup(inboxes, context.clock);
    const ports = providerPorts(context);
    const hosted = CHANNEL_MODULES.filter(({ manifest }) => manifest.host === 'gateway');
    return {
      module: GatewayModule,
      controllers: [
        ...[FormController, SessionController, PeopleController, InboxesController],
        ...[OutboundController, ConsoleController],
      ],
      providers: [
        { provide: SERVICE_CONTEXT, useValue: context },
        { provide: DataSource, useValue: context.dataSource },
        { provide: ACCEPTANCE, useValue: new LogAcceptance(context) },
        { provide: INBOX_LOOKUP, useValue: lookup },
        value(GatewayConfig, config),
        value(SessionService, context.sessions),
        value(AttemptLimit, new AttemptLimit(context.clock)),
        value(PeopleService, new PeopleService(context.dataSource)),
        value(InboxesService, new InboxesService(context.dataSource, inboxes, config)),
        value(ProgressService, new ProgressService(context)),
        value(ProgressHub, new ProgressHub(context)),
        value(OutboundSender, new OutboundSender({ ...context, channels: hosted, inboxes: lookup, ports })),
        value(OutboxLifecycle, new OutboxLifecycle(context, 'directory')),
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
      ],
    };
  }
}

function value<T>(provide: Type<T>, useValue: T): Provider {
  return { provide, useValue };
}
