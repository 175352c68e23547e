import type { CalendarDefinition } from '../calendar-definition.js';

const ALL_DAY = [{ from: '00:00', to: '24:00' }];

/** Always open. */
export const aroundTheClock: CalendarDefinition = {
  name: '24×7',
  timeZone: 'UTC',
  week: {
    monday: ALL_DAY,
    tuesday: ALL_DAY,
    wednesday: ALL_DAY,
    thursday: ALL_DAY,
    friday: ALL_DAY,
    saturday: ALL_DAY,
    sunday: ALL_DAY,
  },
  overrides: [],
  publishedUntil: null,
};
