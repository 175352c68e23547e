export { savePolicy, type PolicyChange } from './policy/policy.service.js';
export { createQueue } from './queues/queues.service.js';
export { ROUTER_ENTITIES } from './router-entities.js';
export { RouterModule } from './router.module.js';
export { routerMigrations } from './routing-migrations.js';
export { PRESENCE_CHANNEL } from './routing.repository.js';
