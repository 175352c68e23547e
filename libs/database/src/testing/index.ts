export * from './test-database.js';
export * from './test-servers.js';
