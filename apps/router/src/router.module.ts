import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SessionGuard, SessionService } from '@tributary/directory';
import { OutboxLifecycle, SERVICE_CONTEXT, type ServiceContext } from '@tributary/service';
import { DecisionsController } from './decisions/decisions.controller.js';
import { DecisionsService } from './decisions/decisions.service.js';
import { OwnedWorkspaces } from './owned-workspaces.js';
import { PolicyController } from './policy/policy.controller.js';
import { PolicyService } from './policy/policy.service.js';
import { PresenceController } from './presence/presence.controller.js';
import { PresenceService } from './presence/presence.service.js';
import { QueuesController } from './queues/queues.controller.js';
import { QueuesService } from './queues/queues.service.js';
import { RoutingController } from './routing.controller.js';
import { RoutingPipeline } from './routing-pipeline.js';
import { RoutingRepository } from './routing.repository.js';

/** Policies, presence, matching and their explanation. Its data source is of service `router`, with `ROUTER_ENTITIES`. */
@Module({})
export class RouterModule implements OnApplicationShutdown {
  constructor(@Inject(RoutingPipeline) private readonly pipeline: RoutingPipeline) {}

  static register(context: ServiceContext): DynamicModule {
    return {
      module: RouterModule,
      controllers: [
        RoutingController,
        PresenceController,
        QueuesController,
        PolicyController,
        DecisionsController,
      ],
      providers: [
        { provide: SERVICE_CONTEXT, useValue: context },
        { provide: SessionService, useValue: context.sessions },
        { provide: OutboxLifecycle, useValue: new OutboxLifecycle(context, 'routing') },
        {
          provide: OwnedWorkspaces,
          useFactory: (repository: RoutingRepository) => new OwnedWorkspaces(repository, context.logger),
          inject: [RoutingRepository],
        },
        SessionGuard,
        RoutingRepository,
        RoutingPipeline,
        PresenceService,
        QueuesService,
        PolicyService,
        DecisionsService,
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pipeline.stop();
  }
}
