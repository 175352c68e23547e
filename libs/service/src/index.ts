export * from './service-context.js';
export * from './validation.js';
