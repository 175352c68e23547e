export * from './data-source.js';
export * from './embedded-server.js';
export * from './migrate.js';
export * from './outbox.js';
export { EmbeddedPostgresError } from './postgres-binaries.js';
export { prepareDatabase, workspaceScoped } from './prepare.js';
export * from './receipts.js';
export * from './roles.js';
export * from './workspace-scope.js';
