import 'reflect-metadata';
import { runService, ServiceConfig } from '@tributary/service';
import { TicketsModule } from './tickets.module.js';

await runService({
  name: 'tickets',
  service: 'tickets',
  config: ServiceConfig,
  module: (context) => TicketsModule.register(context),
});
