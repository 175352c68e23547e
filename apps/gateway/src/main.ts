import 'reflect-metadata';
import { runService } from '@tributary/service';
import { BUILT_CONSOLE, GatewayConfig, GatewayServiceConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';

await runService({
  name: 'gateway',
  service: 'gateway',
  config: GatewayServiceConfig,
  module(context, { TRIBUTARY_PUBLIC_URL, TICKETS_URL, ROUTER_URL }) {
    const upstreams = { tickets: TICKETS_URL, router: ROUTER_URL };
    return GatewayModule.register(context, new GatewayConfig(TRIBUTARY_PUBLIC_URL, BUILT_CONSOLE, upstreams));
  },
  upstreams: ({ TICKETS_URL, ROUTER_URL }) => [TICKETS_URL, ROUTER_URL],
});
