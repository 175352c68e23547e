import 'reflect-metadata';
import { runService, ServiceConfig } from '@tributary/service';
import { ROUTER_ENTITIES } from './router-entities.js';
import { RouterModule } from './router.module.js';

await runService({
  name: 'router',
  service: 'router',
  config: ServiceConfig,
  entities: ROUTER_ENTITIES,
  module: (context) => RouterModule.register(context),
});
