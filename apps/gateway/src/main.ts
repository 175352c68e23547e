import 'reflect-metadata';
import { runService } from '@tributary/service';
import { BUILT_CONSOLE, GatewayConfig, GatewayServiceConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';

await runService({
  name: 'gateway',
  service: 'gateway',
  config: GatewayServiceConfig,
  module(context, config) {
    const upstreams = { tickets: config.TICKETS_URL, router: config.ROUTER_URL };
    const hosts = { 'voice-ingest': config.VOICE_INGEST_URL, 'wechat-ingest': config.WECHAT_INGEST_URL };
    return GatewayModule.register(
      context,
      new GatewayConfig(config.TRIBUTARY_PUBLIC_URL, BUILT_CONSOLE, upstreams, hosts),
    );
  },
  upstreams: ({ TICKETS_URL, ROUTER_URL }) => [TICKETS_URL, ROUTER_URL],
});
