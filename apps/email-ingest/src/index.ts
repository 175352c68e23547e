export * from './smtp-listener.js';
