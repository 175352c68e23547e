export * from './channel.js';
export { ChannelError, isRetryable } from './channel.errors.js';
export * from './manifest.js';
export * from './ports.js';
export * from './send-parts.js';
