export * from './event-stream.js';
export * from './health.controller.js';
export * from './http-server.js';
export * from './multipart.js';
export * from './outbox-lifecycle.js';
export * from './service-context.js';
export * from './validation.js';
