export { ticketsMigrations } from './tickets-migrations.js';
export { TicketsModule } from './tickets.module.js';
export { createSlaSettings } from './sla/create-sla-settings.js';
