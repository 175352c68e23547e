export { BUILT_CONSOLE, GatewayConfig } from './gateway.config.js';
export { GatewayModule } from './gateway.module.js';
export { InboxesService } from './inboxes/inboxes.service.js';
export { PeopleService } from './people/people.service.js';
