export * from './acceptance.js';
export * from './cursor-store.js';
export * from './directory-inbox-lookup.js';
export * from './hosted-inbox.js';
export * from './inbound-events.js';
export * from './log-acceptance.js';
export { channelMigrations } from './migrations/channel-migrations.js';
export * from './outbound-sender.js';
export * from './poller.js';
