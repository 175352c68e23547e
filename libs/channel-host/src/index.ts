export type * from './acceptance.js';
export * from './directory-inbox-lookup.js';
export type * from './hosted-inbox.js';
export * from './log-acceptance.js';
export * from './outbound-sender.js';
