export { ticketsMigrations } from './tickets-migrations.js';
export { TicketsModule } from './tickets.module.js';
export { createSlaSettings } from './sla/create-sla-settings.js';
export { reconcile, type ReconcileOptions, type ReconcileReport } from './ledger/reconcile.js';
export { reportText } from './ledger/report-text.js';
