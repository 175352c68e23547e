import 'reflect-metadata';
import { runService } from '@tributary/service';
import { EmailIngestConfig } from './email-ingest.config.js';
import { EmailIngestModule } from './email-ingest.module.js';

await runService({
  name: 'email-ingest',
  service: 'ingest',
  config: EmailIngestConfig,
  module: (context, { SMTP_HOST: host, SMTP_PORT: port }) =>
    EmailIngestModule.register(context, { host, port }),
});
