export { BUILT_CONSOLE, GatewayConfig, type Upstream } from './gateway.config.js';
export { GatewayModule } from './gateway.module.js';
export { InboxesService } from './inboxes/inboxes.service.js';
export { PeopleService } from './people/people.service.js';
export { PUBLIC_PATHS } from './proxy/public-paths.js';
