export * from './channel.js';
export { ChannelError, isRetryable } from './channel.errors.js';
export * from './colleagues.js';
export * from './manifest.js';
export * from './own-pages.js';
export * from './payload.js';
export * from './ports.js';
export * from './send-parts.js';
export * from './standard-webhooks.js';
