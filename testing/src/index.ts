export * from './corpora.js';
export * from './installed.js';
export type { TestMailbox } from './dovecot.js';
export * from './mail-servers.js';
export * from './service-process.js';
export * from './services.js';
