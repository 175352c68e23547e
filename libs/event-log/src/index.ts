export * from './create-event-log.js';
export { logMigrations } from './embedded/log-schema.js';
export * from './event-log.errors.js';
export * from './event-log.js';
export * from './nest/consumes.decorator.js';
export * from './nest/event-log.strategy.js';
export * from './outbox-relay.js';
export { partitionOf } from './partition-of.js';
export * from './shared-work.js';
