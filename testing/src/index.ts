export * from './corpora.js';
export * from './history/history-checker.js';
export * from './history/history-log.js';
export * from './history/history.js';
export * from './installed.js';
export * from './mail-servers.js';
export * from './service-process.js';
export * from './services.js';
export type { TestMailbox } from './dovecot.js';
