export * from './calendar-definition.js';
export * from './calendar.errors.js';
export { findCalendarFaults } from './calendar-validation.js';
export { compileCalendar, type Calendar, type CompileOptions } from './calendar.js';
export * from './open-hours.js';
export * from './explanation.js';
export { aroundTheClock } from './calendars/around-the-clock.js';
export { chinaBusinessHours } from './calendars/china-business-hours.js';
