export { EmailIngestModule } from './email-ingest.module.js';
