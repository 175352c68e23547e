import 'reflect-metadata';
import { runService, ServiceConfig } from '@tributary/service';
import { WechatIngestModule } from './wechat-ingest.module.js';

await runService({
  name: 'wechat-ingest',
  service: 'ingest',
  config: ServiceConfig,
  module: (context, { TRIBUTARY_PUBLIC_URL }) => WechatIngestModule.register(context, TRIBUTARY_PUBLIC_URL),
});
