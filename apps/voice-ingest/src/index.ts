export { VoiceIngestModule } from './voice-ingest.module.js';
