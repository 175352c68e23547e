export * from './channel-policies.js';
export * from './directory-migrations.js';
export * from './entities.js';
export * from './inbox.service.js';
export * from './master-key.js';
export { hashPassword } from './passwords.js';
export * from './session.guard.js';
export * from './session.service.js';
export * from './thread-token.js';
