import 'reflect-metadata';
import { runService, ServiceConfig } from '@tributary/service';
import { VoiceIngestModule } from './voice-ingest.module.js';

await runService({
  name: 'voice-ingest',
  service: 'ingest',
  config: ServiceConfig,
  module: (context, { TRIBUTARY_PUBLIC_URL }) => VoiceIngestModule.register(context, TRIBUTARY_PUBLIC_URL),
});
