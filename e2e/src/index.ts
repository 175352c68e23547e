export * from './system/browser.js';
export * from './system/customer.js';
export * from './system/desk.js';
export * from './system/event-stream.js';
export * from './system/eventually.js';
export * from './system/mail-handover.js';
export * from './system/running-system.js';
