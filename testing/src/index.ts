export * from './corpora.js';
export * from './installed.js';
export * from './mail-servers.js';
