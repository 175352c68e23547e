export * from './acceptance.js';
export * from './cursor-store.js';
export * from './hosted-inbox.js';
export * from './inbound-events.js';
export { channelMigrations } from './migrations/channel-migrations.js';
export * from './poller.js';
